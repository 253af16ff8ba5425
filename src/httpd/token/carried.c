/* SPDX-License-Identifier: Apache-2.0 */
#include "token/carried.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "token/credentials.h"
#include "token/parameter.h"
#include "token/subprotocol.h"

#define HEADER "Authorization"

static const char *behind(const char *text, const char *scheme);
static const char *of_basic(const mai_carrier_t *carrier, const request_rec *r);

void mai_carried_remove(request_rec *r, const mai_carrier_t *carrier)
{
    switch (carrier->kind) {
    case MAI_CARRIER_QUERY:
        mai_parameter_remove_query(r, carrier->name);
        break;
    case MAI_CARRIER_SUBPROTOCOL:
        mai_subprotocol_remove(r);
        break;
    case MAI_CARRIER_COOKIE:
        mai_parameter_remove_cookie(r, carrier->name);
        break;
    case MAI_CARRIER_NAMED:
        if (apr_cstr_casecmp(carrier->name, HEADER) != 0 &&
            mai_carried_value(NULL, carrier, r) != NULL) {
            apr_table_unset(r->headers_in, carrier->name);
        }
        break;
    default: /* Authorization has its own */
        break;
    }
}

const char *mai_carried_value(const char **raw, const mai_carrier_t *carrier,
                              const request_rec *r)
{
    const char *header;

    switch (carrier->kind) {
    case MAI_CARRIER_HEADER:
        header = mai_credentials_of(r);
        return header != NULL ? behind(header, "Bearer") : NULL;
    case MAI_CARRIER_NAMED:
        header = apr_cstr_casecmp(carrier->name, HEADER) == 0
                     ? mai_credentials_of(r)
                     : apr_table_get(r->headers_in, carrier->name);
        if (header != NULL && carrier->scheme != NULL) {
            header = behind(header, carrier->scheme);
        }
        return header != NULL && *header != '\0' ? header : NULL;
    case MAI_CARRIER_COOKIE:
        return mai_parameter_cookie(r, carrier->name);
    case MAI_CARRIER_QUERY:
        return mai_parameter_query(raw, r, carrier->name);
    case MAI_CARRIER_BASIC:
        return of_basic(carrier, r);
    case MAI_CARRIER_SUBPROTOCOL:
        return mai_subprotocol_token(r);
    }
    return NULL;
}

/* What follows the scheme; NULL where there is another one. */
static const char *behind(const char *text, const char *scheme)
{
    apr_size_t length = strlen(scheme);

    if (apr_cstr_casecmpn(text, scheme, length) != 0 ||
        (text[length] != ' ' && text[length] != '\0')) {
        return NULL;
    }
    return text + length + strspn(text + length, " ");
}

static const char *of_basic(const mai_carrier_t *carrier, const request_rec *r)
{
    const char *header = mai_credentials_of(r);
    const char *encoded = header != NULL ? behind(header, "Basic") : NULL;
    char *plain;
    char *password;

    if (encoded == NULL || strchr(encoded, ',') != NULL) {
        return encoded; /* two headers: no token has a comma */
    }
    plain = ap_pbase64decode(r->pool, encoded);
    password = strchr(plain, ':');
    if (password == NULL) {
        return NULL;
    }
    *password++ = '\0';
    plain = carrier->is_user ? plain : password;
    return *plain != '\0' ? plain : NULL;
}
