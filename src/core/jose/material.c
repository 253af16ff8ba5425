/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/material.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "jose/curve.h"
#include "jose/object.h"

/* A larger exponent makes a check expensive, and nobody has one. */
#define EXPONENT_BITS_MAX 64

static EVP_PKEY *read_rsa(const char **why, int *is_private, const json_t *jwk,
                          apr_pool_t *p);
static EVP_PKEY *read_ec(const char **why, int *is_private, const json_t *jwk,
                         apr_pool_t *p);
static EVP_PKEY *read_okp(const char **why, int *is_private, const json_t *jwk,
                          apr_pool_t *p);
static int bytes_of(ti_bytes_t *bytes, const json_t *jwk, const char *name,
                    apr_size_t size, apr_pool_t *p);
static int is_valid_point(EVP_PKEY *pkey, int is_private);
static json_t *write_number(const EVP_PKEY *pkey, const char *param,
                            apr_size_t size, apr_pool_t *p);
static json_t *write_raw(const EVP_PKEY *pkey, apr_pool_t *p);

EVP_PKEY *ti_material_read(const char **why, int *is_private, const json_t *jwk,
                           apr_pool_t *p)
{
    const char *kty = NULL;

    *is_private = json_object_get(jwk, "d") != NULL;
    if (!ti_object_text(&kty, jwk, "kty") || kty == NULL) {
        *why = "it has no kty";
    } else if (strcmp(kty, "RSA") == 0) {
        return read_rsa(why, is_private, jwk, p);
    } else if (strcmp(kty, "EC") == 0) {
        return read_ec(why, is_private, jwk, p);
    } else if (strcmp(kty, "OKP") == 0) {
        return read_okp(why, is_private, jwk, p);
    } else {
        *why = "its kty is not known";
    }
    return NULL;
}

json_t *ti_material_write(const EVP_PKEY *pkey, apr_pool_t *p)
{
    const ti_curve_t *curve = ti_curve_of(pkey);

    if (EVP_PKEY_is_a(pkey, "RSA")) {
        return json_pack("{s:o, s:s, s:o}", "e",
                         write_number(pkey, OSSL_PKEY_PARAM_RSA_E, 0, p), "kty",
                         "RSA", "n",
                         write_number(pkey, OSSL_PKEY_PARAM_RSA_N, 0, p));
    }
    if (curve == NULL) {
        return NULL;
    }
    if (strcmp(curve->kty, "OKP") == 0) {
        return json_pack("{s:s, s:s, s:o}", "crv", curve->crv, "kty", "OKP",
                         "x", write_raw(pkey, p));
    }
    return json_pack(
        "{s:s, s:s, s:o, s:o}", "crv", curve->crv, "kty", "EC", "x",
        write_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, curve->size, p), "y",
        write_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, curve->size, p));
}

const char *ti_material_rsa_complaint(const EVP_PKEY *pkey)
{
    const char *why = NULL;
    BIGNUM *e = NULL;
    int bits = EVP_PKEY_get_bits(pkey);

    if (bits < TI_MATERIAL_RSA_MIN) {
        return "its RSA modulus has fewer than 2,048 bits";
    }
    if (bits > TI_MATERIAL_RSA_MAX) {
        return "its RSA modulus has more than 8,192 bits";
    }
    if (!EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) ||
        !BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > EXPONENT_BITS_MAX) {
        why = "its RSA exponent cannot be used";
    }
    BN_free(e);
    return why;
}

/* RFC 7518 6.3. A private key without its primes would work, slowly, and
 * nobody writes one. */
