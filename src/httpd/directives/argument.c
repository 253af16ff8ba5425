/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/argument.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <httpd.h>

const char *mai_argument_complain(cmd_parms *cmd, const char *word,
                                  const char *advice)
{
    return apr_psprintf(cmd->pool, "%s: '%s' is not understood: %s",
                        cmd->cmd->name, word, advice);
}

const char *mai_argument_refuse(cmd_parms *cmd, const char *word,
                                const char *why)
{
    return apr_psprintf(cmd->pool, "%s: '%s' cannot be used: %s",
                        cmd->cmd->name, word, why);
}

const char *mai_argument_time(apr_interval_time_t *time, cmd_parms *cmd,
                              const char *word)
{
    apr_size_t digits = strspn(word, "0123456789");
    const char *suffix = word + digits;

    if (digits == 0 || digits > 9 ||
        (*suffix != '\0' && strcmp(suffix, "ms") != 0 &&
         strcmp(suffix, "s") != 0 && strcmp(suffix, "mi") != 0 &&
         strcmp(suffix, "min") != 0 && strcmp(suffix, "h") != 0) ||
        ap_timeout_parameter_parse(word, time, "s") != APR_SUCCESS) {
        return mai_argument_complain(cmd, word,
                                     "write a time such as 500ms, 30s, 5min or "
                                     "1h");
    }
    return NULL;
}

const char *mai_argument_switch(ti_switch_t *value, cmd_parms *cmd,
                                const char *word)
{
    if (apr_cstr_casecmp(word, "On") == 0) {
        *value = TI_SWITCH_ON;
    } else if (apr_cstr_casecmp(word, "Off") == 0) {
        *value = TI_SWITCH_OFF;
    } else {
        return mai_argument_complain(cmd, word, "write On or Off");
    }
    return NULL;
}

void *mai_argument_grow(const apr_array_header_t **list, cmd_parms *cmd,
                        int size)
{
    apr_array_header_t *longer = *list != NULL
                                     ? apr_array_copy(cmd->pool, *list)
                                     : apr_array_make(cmd->pool, 2, size);

    *list = longer;
    return memset(apr_array_push(longer), 0, (apr_size_t)size);
}

void mai_argument_append(const apr_array_header_t **list, cmd_parms *cmd,
                         const char *word)
{
    *(const char **)mai_argument_grow(list, cmd, sizeof(word)) = word;
}

const char *mai_argument_words(const apr_array_header_t **list, cmd_parms *cmd,
                               int argc, char *const argv[],
                               int (*is_fine)(const char *word),
                               const char *advice)
{
    int i;

    for (i = 0; i < argc; i++) {
        if (!is_fine(argv[i])) {
            return mai_argument_complain(cmd, argv[i], advice);
        }
        mai_argument_append(list, cmd, argv[i]);
    }
    return argc > 0 ? NULL : mai_argument_complain(cmd, "", advice);
}

int mai_argument_is_text(const char *word)
{
    return *word != '\0';
}

const char *mai_argument_where(const cmd_parms *cmd)
{
    return apr_psprintf(cmd->pool, "%s:%d", cmd->directive->filename,
                        cmd->directive->line_num);
}
