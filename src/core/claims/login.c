/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/login.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/moment.h"

/* The most that the authorization server's clock may be ahead of ours. */
#define AHEAD_MAX apr_time_from_sec(60)

static int level_met(const char *levels, const ti_claims_t *claims);
static int age_met(apr_interval_time_t age, const ti_claims_t *claims,
                   apr_time_t now);

/* As a scope: what needs no escape in a quoted string. */
int ti_login_is_level(const char *text)
{
    const char *c;

    for (c = text; *c != '\0'; c++) {
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c > 0x7e ||
            *c == '"' || *c == '\\') {
            return 0;
        }
    }
    return *text != '\0';
}

int ti_login_met(const ti_login_t *login, const ti_claims_t *claims,
                 apr_time_t now)
{
    return (login->levels == NULL || level_met(login->levels, claims)) &&
           (login->age == 0 || age_met(login->age, claims, now));
}

void ti_login_add(ti_login_t *sum, const ti_login_t *login, apr_pool_t *p)
{
    if (login->levels != NULL) {
        sum->levels = sum->levels == NULL ? login->levels
                                          : apr_pstrcat(p, sum->levels, " ",
                                                        login->levels, NULL);
    }
    if (login->age != 0 && (sum->age == 0 || login->age < sum->age)) {
        sum->age = login->age;
    }
}

/* acr is no list of words: each level is compared with all of it. */
static int level_met(const char *levels, const ti_claims_t *claims)
{
    const ti_value_t *acr = ti_claims_member(claims, "acr");

    while (acr != NULL && *levels != '\0') {
        apr_size_t length = strcspn(levels, " ");

        if (ti_claims_holds_bytes(claims, acr, levels, length)) {
            return 1;
        }
        levels += length + strspn(levels + length, " ");
    }
    return 0;
}

static int age_met(apr_interval_time_t age, const ti_claims_t *claims,
                   apr_time_t now)
{
    const ti_value_t *value = ti_claims_member(claims, "auth_time");
    ti_moment_t moment = {0, TI_MOMENT_ABSENT};

    if (value == NULL) {
        return 0;
    }
    ti_moment_from_value(&moment, claims, value);
    return moment.state == TI_MOMENT_READ && now - moment.at <= age &&
           moment.at - now <= AHEAD_MAX;
}