static EVP_PKEY *read_rsa(const char **why, int *is_private, const json_t *jwk,
                          apr_pool_t *p)
{
    ti_builder_t builder = {jwk, p, OSSL_PARAM_BLD_new(), {NULL}, 0};
    EVP_PKEY *pkey;
    int good;

    good = ti_builder_add(&builder, "n", OSSL_PKEY_PARAM_RSA_N) &&
           ti_builder_add(&builder, "e", OSSL_PKEY_PARAM_RSA_E);
    if (good && *is_private) {
        good = json_object_get(jwk, "oth") == NULL &&
               ti_builder_add(&builder, "d", OSSL_PKEY_PARAM_RSA_D) &&
               ti_builder_add(&builder, "p", OSSL_PKEY_PARAM_RSA_FACTOR1) &&
               ti_builder_add(&builder, "q", OSSL_PKEY_PARAM_RSA_FACTOR2) &&
               ti_builder_add(&builder, "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1) &&
               ti_builder_add(&builder, "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2) &&
               ti_builder_add(&builder, "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
    }
    *why = "one of its RSA numbers is missing or wrong";
    pkey = ti_builder_finish(&builder, good ? "RSA" : NULL, *is_private);
    if (pkey != NULL) {
        *why = ti_material_rsa_complaint(pkey);
        if (*why != NULL) {
            EVP_PKEY_free(pkey);
            return NULL;
        }
    }
    return pkey;
}

/* RFC 7518 6.2 */
static EVP_PKEY *read_ec(const char **why, int *is_private, const json_t *jwk,
                         apr_pool_t *p)
{
    const ti_curve_t *curve = ti_curve_named(jwk, "EC");
    ti_builder_t builder = {jwk, p, OSSL_PARAM_BLD_new(), {NULL}, 0};
    unsigned char point[1 + 2 * TI_CURVE_SIZE_MAX] = {
        POINT_CONVERSION_UNCOMPRESSED};
    ti_bytes_t x, y, d;
    EVP_PKEY *pkey;
    int good;

    *why = "its crv is not known";
    good = curve != NULL;
    if (good) {
        *why =
            "one of its numbers is missing or does not fit the size of its crv";
        good = bytes_of(&x, jwk, "x", curve->size, p) &&
               bytes_of(&y, jwk, "y", curve->size, p);
    }
    if (good) {
        memcpy(point + 1, x.data, x.size);
        memcpy(point + 1 + x.size, y.data, y.size);
        good = OSSL_PARAM_BLD_push_utf8_string(builder.params,
                                               OSSL_PKEY_PARAM_GROUP_NAME,
                                               curve->group, 0) &&
               OSSL_PARAM_BLD_push_octet_string(builder.params,
                                                OSSL_PKEY_PARAM_PUB_KEY, point,
                                                1 + 2 * curve->size);
    }
    if (good && *is_private) {
        good = bytes_of(&d, jwk, "d", curve->size, p) &&
               ti_builder_add(&builder, "d", OSSL_PKEY_PARAM_PRIV_KEY);
        ti_bytes_wipe(&d);
    }
    pkey = ti_builder_finish(&builder, good ? "EC" : NULL, *is_private);
    if (good && (pkey == NULL || !is_valid_point(pkey, *is_private))) {
        *why = "its point is not on its curve, or its d belongs to another key";
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

/* RFC 8037 2. The public key is what the private one says, not x. */
static EVP_PKEY *read_okp(const char **why, int *is_private, const json_t *jwk,
                          apr_pool_t *p)
{
    const ti_curve_t *curve = ti_curve_named(jwk, "OKP");
    unsigned char made[32];
    size_t size = sizeof(made);
    EVP_PKEY *pkey = NULL;
    ti_bytes_t x, d;

    *why = "its crv is not known";
    if (curve == NULL) {
        return NULL;
    }
    *why =
        "its x or d is missing, has the wrong size or belongs to another key";
    if (!bytes_of(&x, jwk, "x", curve->size, p)) {
        return NULL;
    }
    if (!*is_private) {
        return EVP_PKEY_new_raw_public_key_ex(NULL, curve->group, NULL, x.data,
                                              x.size);
    }
    if (bytes_of(&d, jwk, "d", curve->size, p)) {
        pkey = EVP_PKEY_new_raw_private_key_ex(NULL, curve->group, NULL, d.data,
                                               d.size);
    }
    ti_bytes_wipe(&d);
    if (pkey != NULL && (!EVP_PKEY_get_raw_public_key(pkey, made, &size) ||
                         size != x.size || memcmp(made, x.data, size) != 0)) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

/* The size is exact: RFC 7518 6.2.1.2. */
static int bytes_of(ti_bytes_t *bytes, const json_t *jwk, const char *name,
                    apr_size_t size, apr_pool_t *p)
{
    return ti_object_bytes(bytes, jwk, name, p) && bytes->size == size;
}

static int is_valid_point(EVP_PKEY *pkey, int is_private)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    int valid = context != NULL && EVP_PKEY_public_check(context) == 1 &&
                (!is_private || EVP_PKEY_check(context) == 1);

    EVP_PKEY_CTX_free(context);
    return valid;
}

/* A `size` of 0: as many bytes as the number has. */
static json_t *write_number(const EVP_PKEY *pkey, const char *param,
                            apr_size_t size, apr_pool_t *p)
{
    unsigned char bytes[TI_BUILDER_NUMBER_MAX];
    BIGNUM *number = NULL;
    json_t *text = NULL;
    int written;

    if (EVP_PKEY_get_bn_param(pkey, param, &number)) {
        written = size > 0 ? (int)size : BN_num_bytes(number);
        if (written <= TI_BUILDER_NUMBER_MAX &&
            BN_bn2binpad(number, bytes, written) == written) {
            text =
                json_string(ti_base64url_write(bytes, (apr_size_t)written, p));
        }
    }
    BN_free(number);
    return text;
}

static json_t *write_raw(const EVP_PKEY *pkey, apr_pool_t *p)
{
    unsigned char bytes[32];
    size_t size = sizeof(bytes);

    return EVP_PKEY_get_raw_public_key(pkey, bytes, &size)
               ? json_string(ti_base64url_write(bytes, size, p))
               : NULL;
}
