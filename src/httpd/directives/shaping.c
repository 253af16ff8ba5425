/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/shaping.h"

#include <string.h>

#include <apr_cstr.h>

#include "base/control.h"
#include "config/prefix.h"
#include "directives/argument.h"

#define DELIMITER_MAX 8

/* A word of a directive, and what it stands for. */
typedef struct keyword_t {
    const char *word;
    int value;
} keyword_t;

static int value_of(const keyword_t *keywords, const char *word);

const char *mai_shaping_export(mai_dir_t *dir, cmd_parms *cmd, const char *word)
{
    static const keyword_t keywords[] = {{"env", MAI_EXPORT_ENV},
                                         {"header", MAI_EXPORT_HEADER},
                                         {"both", MAI_EXPORT_BOTH},
                                         {"none", MAI_EXPORT_NONE},
                                         {NULL, MAI_EXPORT_UNSET}};

    dir->export = (mai_export_t)value_of(keywords, word);
    return dir->export != MAI_EXPORT_UNSET
               ? NULL
               : mai_argument_complain(cmd, word,
                                       "write env, header, both or none");
}

const char *mai_shaping_prefix(mai_dir_t *dir, cmd_parms *cmd, const char *word)
{
    int is_free = ap_check_cmd_context(cmd, NOT_IN_HTACCESS) == NULL;
    const char *complaint = mai_prefix_complaint(word, is_free);

    if (complaint != NULL) {
        return mai_argument_refuse(cmd, word, complaint);
    }
    dir->prefix = word;
    dir->header_prefix = mai_prefix_header(word, cmd->pool);
    /* a .htaccess is read for each request, which would cost more than it saves
     */
    dir->names = is_free ? mai_prefix_names(word, cmd->pool) : NULL;
    return NULL;
}

const char *mai_shaping_lists(mai_dir_t *dir, cmd_parms *cmd, const char *word)
{
    if (apr_cstr_casecmp(word, "json") == 0) {
        dir->export_lists = "";
        return NULL;
    }
    dir->export_lists = word;
    return *word != '\0' && strlen(word) <= DELIMITER_MAX &&
                   !ti_control_in(word)
               ? NULL
               : mai_argument_complain(cmd, word,
                                       "write json, or the delimiter between "
                                       "elements, such as \",\"");
}

const char *mai_shaping_encoding(mai_dir_t *dir, cmd_parms *cmd,
                                 const char *word)
{
    static const keyword_t keywords[] = {{"utf-8", MAI_ENCODING_UTF8},
                                         {"base64url", MAI_ENCODING_BASE64URL},
                                         {"percent", MAI_ENCODING_PERCENT},
                                         {NULL, MAI_ENCODING_UNSET}};

    dir->encoding = (mai_encoding_t)value_of(keywords, word);
    return dir->encoding != MAI_ENCODING_UNSET
               ? NULL
               : mai_argument_complain(cmd, word,
                                       "write utf-8, base64url or percent");
}

/* The value of the last one, which has no word, for what is none of them. */
static int value_of(const keyword_t *keywords, const char *word)
{
    while (keywords->word != NULL &&
           apr_cstr_casecmp(keywords->word, word) != 0) {
        keywords++;
    }
    return keywords->value;
}
