/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/cek.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "base/key.h"
#include "jose/curve.h"
#include "jose/material.h"
#include "jose/object.h"

/* Of PartyUInfo and PartyVInfo: a name, or a nonce. */
#define PARTY_MAX 256

/* The name of an enc, the two parties, the size, and their lengths. */
#define INFO_MAX (4 + 16 + 2 * (4 + PARTY_MAX) + 4)

/* Of the secret that two keys agree upon: a coordinate. */
#define AGREED_MAX TI_CURVE_SIZE_MAX

static int unwrap(unsigned char *cek, apr_size_t size, const ti_compact_t *jwe,
                  const ti_jwk_t *key, apr_pool_t *p);
static int agree(unsigned char *cek, apr_size_t size, const ti_compact_t *jwe,
                 const ti_jwk_t *key, apr_pool_t *p);
static int derive(unsigned char *cek, apr_size_t size, const ti_bytes_t *agreed,
                  const ti_bytes_t *info);
static int describe(ti_bytes_t *info, const ti_compact_t *jwe, apr_size_t size,
                    apr_pool_t *p);
static void add_number(ti_bytes_t *info, apr_size_t number);
static int add_party(ti_bytes_t *info, const ti_compact_t *jwe,
                     const char *name, apr_pool_t *p);

int ti_cek_find(unsigned char cek[TI_CEK_SIZE_MAX], const ti_compact_t *jwe,
                const ti_jwk_t *key, apr_pool_t *p)
{
    apr_size_t size = ti_alg_facts(jwe->enc)->size;
    unsigned char random[TI_CEK_SIZE_MAX];
    unsigned char found[TI_CEK_SIZE_MAX];
    unsigned char choice;
    apr_size_t i;
    int done;

    memset(cek, 0, TI_CEK_SIZE_MAX);
    memset(found, 0, sizeof(found));
    if (ti_key_random(random, sizeof(random)) != APR_SUCCESS) {
        return 0;
    }
    done = jwe->alg == TI_ALG_ECDH_ES ? agree(found, size, jwe, key, p)
                                      : unwrap(found, size, jwe, key, p);
    choice = (unsigned char)-(done != 0);
    for (i = 0; i < size; i++) {
        cek[i] = (unsigned char)((found[i] & choice) |
                                 (random[i] & (unsigned char)~choice));
    }
    explicit_bzero(found, sizeof(found));
    explicit_bzero(random, sizeof(random));
    return 1;
}

/* RSA-OAEP and RSA-OAEP-256, RFC 7518 4.3. */
static int unwrap(unsigned char *cek, apr_size_t size, const ti_compact_t *jwe,
                  const ti_jwk_t *key, apr_pool_t *p)
{
    const char *digest = ti_alg_facts(jwe->alg)->digest;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    ti_bytes_t text;
    size_t length = (size_t)EVP_PKEY_get_size(key->pkey);
    int done;

    text.size = length;
    text.data = apr_pcalloc(p, text.size);
    done = context != NULL && EVP_PKEY_decrypt_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md_name(context, digest, NULL) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, digest, NULL) == 1 &&
           EVP_PKEY_decrypt(context, text.data, &length, jwe->parts[1].data,
                            jwe->parts[1].size) == 1 &&
           length == size;
    if (done) {
        memcpy(cek, text.data, size);
    }
    ti_bytes_wipe(&text);
    EVP_PKEY_CTX_free(context);
    return done;
}

/* ECDH-ES as the key itself, RFC 7518 4.6: the sender's key is of our curve,
 * which OpenSSL checks, as it checks that its point is on it. */
static int agree(unsigned char *cek, apr_size_t size, const ti_compact_t *jwe,
                 const ti_jwk_t *key, apr_pool_t *p)
{
    const json_t *epk = json_object_get(jwe->header, "epk");
    unsigned char secret[AGREED_MAX];
    ti_bytes_t agreed = {secret, sizeof(secret)};
    EVP_PKEY_CTX *context = NULL;
    EVP_PKEY *theirs = NULL;
    const char *why;
    ti_bytes_t info;
    int is_private;
    int done;

    if (json_is_object(epk) && jwe->parts[1].size == 0) {
        theirs = ti_material_read(&why, &is_private, epk, p);
        context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    }
    done = theirs != NULL && context != NULL && describe(&info, jwe, size, p) &&
           EVP_PKEY_derive_init(context) == 1 &&
           EVP_PKEY_derive_set_peer(context, theirs) == 1 &&
           EVP_PKEY_derive(context, secret, &agreed.size) == 1 &&
           derive(cek, size, &agreed, &info);
    explicit_bzero(secret, sizeof(secret));
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(theirs);
    return done;
}

/* The Concat KDF of NIST SP 800-56A 5.8.1, with SHA-256. */
static int derive(unsigned char *cek, apr_size_t size, const ti_bytes_t *agreed,
                  const ti_bytes_t *info)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[4];
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_SSKDF, NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    int done;

    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET,
                                                  agreed->data, agreed->size);
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
                                                  info->data, info->size);
    params[3] = OSSL_PARAM_construct_end();
    done = context != NULL && EVP_KDF_derive(context, cek, size, params) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return done;
}

/* RFC 7518 4.6.2: AlgorithmID, PartyUInfo, PartyVInfo, SuppPubInfo. */
static int describe(ti_bytes_t *info, const ti_compact_t *jwe, apr_size_t size,
                    apr_pool_t *p)
{
    const char *name = ti_alg_name(jwe->enc);

    info->data = apr_palloc(p, INFO_MAX);
    info->size = 0;
    add_number(info, strlen(name));
    memcpy(info->data + info->size, name, strlen(name));
    info->size += strlen(name);
    if (!add_party(info, jwe, "apu", p) || !add_party(info, jwe, "apv", p)) {
        return 0;
    }
    add_number(info, size * 8);
    return 1;
}

static void add_number(ti_bytes_t *info, apr_size_t number)
{
    unsigned char *at = info->data + info->size;

    at[0] = (unsigned char)(number >> 24);
    at[1] = (unsigned char)(number >> 16);
    at[2] = (unsigned char)(number >> 8);
    at[3] = (unsigned char)number;
    info->size += 4;
}

static int add_party(ti_bytes_t *info, const ti_compact_t *jwe,
                     const char *name, apr_pool_t *p)
{
    ti_bytes_t party = {NULL, 0};

    if (json_object_get(jwe->header, name) != NULL &&
        (!ti_object_bytes(&party, jwe->header, name, p) ||
         party.size > PARTY_MAX)) {
        return 0;
    }
    add_number(info, party.size);
    if (party.size > 0) {
        memcpy(info->data + info->size, party.data, party.size);
    }
    info->size += party.size;
    return 1;
}
