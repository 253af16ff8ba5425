/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/nul.h"

#include <string.h>

#include <apr_strings.h>

#define NUL "\\u0000"
#define NUL_LENGTH (sizeof(NUL) - 1)

static char *end_of_string(char *begin);
static void replace(char *at, const char *end);

void ti_nul_replace(const char **text, apr_size_t *length, apr_pool_t *p)
{
    char *copy = apr_pstrmemdup(p, *text, *length); /* ends with NUL */
    char *at = strchr(copy, '"');

    while (at != NULL) {
        char *end = end_of_string(at);

        if (end[strspn(end, " \t\r\n")] == ':') {
            replace(at + 1, end);
        }
        at = strchr(end, '"');
    }
    *text = copy;
}

/* Behind the string that begins here. */
static char *end_of_string(char *begin)
{
    char *at = begin + 1;

    while (*at != '"' && *at != '\0') {
        at += *at == '\\' && at[1] != '\0' ? 2 : 1;
    }
    return *at == '"' ? at + 1 : at;
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
