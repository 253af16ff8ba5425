/* SPDX-License-Identifier: Apache-2.0
 *
 * How an authorization server is reached, and what proves that it is the one
 * that answers.
 */
#ifndef TI_ROUTE_H
#define TI_ROUTE_H

#include <apr_pools.h>

/* All zero: over TLS 1.2 or later, verified by the system's store, directly.
 * The maker of the route owns the strings, which outlive its exchanges. */
typedef struct ti_route_t {
    const char *ca;          /* certificates of authorities, instead of the
                                system's store: PEM; or NULL */
    const char *ca_file;     /* what these are from: a path, or NULL */
    int insecure;            /* nonzero: do not verify the certificate */
    int tls13;               /* nonzero: TLS 1.3 or later */
    const char *pins;        /* public keys, one of which the server must have:
                                sha256//BASE64;sha256//BASE64; or NULL */
    const char *certificate; /* ours, and those above it: PEM; or NULL */
    const char *certificate_key; /* PEM */
    const char *proxy; /* http://HOST:PORT of the outgoing proxy, or NULL */
    const char *proxy_login; /* USER:PASSWORD for it, or NULL */
    const char *no_proxy;    /* hosts that are asked directly, with commas
                                between them; or NULL */
    apr_uint64_t hash;       /* ti_route_hash of all this, made once; or 0 */
} ti_route_t;

/* The beginning of a digest of all of it: two routes of one hash are the same.
 * 0: it could not be made. `p` is for scratch. */
apr_uint64_t ti_route_hash(const ti_route_t *route, apr_pool_t *p);

/* Whom it trusts, as text in `p`: routes with the same words may share
 * what is known about a server's health. Where the certificates are from is in
 * it, not what they are: these are renewed. */
const char *ti_route_trust(const ti_route_t *route, apr_pool_t *p);

#endif
