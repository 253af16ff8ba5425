/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/cors.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>

#include "directives/argument.h"
#include "config/config.h"

static int is_origin(const char *text);

const char *mai_cors_origins(cmd_parms *cmd, void *config, int argc,
                             char *const argv[])
{
    mai_dir_t *dir = config;
    /* pages of listed origins may use tokens that browsers add */
    const char *complaint = ap_check_cmd_context(cmd, NOT_IN_HTACCESS);
    int i;

    if (complaint != NULL) {
        return complaint;
    }
    dir->touched = 1;
    dir->origins = NULL;
    for (i = 0; i < argc; i++) {
        if (!is_origin(argv[i])) {
            return mai_argument_complain(
                cmd, argv[i],
                "write an origin as browsers send it: https://host or "
                "https://host:port, in small letters, without a slash at the "
                "end; neither '*' nor 'null', which say nothing");
        }
        mai_argument_append(&dir->origins, cmd, argv[i]);
    }
    return argc > 0
               ? NULL
               : mai_argument_complain(cmd, "", "write one origin or more");
}

int mai_cors_lists(const apr_array_header_t *origins, const char *origin)
{
    int i;

    for (i = 0; origins != NULL && i < origins->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(origins, i, const char *), origin) == 0) {
            return 1;
        }
    }
    return 0;
}

/* As browsers serialize it (RFC 6454 6.2): compared as text. */
static int is_origin(const char *text)
{
    const char *host = strstr(text, "://");
    const char *c;

    if (host == NULL || host == text || host[3] == '\0') {
        return 0;
    }
    for (c = text; *c != '\0'; c++) {
        if (!apr_isdigit(*c) && !apr_islower(*c) &&
            strchr(c < host ? "+-." : ".-:[]/", *c) == NULL) {
            return 0;
        }
    }
    return strchr(host + 3, '/') == NULL;
}
