/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/mistake.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

const char *ti_mistake_find(const char *word, const char *name, char relation,
                            const char *value, int only, apr_pool_t *p)
{
    if (relation == '\0' && strpbrk(name, "=<>!") != NULL) {
        return apr_psprintf(p,
                            "'%s' would be the name of a claim: there are only "
                            "NAME:VALUE and NAME~REGEX",
                            word);
    }
    if (relation == '\0' && !only) {
        return apr_psprintf(p,
                            "'%s' asks only that the claim is present, and one "
                            "word of a line is enough: write %s:VALUE, or "
                            "'Require claim %s' on a line of its own",
                            word, word, word);
    }
    if (relation == ':' && strncmp(value, "//", 2) == 0 &&
        (apr_cstr_casecmp(name, "https") == 0 ||
         apr_cstr_casecmp(name, "http") == 0)) {
        return apr_psprintf(p,
                            "'%s' asks for a claim named '%s': write a ':' "
                            "within a name as '\\:', so '%s\\:%s'",
                            word, name, name, value);
    }
    return NULL;
}
