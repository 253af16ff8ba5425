/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/signing.h"

#include <string.h>

#include "claims/claims.h"

static ti_algs_t algs_of(const ti_claims_t *metadata, const ti_value_t *names);

#define PICK(field) merged->field = add->field ? add->field : base->field

void ti_signing_merge(ti_signing_t *merged, const ti_signing_t *base,
                      const ti_signing_t *add, int another)
{
    PICK(form);
    PICK(algs);
    if (another) {
        merged->issuer = add->issuer;
        merged->audience = add->audience;
        return;
    }
    PICK(issuer);
    PICK(audience);
}

void ti_signing_ready(ti_signing_t *signing, const char *issuer,
                      const char *client_id)
{
    signing->iss = signing->issuer != NULL ? signing->issuer : issuer;
    signing->aud = signing->audience;
    if (signing->audience == NULL && signing->form != TI_SIGNING_BARE) {
        signing->aud = client_id;
    } else if (signing->audience != NULL &&
               strcmp(signing->audience, "any") == 0) {
        signing->aud = NULL;
    }
}

int ti_signing_is_on(const ti_signing_t *signing)
{
    return signing->form > TI_SIGNING_OFF;
}

/* RFC 9701 4; what others call it. */
const char *ti_signing_accept(const ti_signing_t *signing)
{
    return signing->form == TI_SIGNING_BARE
               ? "application/jwt"
               : "application/token-introspection+jwt";
}

ti_algs_t ti_signing_algs(const ti_signing_t *signing)
{
    return signing->algs != 0 ? signing->algs : TI_ALGS_ASYMMETRIC;
}

const char *ti_signing_discover(ti_signing_t *signing,
                                const ti_claims_t *metadata, int has_keys)
{
    const ti_value_t *names = ti_claims_member(
        metadata, "introspection_signing_alg_values_supported");

    if (!ti_signing_is_on(signing)) {
        return NULL;
    }
    if (!has_keys) {
        return "it has no jwks_uri, so no answer's signature can be verified: "
               "write IntrospectJWKSURL";
    }
    if (names == NULL || signing->algs != 0 ||
        signing->form == TI_SIGNING_BARE) {
        return NULL;
    }
    signing->algs = algs_of(metadata, names);
    return signing->algs != 0 ? NULL
                              : "it signs answers with none of our algorithms "
                                "(introspection_signing_alg_values_supported)";
}

const char *ti_signing_complaint(const ti_signing_t *signing, int has_keys)
{
    if (signing->form == TI_SIGNING_UNSET && signing->algs != 0) {
        return "IntrospectSignedResponseAlg needs 'IntrospectSignedResponse "
               "On'";
    }
    if (signing->form == TI_SIGNING_UNSET && signing->audience != NULL) {
        return "IntrospectSignedResponseAudience needs "
               "'IntrospectSignedResponse On'";
    }
    if (!ti_signing_is_on(signing)) {
        return NULL;
    }
    if (signing->iss == NULL) {
        return "IntrospectSignedResponse has to know who signs: write "
               "'IntrospectSignedResponse On ISSUER', IntrospectDiscovery, or "
               "IntrospectIssuer in <IntrospectServer>";
    }
    if (!has_keys) {
        return "IntrospectSignedResponse has to know its keys: write "
               "'IntrospectJWKSURL URL'";
    }
    return signing->form == TI_SIGNING_BARE || signing->audience != NULL ||
                   signing->aud != NULL
               ? NULL
               : "IntrospectSignedResponse has to know whom answers are for: "
                 "write 'IntrospectClientID ID' or "
                 "'IntrospectSignedResponseAudience TEXT'";
}

/* Those of its asymmetric algorithms that we know. */
static ti_algs_t algs_of(const ti_claims_t *metadata, const ti_value_t *names)
{
    ti_algs_t algs = 0;
    unsigned int bit;

    for (bit = 1; bit <= TI_ALG_EDDSA; bit <<= 1) {
        if ((bit & TI_ALGS_ASYMMETRIC) != 0 &&
            ti_claims_holds(metadata, names, ti_alg_name((ti_alg_t)bit))) {
            algs |= bit;
        }
    }
    if (ti_claims_holds(metadata, names, TI_ALG_ED25519)) {
        algs |= TI_ALG_EDDSA;
    }
    return algs;
}
