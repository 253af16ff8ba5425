/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/cors.h"

#include <string.h>

#include <apr_lib.h>

#include "directives/argument.h"

static int is_origin(const char *text);

const char *mai_cors_origins(mai_dir_t *dir, cmd_parms *cmd, int argc,
                             char *const argv[])
{
    dir->origins = NULL;
    return mai_argument_words(
        &dir->origins, cmd, argc, argv, is_origin,
        "write one origin or more as browsers send it: https://host or "
        "https://host:port, in lower case, without a slash at the end; neither "
        "'*' nor 'null', which name no site");
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
