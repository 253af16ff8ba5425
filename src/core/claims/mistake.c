/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/mistake.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

static const char *find_foreign(const char *name, const char *value,
                                apr_pool_t *p);
static int has_index(const char *name);
static int ends_in_date(const char *name);
static int opens_brace(const char *name);

const char *ti_mistake_find(const char *word, const char *name, char relation,
                            const char *value, int only, apr_pool_t *p)
{
    const char *foreign = find_foreign(name, relation == ':' ? value : "", p);

    if (foreign != NULL) {
        return foreign;
    }
    if ((relation == '\0' || relation == '<' || relation == '{') &&
        strpbrk(name, "=<>!") != NULL) {
        return apr_psprintf(p,
                            "'%s' would be the name of a claim: there are only "
                            "NAME:VALUE, NAME~REGEX, and for numbers and times "
                            "NAME<VALUE with <, <=, > or >=",
                            word);
    }
    if (relation == ':' && ends_in_date(name)) {
        return apr_psprintf(p,
                            "'%s' would compare the text of a claim with that "
                            "long name: write each ':' of a time as '\\:'",
                            word);
    }
    if (relation == ':' && opens_brace(name)) {
        return apr_psprintf(
            p,
            "'%s' would mean a claim with a brace in its name: write 'NAME{ %s "
            "}', with spaces around the braces' content",
            word, strchr(word, '{') + 1);
    }
    if (relation == '\0' && !only) {
        return apr_psprintf(p,
                            "'%s' asks only that the claim is present, and any "
                            "one word meets the line: write %s:VALUE, or "
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

/* As in "exp>2026-01-31T12:00:00Z", whose name ends with the hour. */
static int ends_in_date(const char *name)
{
    static const char form[] = "0000-00-00T00";
    apr_size_t length = strlen(name);
    const char *c = name + length - (sizeof(form) - 1);
    apr_size_t i;

    if (length < sizeof(form) || strpbrk(name, "<>") == NULL) {
        return 0;
    }
    for (i = 0; i < sizeof(form) - 1; i++) {
        if (form[i] == '0' ? !apr_isdigit(c[i]) : form[i] != c[i]) {
            return 0;
        }
    }
    return 1;
}

/* As in "details{type:a", without a space behind the brace. */
static int opens_brace(const char *name)
{
    const char *open = strchr(name, '{');

    return open != NULL && open != name && strchr(open, '}') == NULL;
}

/* Of another language, or with a blank that was meant to separate. */
static const char *find_foreign(const char *name, const char *value,
                                apr_pool_t *p)
{
    if (strstr(name, "%{") != NULL || strstr(value, "%{") != NULL) {
        return "no expression is evaluated here, so '%{' is compared as it "
               "stands: write 'Require expr' for an expression";
    }
    if (name[0] == '$' && (name[1] == '.' || name[1] == '[')) {
        return apr_psprintf(p,
                            "'%s' is JSONPath: write the names of the members "
                            "only, from the outside in, as a.b.c",
                            name);
    }
    if (has_index(name)) {
        return apr_psprintf(p,
                            "'%s' has an index: an array holds a value if any "
                            "of its elements does, so leave the index out",
                            name);
    }
    if (value[0] == ' ' || value[0] == '\t') {
        return apr_psprintf(p,
                            "the value of '%s' begins with a blank, which no "
                            "usual claim does: write NAME:VALUE without one",
                            name);
    }
    return NULL;
}

static int has_index(const char *name)
{
    const char *open = strchr(name, '[');

    return open != NULL && (apr_isdigit(open[1]) || open[1] == '*') &&
           strchr(open, ']') != NULL;
}
