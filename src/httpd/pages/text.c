/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/text.h"

#include <string.h>

#include <http_protocol.h>
#include <http_request.h>
#include <mod_core.h>

int mai_text_begin(request_rec *r)
{
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, M_OPTIONS, -1);
    if (r->method_number == M_OPTIONS) {
        ap_send_http_options(r);
        return DONE;
    }
    return r->method_number == M_GET ? OK : HTTP_METHOD_NOT_ALLOWED;
}

int mai_text_send(request_rec *r, const char *type, const char *text)
{
    ap_set_content_type(r, type);
    ap_set_content_length(r, (apr_off_t)strlen(text));
    if (!r->header_only) {
        ap_rputs(text, r);
    }
    return OK;
}
