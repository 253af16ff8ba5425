/* SPDX-License-Identifier: Apache-2.0
 *
 * The algorithms of JOSE that we know, RFC 7518 and RFC 8037, and sets of
 * them. `none` and RSA1_5 are not among them.
 */
#ifndef TI_ALG_H
#define TI_ALG_H

#include <apr_pools.h>

/* One algorithm is one bit, so that a set of them is a number. */
typedef enum ti_alg_t {
    TI_ALG_UNKNOWN = 0,
    TI_ALG_HS256 = 1 << 0,
    TI_ALG_HS384 = 1 << 1,
    TI_ALG_HS512 = 1 << 2,
    TI_ALG_RS256 = 1 << 3,
    TI_ALG_RS384 = 1 << 4,
    TI_ALG_RS512 = 1 << 5,
    TI_ALG_PS256 = 1 << 6,
    TI_ALG_PS384 = 1 << 7,
    TI_ALG_PS512 = 1 << 8,
    TI_ALG_ES256 = 1 << 9,
    TI_ALG_ES384 = 1 << 10,
    TI_ALG_ES512 = 1 << 11,
    TI_ALG_EDDSA = 1 << 12, /* with Ed25519, as RFC 9864 names it too */
    TI_ALG_RSA_OAEP = 1 << 13,
    TI_ALG_RSA_OAEP_256 = 1 << 14,
    TI_ALG_ECDH_ES = 1 << 15, /* direct key agreement */
    TI_ALG_A128GCM = 1 << 16,
    TI_ALG_A256GCM = 1 << 17,
    TI_ALG_A128CBC_HS256 = 1 << 18,
    TI_ALG_A256CBC_HS512 = 1 << 19
} ti_alg_t;

/* A set: bits of ti_alg_t. Zero allows nothing. */
typedef apr_uint32_t ti_algs_t;

/* What RFC 9864 calls EdDSA with Ed25519; and beside TI_ALG_EDDSA in a set that
 * somebody lists: by that name alone, or by either name. */
#define TI_ALG_ED25519 "Ed25519"
#define TI_ALGS_ED25519 ((ti_algs_t)1 << 31)
#define TI_ALGS_EITHER ((ti_algs_t)1 << 30)

#define TI_ALGS_HS (TI_ALG_HS256 | TI_ALG_HS384 | TI_ALG_HS512)
#define TI_ALGS_RSA                                                            \
    (TI_ALG_RS256 | TI_ALG_RS384 | TI_ALG_RS512 | TI_ALG_PS256 |               \
     TI_ALG_PS384 | TI_ALG_PS512)
#define TI_ALGS_ES (TI_ALG_ES256 | TI_ALG_ES384 | TI_ALG_ES512)
#define TI_ALGS_ASYMMETRIC (TI_ALGS_RSA | TI_ALGS_ES | TI_ALG_EDDSA)
#define TI_ALGS_SIGNATURE (TI_ALGS_HS | TI_ALGS_ASYMMETRIC)
#define TI_ALGS_OAEP (TI_ALG_RSA_OAEP | TI_ALG_RSA_OAEP_256)
#define TI_ALGS_ENCRYPTION (TI_ALGS_OAEP | TI_ALG_ECDH_ES)
#define TI_ALGS_GCM (TI_ALG_A128GCM | TI_ALG_A256GCM)
#define TI_ALGS_CBC (TI_ALG_A128CBC_HS256 | TI_ALG_A256CBC_HS512)
#define TI_ALGS_CONTENT (TI_ALGS_GCM | TI_ALGS_CBC)

/* What is to be known of one. */
typedef struct ti_alg_facts_t {
    ti_alg_t alg;
    const char *name;
    const char *digest; /* OpenSSL's name of the hash, or NULL */
    apr_size_t size;    /* bytes: HS: of the shortest key; ES: of r and of s;
                           content: of the key, for CBC of both its halves */
} ti_alg_facts_t;

/* The facts of one algorithm; NULL: it is not known. */
const ti_alg_facts_t *ti_alg_facts(ti_alg_t alg);

/* The algorithm of an IANA name (TI_ALG_UNKNOWN: none of ours), and back. */
ti_alg_t ti_alg_of_name(const char *name);
const char *ti_alg_name(ti_alg_t alg);

#endif
