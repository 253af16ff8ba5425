/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/clientkeys.h"

#include <string.h>

#include <http_protocol.h>
#include <http_request.h>
#include <mod_core.h>

#include "config/config.h"

static const char *text_of(const request_rec *r);

int mai_clientkeys_handle(request_rec *r)
{
    const char *text;

    if (r->handler == NULL || strcmp(r->handler, MAI_CLIENTKEYS_HANDLER) != 0) {
        return DECLINED;
    }
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, M_OPTIONS, -1);
    if (r->method_number == M_OPTIONS) {
        return ap_send_http_options(r);
    }
    if (r->method_number != M_GET) {
        return HTTP_METHOD_NOT_ALLOWED;
    }

    text = text_of(r);
    apr_table_setn(r->headers_out, "Cache-Control", "public, max-age=60");
    ap_set_content_type(r, "application/jwk-set+json");
    ap_set_content_length(r, (apr_off_t)strlen(text));
    if (!r->header_only) {
        ap_rputs(text, r);
    }
    return OK;
}

static const char *text_of(const request_rec *r)
{
    const mai_combination_t *server = mai_config_only(mai_config_of(r));

    return server != NULL && server->raw->assertion.public_keys != NULL
               ? server->raw->assertion.public_keys
               : "{\"keys\":[]}";
}
