/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/names.h"

#include "claims/record.h"

#define NAME(text)                                                             \
    {                                                                          \
        TI_CLAIMS_PREFIX text, sizeof(text) - 1                                \
    }

const ti_name_t ti_names[TI_NAMES_END] = {NAME(""),
                                          NAME("acr"),
                                          NAME("act"),
                                          NAME("amr"),
                                          NAME("aud"),
                                          NAME("azp"),
                                          NAME("cid"),
                                          NAME("cnf"),
                                          NAME("exp"),
                                          NAME("iat"),
                                          NAME("iss"),
                                          NAME("jti"),
                                          NAME("nbf"),
                                          NAME("sid"),
                                          NAME("sub"),
                                          NAME("tid"),
                                          NAME("typ"),
                                          NAME("uid"),
                                          NAME("name"),
                                          NAME("role"),
                                          NAME("email"),
                                          NAME("nonce"),
                                          NAME("realm"),
                                          NAME("roles"),
                                          NAME("scope"),
                                          NAME("active"),
                                          NAME("gender"),
                                          NAME("groups"),
                                          NAME("locale"),
                                          NAME("address"),
                                          NAME("picture"),
                                          NAME("profile"),
                                          NAME("website"),
                                          NAME("nickname"),
                                          NAME("username"),
                                          NAME("zoneinfo"),
                                          NAME("auth_time"),
                                          NAME("birthdate"),
                                          NAME("client_id"),
                                          NAME("tenant_id"),
                                          NAME("token_use"),
                                          NAME("given_name"),
                                          NAME("token_type"),
                                          NAME("updated_at"),
                                          NAME("family_name"),
                                          NAME("middle_name"),
                                          NAME("permissions"),
                                          NAME("entitlements"),
                                          NAME("phone_number"),
                                          NAME("realm_access"),
                                          NAME("session_state"),
                                          NAME("email_verified"),
                                          NAME("resource_access"),
                                          NAME("preferred_username"),
                                          NAME("authorization_details"),
                                          NAME("phone_number_verified")};

apr_uint32_t ti_names_find(const char *name, apr_size_t length)
{
    apr_uint32_t low = 1;
    apr_uint32_t high = TI_NAMES_END;

    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;
        int way = ti_record_order(
            name, length, ti_names[middle].variable + TI_CLAIMS_PREFIX_LENGTH,
            ti_names[middle].length);

        if (way == 0) {
            return middle;
        }
        if (way < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return 0;
}
