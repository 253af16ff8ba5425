/* SPDX-License-Identifier: Apache-2.0
 *
 * What others encrypt for us: RSA-OAEP-256 with A128GCM.
 */
#ifndef T_ENCRYPTED_H
#define T_ENCRYPTED_H

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "vector.h"

static inline ti_bytes_t room(apr_size_t size)
{
    ti_bytes_t bytes = {apr_pcalloc(pool, size + 1), size};

    return bytes;
}

static inline const char *encoded(const ti_bytes_t *bytes)
{
    return ti_base64url_write(bytes->data, bytes->size, pool);
}

static inline ti_bytes_t wrapped(const ti_jwk_t *key, const ti_bytes_t *cek)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pkey, NULL);
    ti_bytes_t made = room(1024);

    ck_assert_int_eq(EVP_PKEY_encrypt_init(context), 1);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256());
    EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256());
    ck_assert_int_eq(
        EVP_PKEY_encrypt(context, made.data, &made.size, cek->data, cek->size),
        1);
    EVP_PKEY_CTX_free(context);
    return made;
}

/* The compact JWE of a text for this RSA key. */
static inline const char *encrypted(const ti_jwk_t *key, const char *text)
{
    static const char header[] =
        "{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A128GCM\",\"cty\":\"JWT\"}";
    const char *first = ti_base64url_write(header, sizeof(header) - 1, pool);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    ti_bytes_t cek = bytes_of("0123456789abcdef");
    ti_bytes_t iv = bytes_of("twelve bytes");
    ti_bytes_t tag = room(16);
    ti_bytes_t cipher = room(strlen(text));
    ti_bytes_t key_part = wrapped(key, &cek);
    int size;

    EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, cek.data, iv.data);
    EVP_EncryptUpdate(context, NULL, &size, (const unsigned char *)first,
                      (int)strlen(first));
    EVP_EncryptUpdate(context, cipher.data, &size, (const unsigned char *)text,
                      (int)strlen(text));
    EVP_EncryptFinal_ex(context, cipher.data + size, &size);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, tag.data);
    EVP_CIPHER_CTX_free(context);
    return apr_pstrcat(pool, first, ".", encoded(&key_part), ".", encoded(&iv),
                       ".", encoded(&cipher), ".", encoded(&tag), NULL);
}

#endif
