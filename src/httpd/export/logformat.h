/* SPDX-License-Identifier: Apache-2.0
 *
 * Formats of mod_log_config's LogFormat: %{NAME}^IN.
 */
#ifndef MAI_LOGFORMAT_H
#define MAI_LOGFORMAT_H

#include <apr_pools.h>

/* Register them with mod_log_config, if it is there; for pre_config. What they
 * show is found when a line is written:
 *
 *     result  how the request ended, as in the metrics
 *     cause   the number of the refusal's message, MAI0023
 *     cache   where the answer came from, as in the metrics
 *     us      microseconds from the request to the judgement of its token
 *     server  the authorization server, as in the metrics
 *     fingerprint  the token's, as in the error log; `label` is the same */
void mai_logformat_register(apr_pool_t *pconf);

#endif
