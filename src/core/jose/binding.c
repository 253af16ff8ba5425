/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/binding.h"

#include <string.h>

#include <openssl/evp.h>

#include "jose/curve.h"
#include "jose/material.h"
#include "jose/object.h"

static void narrow_ops(ti_binding_t *binding, const json_t *ops);
static int halves_match(EVP_PKEY *pkey);

const char *ti_binding_of_key(ti_binding_t *binding, EVP_PKEY *pkey,
                              int is_private)
{
    const ti_curve_t *curve = ti_curve_of(pkey);
    ti_algs_t algs;

    if (EVP_PKEY_is_a(pkey, "RSA")) {
        const char *why = ti_material_rsa_complaint(pkey);

        if (why != NULL) {
            return why;
        }
        algs = TI_ALGS_RSA | TI_ALGS_OAEP;
    } else if (curve != NULL) {
        algs = curve->algs;
    } else {
        return "it is neither RSA nor on a curve that is known";
    }

    binding->verify = algs & TI_ALGS_SIGNATURE;
    if (is_private) {
        binding->sign = algs & TI_ALGS_SIGNATURE;
        binding->decrypt = algs & TI_ALGS_ENCRYPTION;
    }
    return binding->sign == 0 || halves_match(pkey)
               ? NULL
               : "its private and public halves do not match";
}

void ti_binding_of_secret(ti_binding_t *binding, apr_size_t size)
{
    binding->verify = (size >= 32 ? TI_ALG_HS256 : 0U) |
                      (size >= 48 ? TI_ALG_HS384 : 0U) |
                      (size >= 64 ? TI_ALG_HS512 : 0U);
    binding->sign = binding->verify;
}

/* RFC 7517 4.2 to 4.5 */
const char *ti_binding_narrow(ti_binding_t *binding, const json_t *jwk)
{
    const json_t *ops = json_object_get(jwk, "key_ops");
    const char *use, *alg;

    if (!ti_object_text(&use, jwk, "use") ||
        !ti_object_text(&alg, jwk, "alg") ||
        (ops != NULL && !json_is_array(ops))) {
        return "its use, alg or key_ops has the wrong type";
    }
    if (use != NULL && strcmp(use, "sig") != 0) {
        binding->verify = 0;
        binding->sign = 0;
    }
    if (use != NULL && strcmp(use, "enc") != 0) {
        binding->decrypt = 0;
    }
    if (alg != NULL) {
        binding->verify &= (ti_algs_t)ti_alg_of_name(alg);
        binding->sign &= (ti_algs_t)ti_alg_of_name(alg);
        binding->decrypt &= (ti_algs_t)ti_alg_of_name(alg);
    }
    if (ops != NULL) {
        narrow_ops(binding, ops);
    }
    return NULL;
}

static void narrow_ops(ti_binding_t *binding, const json_t *ops)
{
    if (!ti_object_lists(ops, "verify")) {
        binding->verify = 0;
    }
    if (!ti_object_lists(ops, "sign")) {
        binding->sign = 0;
    }
    if (!ti_object_lists(ops, "decrypt") &&
        !ti_object_lists(ops, "unwrapKey") &&
        !ti_object_lists(ops, "deriveKey") &&
        !ti_object_lists(ops, "deriveBits")) {
        binding->decrypt = 0;
    }
}

/* What it signs, it has to verify. */
static int halves_match(EVP_PKEY *pkey)
{
    static const unsigned char text[] = "key";
    const char *digest = EVP_PKEY_is_a(pkey, "ED25519") ? NULL : "SHA256";
    unsigned char signature[TI_MATERIAL_RSA_MAX / 8];
    size_t size = sizeof(signature);
    EVP_MD_CTX *sign = EVP_MD_CTX_new();
    EVP_MD_CTX *verify = EVP_MD_CTX_new();
    int whole;

    whole = sign != NULL && verify != NULL &&
            EVP_DigestSignInit_ex(sign, NULL, digest, NULL, NULL, pkey, NULL) ==
                1 &&
            EVP_DigestSign(sign, signature, &size, text, sizeof(text)) == 1 &&
            EVP_DigestVerifyInit_ex(verify, NULL, digest, NULL, NULL, pkey,
                                    NULL) == 1 &&
            EVP_DigestVerify(verify, signature, size, text, sizeof(text)) == 1;
    EVP_MD_CTX_free(sign);
    EVP_MD_CTX_free(verify);
    return whole;
}
