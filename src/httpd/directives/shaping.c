/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/shaping.h"

#include <apr_cstr.h>

#include "base/control.h"
#include "directives/argument.h"
#include "config/config.h"

#define DELIMITER_MAX 8

const char *mai_shaping_lists(cmd_parms *cmd, void *config, const char *word)
{
    mai_dir_t *dir = config;

    dir->touched = 1;
    if (apr_cstr_casecmp(word, "json") == 0) {
        dir->export_lists = "";
        return NULL;
    }
    dir->export_lists = word;
    return *word != '\0' && strlen(word) <= DELIMITER_MAX &&
                   !ti_control_in(word)
               ? NULL
               : mai_argument_complain(cmd, word,
                                       "write json, or what stands between "
                                       "elements, such as \",\"");
}

const char *mai_shaping_encoding(cmd_parms *cmd, void *config, const char *word)
{
    mai_dir_t *dir = config;

    dir->touched = 1;
    if (apr_cstr_casecmp(word, "utf-8") == 0) {
        dir->encoding = MAI_ENCODING_UTF8;
    } else if (apr_cstr_casecmp(word, "base64url") == 0) {
        dir->encoding = MAI_ENCODING_BASE64URL;
    } else if (apr_cstr_casecmp(word, "percent") == 0) {
        dir->encoding = MAI_ENCODING_PERCENT;
    } else {
        return mai_argument_complain(cmd, word,
                                     "write utf-8, base64url or percent");
    }
    return NULL;
}

const char *mai_shaping_json(cmd_parms *cmd, void *config, const char *word)
{
    mai_dir_t *dir = config;

    dir->touched = 1;
    return mai_argument_switch(&dir->export_json, cmd, word);
}
