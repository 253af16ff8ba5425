/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/seal.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "claims/validity.h"

#define VERSION 1
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define HEAD_SIZE (1 + NONCE_SIZE)

/* Precedes the payload and is encrypted with it. */
typedef struct inside_t {
    apr_int64_t answered;
    apr_int64_t expires;
    apr_uint64_t kind;
} inside_t;

/* The keys derived from one secret. */
typedef struct keys_t {
    unsigned char encryption[TI_SECRET_SIZE];
    unsigned char naming[TI_SECRET_SIZE];
    unsigned char tokens[TI_SECRET_SIZE];
} keys_t;

struct ti_seal_t {
    keys_t keys;
};

static apr_status_t derive_all(keys_t *keys, const char *secret);
static int derive(unsigned char out[TI_SECRET_SIZE], const char *secret,
                  const char *purpose);
static int encrypt(unsigned char *sealed, const keys_t *keys,
                   const ti_key_t *key, const unsigned char *plain,
                   apr_size_t size);
static int decrypt(unsigned char *plain, const keys_t *keys,
                   const ti_key_t *key, const unsigned char *sealed,
                   apr_size_t size);
static apr_status_t wipe(void *seal);

apr_status_t ti_seal_create(ti_seal_t **seal, const char *secret, apr_pool_t *p)
{
    ti_seal_t *made = apr_pcalloc(p, sizeof(*made));
    apr_status_t rv;

    *seal = NULL;
    apr_pool_cleanup_register(p, made, wipe, apr_pool_cleanup_null);
    if (secret == NULL) {
        rv = ti_key_random(&made->keys, sizeof(made->keys));
    } else {
        rv = derive_all(&made->keys, secret);
    }
    if (rv == APR_SUCCESS) {
        *seal = made;
    }
    return rv;
}

void ti_seal_key_secret(const ti_seal_t *seal,
                        unsigned char secret[TI_SECRET_SIZE])
{
    memcpy(secret, seal->keys.tokens, TI_SECRET_SIZE);
}

apr_status_t ti_seal_name(ti_key_t *name, const ti_seal_t *seal,
                          const ti_key_t *key)
{
    unsigned char both[TI_SECRET_SIZE + TI_KEY_SIZE];
    apr_status_t rv;

    memcpy(both, seal->keys.naming, TI_SECRET_SIZE);
    memcpy(both + TI_SECRET_SIZE, key->bytes, TI_KEY_SIZE);
    rv = ti_key_digest(name, both, sizeof(both));
    explicit_bzero(both, sizeof(both));
    return rv;
}

apr_status_t ti_seal_close(unsigned char **sealed, apr_size_t *size,
                           const ti_seal_t *seal, const ti_key_t *key,
                           const ti_entry_t *entry, apr_pool_t *p)
{
    apr_size_t plain_size = sizeof(inside_t) + entry->size;
    unsigned char *plain;
    inside_t inside = {0};

    *sealed = NULL;
    *size = 0;
    if (entry->size > TI_ENTRY_MAX) {
        return APR_ENOSPC;
    }
    plain = apr_palloc(p, plain_size);
    inside.answered = entry->answered;
    inside.expires = entry->expires;
    inside.kind = entry->kind;
    memcpy(plain, &inside, sizeof(inside));
    if (entry->size > 0) {
        memcpy(plain + sizeof(inside), entry->bytes, entry->size);
    }
    *size = HEAD_SIZE + plain_size + TAG_SIZE;
    *sealed = apr_palloc(p, *size);
    return encrypt(*sealed, &seal->keys, key, plain, plain_size) ? APR_SUCCESS
                                                                 : APR_EGENERAL;
}

