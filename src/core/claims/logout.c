/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/logout.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "claims/json.h"
#include "claims/moment.h"

#define EVENT "http://schemas.openid.net/event/backchannel-logout"

static const char *check_parties(const json_t *claims,
                                 const ti_logout_demand_t *demand);
static int is_for(const json_t *audience, const ti_logout_demand_t *demand);
static int lists(const ti_logout_demand_t *demand, const json_t *name);
static const char *check_times(ti_logout_t *logout, const json_t *claims,
                               const ti_logout_demand_t *demand,
                               apr_time_t now);
static int moment_of(apr_time_t *at, const json_t *value);
static int text_of(const char **text, const json_t *claims, const char *name,
                   apr_pool_t *p);

int ti_logout_is_type(const char *typ)
{
    static const char *const types[] = {"logout+jwt", "application/logout+jwt",
                                        "JWT"};
    apr_size_t i;

    for (i = 0; typ != NULL && i < sizeof(types) / sizeof(types[0]); i++) {
        if (apr_cstr_casecmp(typ, types[i]) == 0) {
            return 1;
        }
    }
    return typ == NULL;
}

const char *ti_logout_read(ti_logout_t *logout, const char *text,
                           apr_size_t length, const ti_logout_demand_t *demand,
                           apr_time_t now, apr_pool_t *p)
{
    const char *why;
    const json_t *claims = ti_json_parse(&why, &text, &length, p);

    memset(logout, 0, sizeof(*logout));
    if (claims == NULL) {
        return why;
    }
    why = check_parties(claims, demand);
    if (why == NULL) {
        why = check_times(logout, claims, demand, now);
    }
    if (why != NULL) {
        return why;
    }
    if (!json_is_object(
            json_object_get(json_object_get(claims, "events"), EVENT))) {
        return "its events have no back-channel logout";
    }
    if (json_object_get(claims, "nonce") != NULL) {
        return "it has a nonce, so it is an ID token";
    }
    if (!text_of(&logout->id, claims, "jti", p) || logout->id == NULL) {
        return "it has no jti";
    }
    if (!text_of(&logout->subject, claims, "sub", p) ||
        !text_of(&logout->session, claims, "sid", p) ||
        (logout->subject == NULL && logout->session == NULL)) {
        return "it has neither sub nor sid";
    }
    return NULL;
}

static const char *check_parties(const json_t *claims,
                                 const ti_logout_demand_t *demand)
{
    const char *issuer = json_string_value(json_object_get(claims, "iss"));

    if (issuer == NULL || demand->issuer == NULL ||
        strcmp(issuer, demand->issuer) != 0) {
        return "it is from another issuer (iss)";
    }
    return is_for(json_object_get(claims, "aud"), demand)
               ? NULL
               : "it is for another client (aud)";
}

/* One name, or an array of names. */
static int is_for(const json_t *audience, const ti_logout_demand_t *demand)
{
    size_t i;

    if (!json_is_array(audience)) {
        return lists(demand, audience);
    }
    for (i = 0; i < json_array_size(audience); i++) {
        if (lists(demand, json_array_get(audience, i))) {
            return 1;
        }
    }
    return 0;
}

static int lists(const ti_logout_demand_t *demand, const json_t *name)
{
    const char *text = json_string_value(name);
    int i;

    for (i = 0; text != NULL && demand->audiences != NULL &&
                i < demand->audiences->nelts;
         i++) {
        if (strcmp(APR_ARRAY_IDX(demand->audiences, i, const char *), text) ==
            0) {
            return 1;
        }
    }
    return 0;
}

/* exp was no part of earlier drafts. */
static const char *check_times(ti_logout_t *logout, const json_t *claims,
                               const ti_logout_demand_t *demand, apr_time_t now)
{
    const json_t *end = json_object_get(claims, "exp");
    apr_time_t expires;

    if (!moment_of(&logout->issued, json_object_get(claims, "iat"))) {
        return "it does not say when it was issued (iat)";
    }
    if (logout->issued > now + demand->leeway) {
        return "it was issued in the future (iat)";
    }
    if (logout->issued < now - TI_LOGOUT_AGE_MAX - demand->leeway) {
        return "it was issued too long ago (iat)";
    }
    if (end == NULL) {
        return NULL;
    }
    return moment_of(&expires, end) && now < expires + demand->leeway
               ? NULL
               : "it has expired (exp)";
}

static int moment_of(apr_time_t *at, const json_t *value)
{
    ti_moment_t moment = {0};

    if (!json_is_number(value)) {
        return 0;
    }
    ti_moment_from_real(&moment, json_number_value(value));
    *at = moment.at;
    return 1;
}

/* Zero: it is there, and no text. */
static int text_of(const char **text, const json_t *claims, const char *name,
                   apr_pool_t *p)
{
    const json_t *value = json_object_get(claims, name);
    const char *string = json_string_value(value);

    *text = string != NULL ? apr_pstrdup(p, string) : NULL;
    return value == NULL || (string != NULL && *string != '\0' &&
                             strlen(string) == json_string_length(value));
}
