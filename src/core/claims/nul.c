/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/nul.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/lexeme.h"

#define NUL "\\u0000"
#define NUL_LENGTH (sizeof(NUL) - 1)

static void replace(char *at, const char *end);

void ti_nul_replace(const char **text, apr_size_t *length, apr_pool_t *p)
{
    char *copy = apr_pstrmemdup(p, *text, *length); /* ends with NUL */
    char *at = strchr(copy, '"');

    while (at != NULL) {
        char *end = at + ti_lexeme_string(at);

        if (ti_lexeme_is_name(end)) {
            replace(at + 1, end);
        }
        at = strchr(end, '"');
    }
    *text = copy;
}

static void replace(char *at, const char *end)
{
    while (at < end) {
        if (strncmp(at, NUL, NUL_LENGTH) == 0) {
            at[NUL_LENGTH - 1] = '1';
        }
        at += *at == '\\' && at[1] != '\0' ? 2 : 1;
    }
}
