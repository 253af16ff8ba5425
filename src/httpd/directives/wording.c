/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/wording.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "claims/rule.h"
#include "directives/argument.h"
#include "config/config.h"

const char *mai_wording_scope(cmd_parms *cmd, void *config, int argc,
                              char *const argv[])
{
    mai_dir_t *dir = config;
    int i;

    dir->touched = 1;
    dir->scope = NULL;
    for (i = 0; i < argc; i++) {
        if (!ti_rule_is_scope(argv[i]) || mai_wording_misleads(argv[i])) {
            return mai_argument_complain(
                cmd, argv[i],
                "write scopes as tokens have them (RFC 6749 3.3), without a "
                "'scope=', 'error=' or 'resource_metadata=', which clients "
                "would take for a parameter");
        }
        dir->scope = dir->scope == NULL ? argv[i]
                                        : apr_pstrcat(cmd->pool, dir->scope,
                                                      " ", argv[i], NULL);
    }
    return argc > 0 ? NULL
                    : mai_argument_complain(cmd, "", "write one scope or more");
}

const char *mai_wording_realm(cmd_parms *cmd, void *config, const char *name)
{
    mai_dir_t *dir = config;

    if (mai_wording_misleads(name)) {
        dir->touched = 1;
        dir->misnamed = apr_psprintf(
            cmd->pool, "%s:%d: AuthName '%s' %s", cmd->directive->filename,
            cmd->directive->line_num, name,
            "stands in challenges, where clients would take a part of it for "
            "a parameter: write it without 'scope=', 'error=' and "
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
