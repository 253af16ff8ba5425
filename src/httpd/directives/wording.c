/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/wording.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "claims/rule.h"
#include "directives/argument.h"

static int is_clear_scope(const char *word);

const char *mai_wording_scope(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[])
{
    const apr_array_header_t *scopes = NULL;
    const char *complaint = mai_argument_words(
        &scopes, cmd, argc, argv, is_clear_scope,
        "write one scope or more as tokens have them (RFC 6749 3.3), without "
        "'scope=', 'error=' or 'resource_metadata=', which clients would read "
        "as a parameter");

    if (complaint == NULL) {
        dir->scope = apr_array_pstrcat(cmd->pool, scopes, ' ');
    }
    return complaint;
}

static int is_clear_scope(const char *word)
{
    return ti_rule_is_scope(word) && !mai_wording_misleads(word);
}

const char *mai_wording_realm(cmd_parms *cmd, void *config, const char *name)
{
    mai_dir_t *dir = config;

    if (mai_wording_misleads(name)) {
        dir->touched = 1;
        dir->misnamed = apr_psprintf(
            cmd->pool, "%s: AuthName '%s' %s", mai_argument_where(cmd), name,
            "stands in challenges, where clients would read a part of it as a "
            "parameter: write it without 'scope=', 'error=' and "
            "'resource_metadata=', and without control characters");
    }
    return DECLINE_CMD;
}

int mai_wording_misleads(const char *text)
{
    static const char *const names[] = {"scope", "error", "resource_metadata"};
    const char *equals;
    const char *c;
    apr_size_t i;

    for (c = text; *c != '\0'; c++) {
        if (apr_iscntrl(*c)) {
            return 1;
        }
    }
    for (equals = strchr(text, '='); equals != NULL;
         equals = strchr(equals + 1, '=')) {
        const char *end = equals;

        while (end > text && apr_isspace(end[-1])) {
            end--;
        }
        for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            apr_size_t length = strlen(names[i]);

            if ((apr_size_t)(end - text) >= length &&
                strncasecmp(end - length, names[i], length) == 0) {
                return 1;
            }
        }
    }
    return 0;
}
