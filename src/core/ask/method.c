/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/method.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    ti_auth_t auth;
    int id;
    int secret;
} methods[] = {{"client_secret_basic", TI_AUTH_BASIC, 1, 1},
               {"client_secret_basic_raw", TI_AUTH_BASIC_RAW, 1, 1},
               {"client_secret_post", TI_AUTH_POST, 1, 1},
               {"client_secret_jwt", TI_AUTH_SECRET_JWT, 1, 1},
               {"private_key_jwt", TI_AUTH_KEY_JWT, 1, 0},
               {"tls_client_auth", TI_AUTH_TLS, 1, 0},
               {"self_signed_tls_client_auth", TI_AUTH_TLS_SELF, 1, 0},
               {"bearer", TI_AUTH_BEARER, 0, 0},
               {"none", TI_AUTH_NONE, 0, 0}};

static size_t row_of(ti_auth_t auth);

ti_auth_t ti_auth_of_name(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcmp(name, methods[i].name) == 0) {
            return methods[i].auth;
        }
    }
    return TI_AUTH_UNSET;
}

const char *ti_auth_name(ti_auth_t auth)
{
    return methods[row_of(auth)].name;
}

int ti_auth_needs_id(ti_auth_t auth)
{
    return methods[row_of(auth)].id;
}

int ti_auth_needs_secret(ti_auth_t auth)
{
    return methods[row_of(auth)].secret;
}

int ti_auth_asserts(ti_auth_t auth)
{
    return auth == TI_AUTH_SECRET_JWT || auth == TI_AUTH_KEY_JWT;
}

int ti_auth_needs_certificate(ti_auth_t auth)
{
    return auth == TI_AUTH_TLS || auth == TI_AUTH_TLS_SELF;
}

/* Not set is the default. */
static size_t row_of(ti_auth_t auth)
{
    size_t i = 0;

    while (i < sizeof(methods) / sizeof(methods[0]) &&
           methods[i].auth != auth) {
        i++;
    }
    return i < sizeof(methods) / sizeof(methods[0]) ? i : 0;
}
