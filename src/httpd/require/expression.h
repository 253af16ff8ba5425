/* SPDX-License-Identifier: Apache-2.0
 *
 * Claims in httpd's expressions, where authentication has run:
 *
 *     %{INTROSPECT_CLAIM:sub}          a text, empty where there is none
 *     'x' -in introspect_claim('groups')   a list: an array's elements, or the
 *                                      words of `scope`
 *     %{sub}^IC                        the same text in LogFormat
 *
 * and Require claim-expr, which is evaluated for granted tokens only.
 */
#ifndef MAI_EXPRESSION_H
#define MAI_EXPRESSION_H

#include <httpd.h>
#include <ap_expr.h>

/* Register the provider. */
void mai_expression_register(apr_pool_t *pconf);

/* pre_config: LogFormat, if mod_log_config is there. */
void mai_expression_log(apr_pool_t *pconf);

/* httpd's expr_lookup hook. */
int mai_expression_lookup(ap_expr_lookup_parms *parms);

#endif
