/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/revision.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>

#include "directives/argument.h"

/* The first that promises to compare a request's headers with its body. */
#define FIRST "2026-07-28"

static int is_revision(const char *text);

const char *mai_revision_read(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[])
{
    int i;

    dir->revisions = NULL;
    if (argc == 1 && apr_cstr_casecmp(argv[0], "Off") == 0) {
        dir->revisions = apr_array_make(cmd->pool, 1, sizeof(const char *));
        return NULL;
    }
    if (argc == 0 || apr_cstr_casecmp(argv[0], "On") != 0) {
        return mai_argument_complain(cmd, argc > 0 ? argv[0] : "",
                                     "write On or Off");
    }
    mai_argument_append(&dir->revisions, cmd, FIRST);
    for (i = 1; i < argc; i++) {
        if (!is_revision(argv[i]) || strcmp(argv[i], FIRST) < 0) {
            return mai_argument_complain(
                cmd, argv[i],
                "write further revisions of MCP by their dates, such as "
                "2027-03-31; those before " FIRST
                " do not require servers to compare header and body");
        }
        mai_argument_append(&dir->revisions, cmd, argv[i]);
    }
    return NULL;
}

/* Its name is a date. */
static int is_revision(const char *text)
{
    static const char form[] = "0000-00-00";
    apr_size_t i;

    if (strlen(text) != sizeof(form) - 1) {
        return 0;
    }
    for (i = 0; i < sizeof(form) - 1; i++) {
        if (form[i] == '-' ? text[i] != '-' : !apr_isdigit(text[i])) {
            return 0;
        }
    }
    return 1;
}
