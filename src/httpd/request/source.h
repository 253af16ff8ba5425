/* SPDX-License-Identifier: Apache-2.0
 *
 * A token in another place than Authorization: Bearer, as IntrospectTokenFrom
 * names them: found, and taken out of what others see.
 */
#ifndef MAI_SOURCE_H
#define MAI_SOURCE_H

#include "request/context.h"

/* What was found in a client's request; as long as the response. */
typedef struct mai_source_t {
    const char *token; /* NULL: none */
    int is_double;     /* two different ones that a client sets on purpose */
    int is_automatic;  /* browsers send it by themselves: cookie, Basic */
    int is_cookie;
    int is_query;
} mai_source_t;

/* httpd's post_perdir_config hook, before anybody looks at the request: find
 * the token, and take it out of the query and the subprotocol, and, under
 * IntrospectForwardToken Off, out of the other places. Authorization is left
 * to who hides that. */
int mai_source_take(request_rec *r);

/* What was taken; NULL where IntrospectTokenFrom says nothing. */
const mai_source_t *mai_source_of(const request_rec *r);

/* May a token that browsers send by themselves be used for this request? Safe
 * methods always; else the request has to come from a page of this host or of
 * a listed origin. NULL, or why not. */
const char *mai_source_forged(const mai_source_t *source, const request_rec *r);

#endif
