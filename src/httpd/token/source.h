/* SPDX-License-Identifier: Apache-2.0
 *
 * A token that one of the carriers of IntrospectTokenFrom holds, instead of
 * Authorization: Bearer. It is found, and removed from what others see.
 */
#ifndef MAI_SOURCE_H
#define MAI_SOURCE_H

#include <apr_tables.h>
#include <httpd.h>

/* The finding in a client's request; it lives as long as the visit. */
typedef struct mai_source_t {
    const apr_array_header_t *carriers; /* where: of mai_carrier_t */
    const char *token;                  /* NULL: none */
    int is_double;    /* two different ones that a client sets on purpose */
    int is_automatic; /* browsers send it by themselves: cookie, Basic */
    int is_cookie;
    int is_query;
} mai_source_t;

/* post_config: learn the carriers of all sections (of mai_dir_t *), for
 * requests whose place is never known. */
void mai_source_learn(const apr_array_header_t *sections, apr_pool_t *pconf);

/* httpd's post_perdir_config hook, before other hooks see the request: find the
 * token in the carriers of this place. Then remove the content of every carrier
 * that the administrator lists, even if a .htaccess lists fewer: always from
 * the query and the subprotocol, and under IntrospectForwardToken Off from the
 * other carriers, with all copies. Authorization stays: credentials.h hides it.
 * The hook runs once more if a sub-request has taken this request's place. The
 * error document of a request that failed before its place was known sees no
 * carrier of any place of this httpd. */
int mai_source_take(request_rec *r);

/* Did a header carry a token, even one that this place does not take? */
int mai_source_by_header(const request_rec *r);

/* Does some place of this httpd take tokens from a query? */
int mai_source_by_query(void);

/* log_transaction: remove them for the log, too, if the request's place was
 * never known. */
int mai_source_log(request_rec *r);

/* The finding of this request; NULL: its place has no IntrospectTokenFrom. */
const mai_source_t *mai_source_of(const request_rec *r);

#endif
