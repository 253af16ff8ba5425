/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/demand.h"

#include <string.h>

#include <apr_cstr.h>

#include "directives/argument.h"

const char *mai_demand_issuer(mai_dir_t *dir, cmd_parms *cmd,
                              const char *issuer, const char *word)
{
    dir->issuer = issuer;
    dir->issuer_required = word != NULL;
    if (word != NULL && apr_cstr_casecmp(word, "required") != 0) {
        return mai_argument_complain(
            cmd, word,
            "write nothing after the URL, or 'required' where an answer must "
            "name its issuer");
    }
    return *issuer != '\0'
               ? NULL
               : mai_argument_complain(cmd, issuer, "write the issuer's URL");
}

const char *mai_demand_audience(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                char *const argv[])
{
    const char *complaint;

    dir->audiences = NULL;
    if (argc == 1 && strcmp(argv[0], "any") == 0) {
        dir->audiences = apr_array_make(cmd->pool, 1, sizeof(const char *));
        return NULL;
    }
    complaint =
        mai_argument_words(&dir->audiences, cmd, argc, argv,
                           mai_argument_is_text, "write one audience or more");
    if (complaint == NULL && ap_array_str_contains(dir->audiences, "any")) {
        complaint = mai_argument_refuse(cmd, "any",
                                        "it accepts tokens for any audience: "
                                        "write it alone, or the audiences "
                                        "without it");
    }
    return complaint;
}

const char *mai_demand_leeway(mai_dir_t *dir, cmd_parms *cmd, const char *word)
{
    const char *complaint = mai_argument_time(&dir->leeway, cmd, word);

    if (complaint == NULL && dir->leeway > MAI_LEEWAY_MAX) {
        complaint = mai_argument_refuse(cmd, word,
                                        "more than an hour is not clock skew");
    }
    return complaint;
}
