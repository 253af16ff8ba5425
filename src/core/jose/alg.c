/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/alg.h"

#include <string.h>

static const ti_alg_facts_t all[] = {
    {TI_ALG_HS256, "HS256", "SHA256", 32},
    {TI_ALG_HS384, "HS384", "SHA384", 48},
    {TI_ALG_HS512, "HS512", "SHA512", 64},
    {TI_ALG_RS256, "RS256", "SHA256", 0},
    {TI_ALG_RS384, "RS384", "SHA384", 0},
    {TI_ALG_RS512, "RS512", "SHA512", 0},
    {TI_ALG_PS256, "PS256", "SHA256", 0},
    {TI_ALG_PS384, "PS384", "SHA384", 0},
    {TI_ALG_PS512, "PS512", "SHA512", 0},
    {TI_ALG_ES256, "ES256", "SHA256", 32},
    {TI_ALG_ES384, "ES384", "SHA384", 48},
    {TI_ALG_ES512, "ES512", "SHA512", 66},
    {TI_ALG_EDDSA, "EdDSA", NULL, 0},
    {TI_ALG_EDDSA, TI_ALG_ED25519, NULL, 0},
    {TI_ALG_RSA_OAEP, "RSA-OAEP", "SHA1", 0},
    {TI_ALG_RSA_OAEP_256, "RSA-OAEP-256", "SHA256", 0},
    {TI_ALG_ECDH_ES, "ECDH-ES", NULL, 0},
    {TI_ALG_A128GCM, "A128GCM", NULL, 16},
    {TI_ALG_A256GCM, "A256GCM", NULL, 32},
    {TI_ALG_A128CBC_HS256, "A128CBC-HS256", "SHA256", 32},
    {TI_ALG_A256CBC_HS512, "A256CBC-HS512", "SHA512", 64},
};

const ti_alg_facts_t *ti_alg_facts(ti_alg_t alg)
{
    apr_size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].alg == alg) {
            return &all[i];
        }
    }
    return NULL;
}

ti_alg_t ti_alg_of_name(const char *name)
{
    apr_size_t i;

    for (i = 0; name != NULL && i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(all[i].name, name) == 0) {
            return all[i].alg;
        }
    }
    return TI_ALG_UNKNOWN;
}

const char *ti_alg_name(ti_alg_t alg)
{
    const ti_alg_facts_t *facts = ti_alg_facts(alg);

    return facts != NULL ? facts->name : "an unknown algorithm";
}
