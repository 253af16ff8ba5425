/* SPDX-License-Identifier: Apache-2.0
 *
 * A token in another place than Authorization: Bearer, as IntrospectTokenFrom
 * names them: found, and taken out of what others see.
 */
#ifndef MAI_SOURCE_H
#define MAI_SOURCE_H

#include <httpd.h>
#include <apr_tables.h>

/* What was found in a client's request; as long as the visit. */
typedef struct mai_source_t {
    const apr_array_header_t *carriers; /* where: of mai_carrier_t */
    const char *token;                  /* NULL: none */
    int is_double;    /* two different ones that a client sets on purpose */
    int is_automatic; /* browsers send it by themselves: cookie, Basic */
    int is_cookie;
    int is_query;
} mai_source_t;

/* post_config: what the sections (of mai_dir_t *) name, for requests whose
 * place is never known. */
void mai_source_learn(const apr_array_header_t *sections, apr_pool_t *pconf);

/* httpd's post_perdir_config hook, before anybody looks at the request: find
 * the token where this place takes it from, and take what the administrator
 * lists, whatever a .htaccess has narrowed, out of the query and the
 * subprotocol, and, under IntrospectForwardToken Off, out of the other places,
 * with all copies. Authorization is left to who hides that. Again where a
 * sub-request has taken this request's place. The error document of a request
 * that failed before its place was known sees nothing of what carries tokens
 * anywhere in this httpd. */
int mai_source_take(request_rec *r);

/* Was there any in a header, also one that counts for nothing here? */
int mai_source_by_header(const request_rec *r);

/* Does some place of this httpd take tokens from a query? */
int mai_source_by_query(void);

/* log_transaction: the same for the log, of a request whose place was never
 * known. */
int mai_source_log(request_rec *r);

/* What was taken; NULL where IntrospectTokenFrom says nothing. */
const mai_source_t *mai_source_of(const request_rec *r);

#endif
