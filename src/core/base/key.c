/* SPDX-License-Identifier: Apache-2.0 */
#include "base/key.h"

#include <string.h>

#include <apr_thread_proc.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

/* One block of SHA-256: secret and identity fill it, so that what is kept is
 * the digest's state after the first block, and a short token costs one more.
 * The digest is secret-prefixed, not HMAC: no digest ever leaves this host, so
 * there is nothing that a length extension could start from. */
#define PREFIX_SIZE (TI_SECRET_SIZE + TI_KEY_SIZE)

struct ti_keyring_t {
    apr_uint64_t serial;
    EVP_MD *digest;
    EVP_MD_CTX *prefix;
};

/* The digest context of each thread: a fresh one would cost more than all the
 * rest of a digest. A thread of mod_http2 comes and goes with its load. */
static __thread EVP_MD_CTX *own_context;
static apr_threadkey_t *contexts;

static apr_uint64_t last_serial;

static EVP_MD_CTX *context_new(void);
static void context_free(void *old);
static apr_status_t contexts_close(void *data);
static apr_status_t keyring_free(void *data);
static int identify(ti_key_t *bound, EVP_MD *digest, const ti_key_t *identity,
                    const char *domain);

apr_status_t ti_keys_open(apr_pool_t *p)
{
    apr_status_t rv = apr_threadkey_private_create(&contexts, context_free, p);

    if (rv == APR_SUCCESS) {
        apr_pool_cleanup_register(p, NULL, contexts_close,
                                  apr_pool_cleanup_null);
    }
    return rv;
}

apr_status_t ti_key_random(void *bytes, apr_size_t size)
{
    return RAND_bytes(bytes, (int)size) == 1 ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t ti_key_digest(ti_key_t *key, const void *bytes, apr_size_t size)
{
    int done = EVP_Digest(bytes, size, key->bytes, NULL, EVP_sha256(), NULL);

    return done == 1 ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t ti_keyring_create(ti_keyring_t **keyring, const void *secret,
                               const ti_key_t *identity, const char *domain,
                               apr_pool_t *p)
{
    ti_keyring_t *ring = apr_pcalloc(p, sizeof(*ring));
    ti_key_t bound;

    *keyring = NULL;
    apr_pool_cleanup_register(p, ring, keyring_free, apr_pool_cleanup_null);
    ring->digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    ring->prefix = EVP_MD_CTX_new();
    if (ring->digest == NULL || ring->prefix == NULL ||
        !identify(&bound, ring->digest, identity, domain) ||
        !EVP_DigestInit_ex(ring->prefix, ring->digest, NULL) ||
        !EVP_DigestUpdate(ring->prefix, secret, TI_SECRET_SIZE) ||
        !EVP_DigestUpdate(ring->prefix, bound.bytes, TI_KEY_SIZE)) {
        return APR_EGENERAL;
    }
    ring->serial = __atomic_add_fetch(&last_serial, 1, __ATOMIC_RELAXED);
    *keyring = ring;
    return APR_SUCCESS;
}

apr_uint64_t ti_keyring_serial(const ti_keyring_t *keyring)
{
    return keyring->serial;
}

apr_status_t ti_key_derive(ti_key_t *key, const ti_keyring_t *keyring,
                           const char *text, apr_size_t length)
{
    int done;

    if (own_context == NULL) {
        own_context = context_new();
    }
    done = own_context != NULL &&
           EVP_MD_CTX_copy_ex(own_context, keyring->prefix) &&
           EVP_DigestUpdate(own_context, text, length) &&
           EVP_DigestFinal_ex(own_context, key->bytes, NULL);
    return done ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t ti_key_once(ti_key_t *key, const void *secret,
                         const ti_key_t *identity, const char *domain,
                         const char *text, apr_size_t length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done;

    /* the domain ends with its NUL, and all before it has a fixed length */
    done = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
           EVP_DigestUpdate(context, secret, TI_SECRET_SIZE) &&
           EVP_DigestUpdate(context, identity->bytes, TI_KEY_SIZE) &&
           EVP_DigestUpdate(context, domain, strlen(domain) + 1) &&
           EVP_DigestUpdate(context, text, length) &&
           EVP_DigestFinal_ex(context, key->bytes, NULL);
    EVP_MD_CTX_free(context);
    return done ? APR_SUCCESS : APR_EGENERAL;
}

int ti_key_same(const void *one, const void *other, apr_size_t size)
{
    return CRYPTO_memcmp(one, other, size) == 0;
}

apr_uint32_t ti_key_fingerprint(const ti_key_t *key)
{
    const unsigned char *b = key->bytes;

    return (apr_uint32_t)b[0] << 24 | (apr_uint32_t)b[1] << 16 |
           (apr_uint32_t)b[2] << 8 | b[3];
}

/* Identity and domain in 32 bytes; the identity's length is fixed, so the
 * domain cannot run into it. */
static int identify(ti_key_t *bound, EVP_MD *digest, const ti_key_t *identity,
                    const char *domain)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done;

    done = context != NULL && EVP_DigestInit_ex(context, digest, NULL) &&
           EVP_DigestUpdate(context, identity->bytes, TI_KEY_SIZE) &&
           EVP_DigestUpdate(context, domain, strlen(domain)) &&
           EVP_DigestFinal_ex(context, bound->bytes, NULL);
    EVP_MD_CTX_free(context);
    return done;
}

static EVP_MD_CTX *context_new(void)
{
    EVP_MD_CTX *made = EVP_MD_CTX_new();

    if (made != NULL && contexts != NULL) {
        apr_threadkey_private_set(made, contexts);
    }
    return made;
}

static void context_free(void *old)
{
    EVP_MD_CTX_free(old);
}

/* The module may be unloaded next: no thread may come back to it. */
static apr_status_t contexts_close(void *data)
{
    apr_threadkey_t *closing = contexts;

    (void)data;
    contexts = NULL;
    return apr_threadkey_private_delete(closing);
}

static apr_status_t keyring_free(void *data)
{
    ti_keyring_t *ring = data;

    EVP_MD_CTX_free(ring->prefix);
    EVP_MD_free(ring->digest);
    return APR_SUCCESS;
}

const char *ti_key_library(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