apr_status_t ti_seal_open(ti_entry_t *entry, const ti_seal_t *seal,
                          const ti_key_t *key, const unsigned char *sealed,
                          apr_size_t size, apr_pool_t *p)
{
    unsigned char *plain;
    inside_t inside;

    memset(entry, 0, sizeof(*entry));
    if (size < HEAD_SIZE + sizeof(inside) + TAG_SIZE || sealed[0] != VERSION ||
        size > HEAD_SIZE + sizeof(inside) + TI_ENTRY_MAX + TAG_SIZE) {
        return APR_EINVAL;
    }
    plain = apr_palloc(p, size);
    if (!decrypt(plain, &seal->keys, key, sealed, size)) {
        return APR_EINVAL;
    }

    memcpy(&inside, plain, sizeof(inside));
    size -= HEAD_SIZE + sizeof(inside) + TAG_SIZE;
    if ((inside.kind != TI_KIND_CLAIMS && inside.kind != TI_KIND_INACTIVE &&
         inside.kind != TI_KIND_DOCUMENT) ||
        (inside.kind == TI_KIND_CLAIMS &&
         !ti_validity_check(plain + sizeof(inside), size))) {
        return APR_EINVAL;
    }
    entry->kind = (ti_kind_t)inside.kind;
    entry->answered = inside.answered;
    entry->expires = inside.expires;
    entry->bytes = plain + sizeof(inside);
    entry->size = size;
    return APR_SUCCESS;
}

ti_seal_time_t ti_seal_time(const ti_entry_t *entry, apr_time_t now)
{
    if (now >= entry->expires) {
        return TI_SEAL_OVER;
    }
    return entry->answered > now + TI_ENTRY_SKEW ? TI_SEAL_AHEAD
                                                 : TI_SEAL_TIMELY;
}

static apr_status_t derive_all(keys_t *keys, const char *secret)
{
    return derive(keys->encryption, secret, "introspect cache encryption") &&
                   derive(keys->naming, secret, "introspect cache names") &&
                   derive(keys->tokens, secret, "introspect token keys")
               ? APR_SUCCESS
               : APR_EGENERAL;
}

/* HKDF-SHA256, RFC 5869. */
static int derive(unsigned char out[TI_SECRET_SIZE], const char *secret,
                  const char *purpose)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[4];
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    int done;

    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
    params[1] = OSSL_PARAM_construct_octet_string(
        OSSL_KDF_PARAM_KEY, (void *)(apr_uintptr_t)secret, strlen(secret));
    params[2] = OSSL_PARAM_construct_octet_string(
        OSSL_KDF_PARAM_INFO, (void *)(apr_uintptr_t)purpose, strlen(purpose));
    params[3] = OSSL_PARAM_construct_end();
    done = context != NULL &&
           EVP_KDF_derive(context, out, TI_SECRET_SIZE, params) > 0;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return done;
}

static int encrypt(unsigned char *sealed, const keys_t *keys,
                   const ti_key_t *key, const unsigned char *plain,
                   apr_size_t size)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char *body = sealed + HEAD_SIZE;
    int length = 0;
    int done;

    sealed[0] = VERSION;
    done = context != NULL &&
           ti_key_random(sealed + 1, NONCE_SIZE) == APR_SUCCESS &&
           EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL,
                              keys->encryption, sealed + 1) &&
           EVP_EncryptUpdate(context, NULL, &length, sealed, 1) &&
           EVP_EncryptUpdate(context, NULL, &length, key->bytes, TI_KEY_SIZE) &&
           EVP_EncryptUpdate(context, body, &length, plain, (int)size) &&
           EVP_EncryptFinal_ex(context, body + length, &length) &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_SIZE,
                               body + size);
    EVP_CIPHER_CTX_free(context);
    return done;
}

static int decrypt(unsigned char *plain, const keys_t *keys,
                   const ti_key_t *key, const unsigned char *sealed,
                   apr_size_t size)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    apr_size_t body = size - HEAD_SIZE - TAG_SIZE;
    unsigned char tag[TAG_SIZE];
    int length = 0;
    int done;

    memcpy(tag, sealed + size - TAG_SIZE, TAG_SIZE);
    done = context != NULL &&
           EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL,
                              keys->encryption, sealed + 1) &&
           EVP_DecryptUpdate(context, NULL, &length, sealed, 1) &&
           EVP_DecryptUpdate(context, NULL, &length, key->bytes, TI_KEY_SIZE) &&
           EVP_DecryptUpdate(context, plain, &length, sealed + HEAD_SIZE,
                             (int)body) &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) &&
           EVP_DecryptFinal_ex(context, plain + length, &length) > 0;
    EVP_CIPHER_CTX_free(context);
    return done;
}

static apr_status_t wipe(void *seal)
{
    explicit_bzero(seal, sizeof(ti_seal_t));
    return APR_SUCCESS;
}
