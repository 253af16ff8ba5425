/* SPDX-License-Identifier: Apache-2.0
 *
 * What carries a token in a request, as IntrospectTokenFrom names it.
 */
#ifndef MAI_CARRIER_H
#define MAI_CARRIER_H

#include <apr_tables.h>

typedef enum mai_carrier_kind_t {
    MAI_CARRIER_HEADER = 1, /* Authorization: Bearer */
    MAI_CARRIER_NAMED,      /* another header, or another scheme */
    MAI_CARRIER_COOKIE,
    MAI_CARRIER_QUERY,
    MAI_CARRIER_BASIC, /* the password, or the user */
    MAI_CARRIER_SUBPROTOCOL
} mai_carrier_kind_t;

/* One thing that carries tokens; read-only once the configuration is read. */
typedef struct mai_carrier_t {
    mai_carrier_kind_t kind;
    const char *name;   /* of header, cookie or parameter */
    const char *scheme; /* of the header, or NULL: its bare value */
    int is_user;        /* with Basic */
} mai_carrier_t;

/* One word of IntrospectTokenFrom, such as "cookie:NAME", whose parts come into
 * `p`. NULL, or what to write instead. */
const char *mai_carrier_parse(mai_carrier_t *carrier, const char *text,
                              apr_pool_t *p);

/* Are both the same? */
int mai_carrier_equal(const mai_carrier_t *one, const mai_carrier_t *other);

/* Is this one in the list? NULL: no list, so no. */
int mai_carrier_holds(const apr_array_header_t *list,
                      const mai_carrier_t *carrier);

/* Is one of this kind in the list? NULL: no list, so no. */
int mai_carrier_among(const apr_array_header_t *list, mai_carrier_kind_t kind);

/* Is access_token of the query among them (RFC 6750 2.3)? NULL: no. */
int mai_carrier_query_is_bearer(const apr_array_header_t *list);

/* Is the Authorization header among them? NULL: it alone is. */
int mai_carrier_in_authorization(const apr_array_header_t *list);

/* What a .htaccess leaves of what stands around it; NULL there is the header
 * alone. */
const apr_array_header_t *mai_carrier_narrow(const apr_array_header_t *outer,
                                             const apr_array_header_t *inner,
                                             apr_pool_t *p);

#endif
