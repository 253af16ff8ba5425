/* SPDX-License-Identifier: Apache-2.0 */
#include "require/regex.h"

#include <httpd.h>

static void *compile(const char *pattern, apr_pool_t *p);
static int matches(const void *compiled, const char *bytes, apr_size_t length);

const ti_regex_t mai_regex = {compile, matches};

static void *compile(const char *pattern, apr_pool_t *p)
{
    return ap_pregcomp(p, pattern, AP_REG_NOSUB);
}

static int matches(const void *compiled, const char *bytes, apr_size_t length)
{
    int error = ap_regexec_len(compiled, bytes, length, 0, NULL, 0);

    if (error == 0 || error == AP_REG_NOMATCH) {
        return error == 0;
    }
    return TI_RULE_UNKNOWN;
}
