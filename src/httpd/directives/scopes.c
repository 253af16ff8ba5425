/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/scopes.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>

#include "claims/path.h"
#include "claims/scoping.h"
#include "directives/argument.h"

#define ADVICE                                                                 \
    "write claim=NAME, separator=space or comma, match=exact, hierarchical "   \
    "or wildcard, levels=. or other characters"

static const char *read_part(ti_scoping_t *scoping, cmd_parms *cmd,
                             const char *word);
static const char *read_claim(ti_scoping_t *scoping, cmd_parms *cmd,
                              const char *name);
static const char *read_levels(ti_scoping_t *scoping, cmd_parms *cmd,
                               const char *levels);

const char *mai_scopes_syntax(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[])
{
    ti_scoping_t *scoping = apr_pcalloc(cmd->pool, sizeof(*scoping));
    const char *complaint =
        argc > 0 ? NULL : mai_argument_complain(cmd, "", ADVICE);
    int i;

    dir->scoping = scoping;
    for (i = 0; i < argc && complaint == NULL; i++) {
        complaint = read_part(scoping, cmd, argv[i]);
    }
    return complaint;
}

static const char *read_part(ti_scoping_t *scoping, cmd_parms *cmd,
                             const char *word)
{
    if (apr_cstr_casecmpn(word, "claim=", 6) == 0) {
        return read_claim(scoping, cmd, word + 6);
    }
    if (apr_cstr_casecmpn(word, "levels=", 7) == 0) {
        return read_levels(scoping, cmd, word + 7);
    }
    if (apr_cstr_casecmp(word, "separator=space") == 0) {
        scoping->comma = 0;
    } else if (apr_cstr_casecmp(word, "separator=comma") == 0) {
        scoping->comma = 1;
    } else if (apr_cstr_casecmp(word, "match=exact") == 0) {
        scoping->match = TI_SCOPE_EXACT;
    } else if (apr_cstr_casecmp(word, "match=hierarchical") == 0) {
        scoping->match = TI_SCOPE_HIERARCHICAL;
    } else if (apr_cstr_casecmp(word, "match=wildcard") == 0) {
        scoping->match = TI_SCOPE_WILDCARD;
    } else {
        return mai_argument_complain(cmd, word, ADVICE);
    }
    return NULL;
}

static const char *read_claim(ti_scoping_t *scoping, cmd_parms *cmd,
                              const char *name)
{
    const char *rest = "";
    const char *complaint;
    ti_path_t path;

    complaint = ti_path_read(&path, &rest, name, cmd->pool);
    if (complaint != NULL || *rest != '\0') {
        return mai_argument_complain(cmd, name,
                                     complaint != NULL ? complaint : ADVICE);
    }
    if (scoping->claims == NULL) {
        scoping->claims = apr_array_make(cmd->pool, 2, sizeof(ti_path_t));
    }
    APR_ARRAY_PUSH(scoping->claims, ti_path_t) = path;
    return NULL;
}

static const char *read_levels(ti_scoping_t *scoping, cmd_parms *cmd,
                               const char *levels)
{
    const char *c = levels;

    while (apr_isgraph(*c) && (unsigned char)*c < 0x80 && !apr_isalnum(*c) &&
           *c != '*' && *c != ',') {
        c++;
    }
    scoping->levels = levels;
    return c > levels && *c == '\0'
               ? NULL
               : mai_argument_complain(cmd, levels,
                                       "write the characters that separate the "
                                       "levels of a scope, such as .:/");
}
