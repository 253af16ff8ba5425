/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/handler.h"

#include <string.h>

#include "pages/clientkeys.h"
#include "pages/keyset.h"
#include "pages/logout.h"
#include "pages/metrics.h"
#include "pages/overview.h"
#include "pages/purge.h"

/* All names begin with it. */
#define BEGINNING "introspect-"
#define BEGINNING_LENGTH (sizeof(BEGINNING) - 1)

int mai_handler_serve(request_rec *r)
{
    static const struct {
        const char *name;
        int (*serve)(request_rec *r);
    } pages[] = {
        {"client-jwks", mai_clientkeys_handle},
        {"jwks", mai_keyset_handle},
        {"logout", mai_logout_handle},
        {"metrics", mai_metrics_handle},
        {"purge", mai_purge_handle},
        {"status", mai_overview_handle},
    };
    apr_size_t i;

    if (r->handler == NULL ||
        strncmp(r->handler, BEGINNING, BEGINNING_LENGTH) != 0) {
        return DECLINED;
    }
    for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (strcmp(r->handler + BEGINNING_LENGTH, pages[i].name) == 0) {
            return pages[i].serve(r);
        }
    }
    return DECLINED;
}
