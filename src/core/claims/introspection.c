/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/introspection.h"

#include <string.h>

#include <apr_cstr.h>

#define TYPE "token-introspection+jwt"
#define APPLICATION "application/"

/* The member that holds the answer, RFC 9701 5. */
#define ANSWER "token_introspection"

static int is_one_of(const char *text, const char *const *words,
                     apr_size_t count);
static const char *check_parties(const ti_claims_t *claims,
                                 const ti_introspection_demand_t *demand);
static const char *check_times(const ti_claims_t *claims, apr_time_t now);
static const char *check_kind(const ti_claims_t *claims);

int ti_introspection_is_type(const char *typ, int is_bare)
{
    static const char *const bare[] = {"JWT", "at+jwt"};
    apr_size_t prefix = sizeof(APPLICATION) - 1;

    if (typ == NULL) {
        return is_bare;
    }
    if (apr_cstr_casecmpn(typ, APPLICATION, prefix) == 0) {
        typ += prefix;
    }
    return is_bare ? is_one_of(typ, bare, sizeof(bare) / sizeof(bare[0]))
                   : apr_cstr_casecmp(typ, TYPE) == 0;
}

const char *ti_introspection_read(const ti_claims_t **claims, const char *text,
                                  apr_size_t length,
                                  const ti_introspection_demand_t *demand,
                                  apr_time_t now, apr_pool_t *p)
{
    const ti_claims_t *whole;
    const char *why;

    *claims = NULL;
    if (ti_claims_compile(&whole, &why, text, length, p) != APR_SUCCESS) {
        return why;
    }
    why = check_parties(whole, demand);
    if (why == NULL) {
        why = demand->is_bare ? check_kind(whole) : check_times(whole, now);
    }
    if (why != NULL) {
        return why;
    }
    if (demand->is_bare) {
        *claims = whole;
        return NULL;
    }
    return ti_claims_compile_member(claims, &why, ANSWER, text, length, p) ==
                   APR_SUCCESS
               ? NULL
               : "it has no answer about a token (token_introspection)";
}

int ti_introspection_is_other(const ti_claims_t *claims)
{
    static const char *const access[] = {"Bearer", "DPoP", "JWT", "at+jwt",
                                         "access_token"};
    const ti_value_t *typ = ti_claims_member(claims, "typ");
    const char *text = ti_claims_plain(claims, "typ");

    return typ != NULL &&
           (text == NULL ||
            !is_one_of(text, access, sizeof(access) / sizeof(access[0])));
}

static int is_one_of(const char *text, const char *const *words,
                     apr_size_t count)
{
    apr_size_t i;

    for (i = 0; i < count; i++) {
        if (apr_cstr_casecmp(text, words[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *check_parties(const ti_claims_t *claims,
                                 const ti_introspection_demand_t *demand)
{
    const char *issuer = ti_claims_plain(claims, "iss");
    const ti_value_t *audience = ti_claims_member(claims, "aud");

    if (issuer == NULL || demand->issuer == NULL ||
        strcmp(issuer, demand->issuer) != 0) {
        return "it is from another issuer (iss)";
    }
    return demand->audience == NULL ||
                   (audience != NULL &&
                    ti_claims_holds(claims, audience, demand->audience))
               ? NULL
               : "it is for another client (aud)";
}

/* Of the answer itself; those of the token are in it, and judged on each
 * request. Without iat, which it must have, an old one could be sent again for
 * ever. A member that is there has to be a time: exp 0 is no "never" here. */
static const char *check_times(const ti_claims_t *claims, apr_time_t now)
{
    const ti_moment_t *issued = &claims->issued;
    const ti_moment_t *expires = &claims->expires;
    const ti_moment_t *begins = &claims->not_before;

    if (ti_claims_member(claims, "iat") == NULL) {
        return "it does not say when it was signed (iat)";
    }
    if (issued->state != TI_MOMENT_READ ||
        (expires->state != TI_MOMENT_READ &&
         ti_claims_member(claims, "exp") != NULL) ||
        begins->state == TI_MOMENT_UNREADABLE) {
        return "its own iat, exp or nbf is not a time";
    }
    if (expires->state == TI_MOMENT_READ &&
        now >= expires->at + TI_INTROSPECTION_LEEWAY) {
        return "it has expired (exp)";
    }
    if (now > issued->at + TI_INTROSPECTION_AGE_MAX + TI_INTROSPECTION_LEEWAY) {
        return "it was signed too long ago (iat)";
    }
    return now + TI_INTROSPECTION_LEEWAY < issued->at ||
                   (begins->state == TI_MOMENT_READ &&
                    now + TI_INTROSPECTION_LEEWAY < begins->at)
               ? "it was signed in the future (iat, nbf)"
               : NULL;
}

/* The same keys sign ID tokens, logout tokens and answers of RFC 9701. */
static const char *check_kind(const ti_claims_t *claims)
{
    static const char *const others[] = {"nonce", "events", ANSWER};
    apr_size_t i;

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (ti_claims_member(claims, others[i]) != NULL) {
            return "it is something else that this server signs (nonce, "
                   "events, token_introspection)";
        }
    }
    return NULL;
}
