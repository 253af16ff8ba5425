/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/clientkeys.h"

#include <string.h>

#include "config/config.h"
#include "pages/text.h"

static const char *text_of(const request_rec *r);

int mai_clientkeys_handle(request_rec *r)
{
    int status;

    status = mai_text_begin(r);
    if (status != OK) {
        return status;
    }
    apr_table_setn(r->headers_out, "Cache-Control", "public, max-age=60");
    return mai_text_send(r, "application/jwk-set+json", text_of(r));
}

static const char *text_of(const request_rec *r)
{
    const mai_combination_t *server = mai_config_only(mai_config_of(r));

    return server != NULL && server->raw->assertion.public_keys != NULL
               ? server->raw->assertion.public_keys
               : "{\"keys\":[]}";
}
