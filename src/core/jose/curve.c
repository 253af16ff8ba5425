/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/curve.h"

#include <string.h>

#include "jose/object.h"

static const ti_curve_t curves[] = {
    {"EC", "P-256", "prime256v1", 32, TI_ALG_ES256 | TI_ALG_ECDH_ES},
    {"EC", "P-384", "secp384r1", 48, TI_ALG_ES384 | TI_ALG_ECDH_ES},
    {"EC", "P-521", "secp521r1", 66, TI_ALG_ES512 | TI_ALG_ECDH_ES},
    {"OKP", "Ed25519", "ED25519", 32, TI_ALG_EDDSA},
    {"OKP", "X25519", "X25519", 32, TI_ALG_ECDH_ES},
};

const ti_curve_t *ti_curve_named(const json_t *jwk, const char *kty)
{
    const char *crv;
    apr_size_t i;

    if (!ti_object_text(&crv, jwk, "crv") || crv == NULL) {
        return NULL;
    }
    for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (strcmp(curves[i].kty, kty) == 0 &&
            strcmp(curves[i].crv, crv) == 0) {
            return &curves[i];
        }
    }
    return NULL;
}

const ti_curve_t *ti_curve_of(const EVP_PKEY *pkey)
{
    int ec = EVP_PKEY_is_a(pkey, "EC");
    char group[32];
    apr_size_t i;

    /* a curve that is given by its numbers, and is none with a name, could be
     * made to suit a signature */
    if (ec && !EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL)) {
        return NULL;
    }
    for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (ec ? strcmp(curves[i].group, group) == 0
               : EVP_PKEY_is_a(pkey, curves[i].group)) {
            return &curves[i];
        }
    }
    return NULL;
}
