/* SPDX-License-Identifier: Apache-2.0
 *
 * Digests and secrets: the keyed digest that names a token inside the module,
 * random bytes, comparison in constant time. With seal.c and the room jose all
 * that knows OpenSSL.
 */
#ifndef TI_KEY_H
#define TI_KEY_H

#include <apr_pools.h>

#define TI_KEY_SIZE 32    /* bytes of SHA-256 */
#define TI_SECRET_SIZE 32 /* bytes of a secret made at start */

/* The keyed digest of one token, for one authorization server and one
 * domain. */
typedef struct ti_key_t {
    unsigned char bytes[TI_KEY_SIZE];
} ti_key_t;

/* The secrets that keys are made from, TI_SECRET_SIZE bytes each. */
typedef struct ti_key_secrets_t {
    const void *current; /* on all machines that share a store the same */
    const void *former;  /* that of before a rotation; or NULL */
    const void *own; /* this machine's: for what no other machine compares */
} ti_key_secrets_t;

/* A digest that has already absorbed the secret, a domain and the identity of
 * the authorization server. Only the text is left to digest. */
typedef struct ti_keyring_t ti_keyring_t;

/* Before the fork: free at the end of each thread what ti_key_derive keeps for
 * it, until `p` is destroyed. Without this call it leaks. */
apr_status_t ti_keys_open(apr_pool_t *p);

/* Fill `size` bytes with cryptographically strong random ones. */
apr_status_t ti_key_random(void *bytes, apr_size_t size);

/* The plain SHA-256 of a block, for identities. */
apr_status_t ti_key_digest(ti_key_t *key, const void *bytes, apr_size_t size);

/* Prepare keys for one identity: `secret` has TI_SECRET_SIZE bytes, `identity`
 * names endpoint, client and everything else that changes the answer, `domain`
 * is a short word ("token", "jwks") that keeps different uses of one identity
 * apart. The keyring lives in `p`. */
apr_status_t ti_keyring_create(ti_keyring_t **keyring, const void *secret,
                               const ti_key_t *identity, const char *domain,
                               apr_pool_t *p);

/* A number, never 0, that no other keyring of this process has or had. */
apr_uint64_t ti_keyring_serial(const ti_keyring_t *keyring);

/* The key of a text. Safe to call from several threads with one keyring. */
apr_status_t ti_key_derive(ti_key_t *key, const ti_keyring_t *keyring,
                           const char *text, apr_size_t length);

/* A keyed digest without a keyring, for rare use: of `length` bytes of `text`,
 * with the secret, identity and domain as for a keyring. */
apr_status_t ti_key_once(ti_key_t *key, const void *secret,
                         const ti_key_t *identity, const char *domain,
                         const char *text, apr_size_t length);

/* Nonzero when both blocks are equal; takes the same time either way. */
int ti_key_same(const void *one, const void *other, apr_size_t size);

/* The first 32 bits of a key: all that logs show of a token, as "%08x". */
apr_uint32_t ti_key_fingerprint(const ti_key_t *key);

/* The version of the library behind it. */
const char *ti_key_library(void);

#endif
