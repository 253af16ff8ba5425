/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/assertion.h"

#include <string.h>

#include <apr_strings.h>

#include "base/key.h"
#include "jose/jwks.h"
#include "jose/jwt.h"

/* An assertion is used at once, and worthless to a thief soon after. */
#define LIFE apr_time_from_sec(60)

/* Bytes of a jti: nobody has ever had this one. */
#define ID_SIZE 16

static const char *name_of(const ti_assertion_t *assertion, ti_algs_t offered);
static const char *choose_key(ti_assertion_t *assertion,
                              const ti_assertion_facts_t *facts, apr_pool_t *p);
static const char *choose_audience(ti_assertion_t *assertion,
                                   const ti_assertion_facts_t *facts);
static const ti_jwk_t *signer_of(ti_assertion_t *assertion,
                                 const ti_jwks_t *keys, ti_algs_t allowed);

#define PICK(field) merged->field = add->field ? add->field : base->field

void ti_assertion_merge(ti_assertion_t *merged, const ti_assertion_t *base,
                        const ti_assertion_t *add, int has_method)
{
    memset(merged, 0, sizeof(*merged));
    PICK(keys);
    PICK(public_keys);
    merged->alg = has_method ? add->alg : base->alg;
    merged->alg_name = has_method ? add->alg_name : base->alg_name;
    PICK(audience);
}

void ti_assertion_ready(ti_assertion_t *assertion,
                        const ti_assertion_facts_t *facts, apr_pool_t *p)
{
    assertion->client_id = facts->client_id;
    assertion->key = NULL;
    assertion->signs = TI_ALG_UNKNOWN;
    assertion->aud = NULL;
    assertion->why = choose_key(assertion, facts, p);
    assertion->signs_as = name_of(assertion, facts->offered);
    if (assertion->why == NULL) {
        assertion->why = choose_audience(assertion, facts);
    }
}

/* Of the two names of EdDSA the one that the server lists; where it lists both
 * or neither, as it is written. */
static const char *name_of(const ti_assertion_t *assertion, ti_algs_t offered)
{
    const char *name = ti_alg_name(assertion->signs);

    if (assertion->signs != TI_ALG_EDDSA) {
        return name;
    }
    if ((offered & TI_ALGS_ED25519) != 0) {
        return TI_ALG_ED25519;
    }
    if ((offered & TI_ALG_EDDSA) != 0 && (offered & TI_ALGS_EITHER) == 0) {
        return name;
    }
    return assertion->alg_name != NULL ? assertion->alg_name : name;
}

const char *ti_assertion_write(const ti_assertion_t *assertion,
                               const char *endpoint, apr_time_t now,
                               apr_pool_t *p)
{
    unsigned char id[ID_SIZE];
    ti_jwt_t jwt = {0};

    if (assertion->key == NULL ||
        ti_key_random(id, sizeof(id)) != APR_SUCCESS) {
        return NULL;
    }
    jwt.issuer = assertion->client_id;
    jwt.subject = assertion->client_id;
    jwt.audience = assertion->aud != NULL ? assertion->aud : endpoint;
    jwt.id = ti_base64url_write(id, sizeof(id), p);
    jwt.issued = now;
    jwt.expires = now + LIFE;
    return ti_jwt_sign(&jwt, assertion->key, assertion->signs_as, p);
}

static const char *choose_key(ti_assertion_t *assertion,
                              const ti_assertion_facts_t *facts, apr_pool_t *p)
{
    const char *secret = facts->client_secret;
    ti_algs_t offered = facts->offered;

    /* what is set is used, whatever the server lists */
    if (offered == 0 || assertion->alg != TI_ALG_UNKNOWN) {
        offered = TI_ALGS_SIGNATURE;
    }
    if (facts->auth == TI_AUTH_KEY_JWT) {
        if (assertion->keys == NULL) {
            return "IntrospectClientAuth private_key_jwt needs "
                   "'IntrospectClientKey SECRET': a private key as PEM or JWK, "
                   "preferably as file:PATH";
        }
        assertion->key =
            signer_of(assertion, assertion->keys, TI_ALGS_ASYMMETRIC & offered);
        return assertion->key != NULL
                   ? NULL
                   : "none of the keys of IntrospectClientKey is a private "
                     "key that may sign with the algorithm of "
                     "IntrospectClientAuth private_key_jwt";
    }
    if (secret != NULL) {
        assertion->key = ti_jwk_of_secret(secret, strlen(secret), p);
    }
    if (assertion->key != NULL) {
        assertion->key = signer_of(assertion, ti_jwks_of_key(assertion->key, p),
                                   TI_ALGS_HS & offered);
    }
    return assertion->key != NULL
               ? NULL
               : "IntrospectClientAuth client_secret_jwt needs an "
                 "IntrospectClientSecret at least as long as the hash: 32 "
                 "characters for HS256, 48 for HS384, 64 for HS512 (RFC 7518 "
                 "3.2)";
}

static const char *choose_audience(ti_assertion_t *assertion,
                                   const ti_assertion_facts_t *facts)
{
    const char *audience = assertion->audience;

    if (audience == NULL) {
        assertion->aud = facts->issuer;
    } else if (strcmp(audience, "issuer") == 0) {
        assertion->aud = facts->issuer;
        return facts->issuer != NULL
                   ? NULL
                   : "IntrospectAssertionAudience issuer: the issuer is not "
                     "known here; write its URL instead of the word";
    } else if (strcmp(audience, "token_endpoint") == 0) {
        assertion->aud = facts->token_endpoint;
        return facts->token_endpoint != NULL || facts->undiscovered
                   ? NULL
                   : "IntrospectAssertionAudience token_endpoint: it is not "
                     "known here, or on another host than what is asked; "
                     "write its URL instead of the word";
    } else if (strcmp(audience, "endpoint") != 0) {
        assertion->aud = audience;
    }
    return NULL;
}

/* The first key that may sign with the algorithm that is set, or with any that
 * the method allows; and that algorithm. */
static const ti_jwk_t *signer_of(ti_assertion_t *assertion,
                                 const ti_jwks_t *keys, ti_algs_t allowed)
{
    const ti_jwk_t *found[TI_JWKS_TRIES];
    ti_algs_t wanted = assertion->alg & allowed;
    unsigned int bit;
    int i;

    for (i = 0; assertion->alg == TI_ALG_UNKNOWN && wanted == 0 &&
                i < keys->keys->nelts;
         i++) {
        wanted =
            APR_ARRAY_IDX(keys->keys, i, const ti_jwk_t *)->may.sign & allowed;
    }
    for (bit = 1; bit <= TI_ALG_EDDSA; bit <<= 1) {
        if ((wanted & bit) != 0 &&
            ti_jwks_find(found, keys, TI_JWKS_SIGN, (ti_alg_t)bit, NULL) > 0) {
            assertion->signs = (ti_alg_t)bit;
            return found[0];
        }
    }
    return NULL;
}
