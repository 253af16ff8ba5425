/* SPDX-License-Identifier: Apache-2.0
 *
 * What the application sees: clear first, then set.
 */
#ifndef MAI_EXPORT_H
#define MAI_EXPORT_H

#include "config/config.h"
#include "request/context.h"

/* post_read_request: remove from the client's request every header that any
 * place of this httpd could emit, in every spelling, on every path. */
int mai_export_clean(request_rec *r);

/* access_checker: clear what this place exports, also for anonymous ones. */
int mai_export_clear(request_rec *r);

/* Set what the application of this place sees of granted claims. */
void mai_export_claims(request_rec *r, const mai_context_t *context);

/* fixups: the same for a request that took over its user from the one that it
 * comes from; and IntrospectForwardToken Off. */
int mai_export_finish(request_rec *r);

/* At start: learn the prefixes that the configuration's sections use. */
void mai_export_learn(const apr_array_header_t *sections, apr_pool_t *pconf);

#endif
