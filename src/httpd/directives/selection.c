/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/selection.h"

#include <apr_cstr.h>
#include <apr_strings.h>

#include "claims/path.h"
#include "config/prefix.h"
#include "directives/argument.h"

static const char *select_claims(const apr_array_header_t **list,
                                 cmd_parms *cmd, int argc, char *const argv[]);
static const char *select_part(mai_dir_t *dir, cmd_parms *cmd, int argc,
                               char *const argv[]);

const char *mai_selection_user(mai_dir_t *dir, cmd_parms *cmd, int argc,
                               char *const argv[])
{
    if (argc > 1 && *argv[1] == '~') {
        return select_part(dir, cmd, argc, argv);
    }
    return select_claims(&dir->remote_user, cmd, argc, argv);
}

/* One claim, of which the name is a part. */
static const char *select_part(mai_dir_t *dir, cmd_parms *cmd, int argc,
                               char *const argv[])
{
    const char *complaint = select_claims(&dir->remote_user, cmd, 1, argv);
    mai_selection_t *selection;

    if (complaint != NULL) {
        return complaint;
    }
    if (argc != 3 || argv[1][1] == '\0') {
        return mai_argument_complain(
            cmd, argv[1], "write it with one claim: CLAIM ~REGEX SUBSTITUTION");
    }
    selection = &APR_ARRAY_IDX(dir->remote_user, 0, mai_selection_t);
    selection->pattern = ap_pregcomp(cmd->pool, argv[1] + 1, AP_REG_EXTENDED);
    selection->replacement = argv[2];
    return selection->pattern != NULL
               ? NULL
               : mai_argument_complain(
                     cmd, argv[1],
                     "write a regular expression (PCRE) after the '~'");
}

const char *mai_selection_export(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                 char *const argv[])
{
    const char *complaint = select_claims(&dir->export_claims, cmd, argc, argv);
    int i;
    int j;

    for (i = 0; complaint == NULL && i < argc; i++) {
        const char *name =
            APR_ARRAY_IDX(dir->export_claims, i, mai_selection_t).variable;

        for (j = 0; j < i; j++) {
            if (apr_cstr_casecmp(
                    name, APR_ARRAY_IDX(dir->export_claims, j, mai_selection_t)
                              .variable) == 0) {
                complaint = mai_argument_refuse(
                    cmd, argv[i],
                    apr_psprintf(cmd->pool,
                                 "it would get the same name (%s) as %s before "
                                 "it; write one of them",
                                 name, argv[j]));
            }
        }
    }
    return complaint;
}

const char *mai_selection_log(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[])
{
    if (argc == 1 && apr_cstr_casecmp(argv[0], "none") == 0) {
        dir->log_claims = apr_array_make(cmd->pool, 1, sizeof(mai_selection_t));
        return NULL;
    }
    return select_claims(&dir->log_claims, cmd, argc, argv);
}

/* Names of claims, each to the ways it can be found. */
static const char *select_claims(const apr_array_header_t **list,
                                 cmd_parms *cmd, int argc, char *const argv[])
{
    apr_array_header_t *selections =
        apr_array_make(cmd->pool, argc, sizeof(mai_selection_t));
    int i;

    if (argc == 0) {
        return mai_argument_complain(cmd, "",
                                     "write the name of a claim or more");
    }
    for (i = 0; i < argc; i++) {
        mai_selection_t *selection = apr_array_push(selections);
        const char *rest;
        const char *complaint =
            ti_path_read(&selection->path, &rest, argv[i], cmd->pool);

        if (complaint == NULL && *rest != '\0') {
            complaint = "write only its name; a ':' or '~' within it as \\: "
                        "or \\~";
        }
        if (complaint != NULL) {
            return mai_argument_complain(cmd, argv[i], complaint);
        }
        selection->variable =
            mai_prefix_variable(selection->path.whole, cmd->pool);
    }
    *list = selections;
    return NULL;
}
