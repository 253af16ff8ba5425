/* SPDX-License-Identifier: Apache-2.0
 *
 * The key of a token, found again where the same client sends the same token
 * with each request: SHA-256 reads a token byte by byte, this reads words.
 *
 * The token itself is not kept, so that no more copies of it lie in memory
 * than httpd makes. What is kept is a short keyed hash of it. The hash is
 * universal (NH, RFC 4418 5.2, with words of 64 bits): of two texts of one
 * length it takes one for the other with a probability of 2^-64 at most,
 * whoever chose them, since the secret is random and nothing tells of it.
 */
#ifndef TI_RECENT_H
#define TI_RECENT_H

#include "base/key.h"

/* The token that a connection sent last. Zero it; it holds no pointers. For
 * one thread at a time. */
typedef struct ti_recent_t {
    apr_uint64_t keyring; /* the serial of whose key it is; 0: nothing yet */
    apr_size_t length;    /* of the token, bytes */
    apr_uint64_t hash[2];
    ti_key_t key;
} ti_recent_t;

/* Before the fork: make the secret. Without it nothing is remembered. */
apr_status_t ti_recent_open(void);

/* The key of a token of `length` bytes: remembered in *recent, or else derived
 * and remembered there. `recent` may be NULL. APR_EINVAL: it is no bearer
 * token; another status: the digest could not be made. */
apr_status_t ti_recent_key(ti_key_t *key, ti_recent_t *recent,
                           const ti_keyring_t *keyring, const char *token,
                           apr_size_t length);

#endif
