/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens in queries of requests whose place was never known: what httpd refuses
 * before it looks for the place is logged and has an error document, too.
 */
#ifndef MAI_QUERY_H
#define MAI_QUERY_H

#include <httpd.h>
#include <apr_tables.h>

/* At start: all names under which some place of this configuration takes
 * tokens from a query; `sections` are of mai_dir_t *. They live in `p`. */
void mai_query_learn(const apr_array_header_t *sections, apr_pool_t *p);

/* Are there any? */
int mai_query_carries(void);

/* Remove parameters of all these names (RFC 6750 2.3) from what repeats the
 * query of r's client, where r continues a request whose place was never
 * known. */
void mai_query_inherit(request_rec *r);

/* The same before the logs, of a request whose own place was never known. */
void mai_query_log(request_rec *r);

#endif
