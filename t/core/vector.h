/* SPDX-License-Identifier: Apache-2.0
 *
 * The rig of the tests of JOSE: vectors from files, keys from texts.
 */
#ifndef T_VECTOR_H
#define T_VECTOR_H

#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "jose/jwe.h"
#include "jose/jws.h"
#include "jose/signature.h"
#include "tap.h"

#define VECTORS "t/core/jose/vectors/"
#define VECTOR_MAX 16384

/* The text of a vector, without the newline at its end. Tests run where the
 * Makefile is. */
static inline char *vector(const char *name)
{
    char *text = apr_pcalloc(pool, VECTOR_MAX);
    apr_size_t size = VECTOR_MAX - 1;
    apr_file_t *file;

    ck_assert_msg(apr_file_open(&file, apr_pstrcat(pool, VECTORS, name, NULL),
                                APR_READ, APR_OS_DEFAULT, pool) == APR_SUCCESS,
                  "there is no %s", name);
    apr_file_read_full(file, text, VECTOR_MAX - 1, &size);
    apr_file_close(file);
    ck_assert(size > 0 && size < VECTOR_MAX - 1);
    text[text[size - 1] == '\n' ? size - 1 : size] = '\0';
    return text;
}

/* NULL when it is refused. */
static inline ti_jwk_t *jwk_of(const char *text)
{
    const char *why;

    return ti_jwk_read(&why, text, strlen(text), pool);
}

static inline ti_jwks_t *only(const ti_jwk_t *key)
{
    ck_assert_ptr_nonnull(key);
    return ti_jwks_of_key(key, pool);
}

static inline ti_bytes_t bytes_of(const char *text)
{
    ti_bytes_t bytes;

    bytes.data = (unsigned char *)apr_pstrdup(pool, text);
    bytes.size = strlen(text);
    return bytes;
}

/* What came of verifying with a set, or with one key, and any algorithm. */
static inline ti_opened_t verified(const char *jws, const ti_jwks_t *keys,
                                   ti_algs_t allowed)
{
    ti_opened_t opened;

    ti_jws_verify(&opened, jws, strlen(jws), keys, allowed, pool);
    return opened;
}

static inline ti_opened_t decrypted(const char *jwe, const ti_jwks_t *keys,
                                    ti_algs_t allowed)
{
    ti_opened_t opened;

    ti_jwe_decrypt(&opened, jwe, strlen(jwe), keys, allowed, pool);
    return opened;
}

/* A JWS with exactly this header, signed by HS256 whatever the header says;
 * without a key: with an empty signature. */
static inline char *jws_with(const char *header, const char *payload,
                             const ti_jwk_t *key)
{
    char *input =
        apr_pstrcat(pool, ti_base64url_write(header, strlen(header), pool), ".",
                    ti_base64url_write(payload, strlen(payload), pool), NULL);
    ti_bytes_t text = bytes_of(input);
    ti_bytes_t mac = {NULL, 0};

    ck_assert(key == NULL ||
              ti_signature_make(&mac, key, TI_ALG_HS256, &text, pool));
    return apr_pstrcat(pool, input, ".",
                       ti_base64url_write(mac.data, mac.size, pool), NULL);
}

#endif
