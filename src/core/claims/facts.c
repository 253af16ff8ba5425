/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/facts.h"

#include <apr_cstr.h>

#include "claims/moment.h"

static void read_moment(ti_moment_t *moment, const ti_claims_t *claims,
                        const char *name);
static unsigned is_ordinary(const ti_claims_t *claims);

void ti_facts_note(ti_claims_t *claims)
{
    read_moment(&claims->expires, claims, "exp");
    if (claims->expires.state == TI_MOMENT_READ && claims->expires.at == 0) {
        claims->expires.state = TI_MOMENT_ABSENT; /* 0: never */
    }
    read_moment(&claims->not_before, claims, "nbf");
    read_moment(&claims->issued, claims, "iat");
    claims->ordinary = is_ordinary(claims);
}

static void read_moment(ti_moment_t *moment, const ti_claims_t *claims,
                        const char *name)
{
    const ti_value_t *value = ti_claims_member(claims, name);

    if (value != NULL) {
        ti_moment_from_value(moment, claims, value);
    }
}

/* What most answers are, said once for every request that reads them. */
static unsigned is_ordinary(const ti_claims_t *claims)
{
    const char *type = ti_claims_plain(claims, "token_type");

    if (ti_claims_member(claims, "cnf") != NULL ||
        ti_claims_member(claims, "token_use") != NULL) {
        return 0;
    }
    if (type == NULL) {
        return ti_claims_member(claims, "token_type") == NULL;
    }
    return apr_cstr_casecmp(type, "Bearer") == 0 ||
           apr_cstr_casecmp(type, "access_token") == 0;
}
