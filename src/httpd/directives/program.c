/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/program.h"

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <httpd.h>

#include "base/secret.h"

static const char *run_once(char *text, cmd_parms *cmd,
                            const char *const *words);
static const char *ending(cmd_parms *cmd, const char *program,
                          apr_proc_t *proc);

const char *mai_program_run(char **text, cmd_parms *cmd, const char *line)
{
    const char *complaint;
    char **words;

    *text = apr_pcalloc(cmd->temp_pool, TI_SECRET_TEXT_MAX + 1);
    if (apr_tokenize_to_argv(line, &words, cmd->temp_pool) != APR_SUCCESS ||
        words[0] == NULL) {
        return apr_psprintf(cmd->pool, "%s: 'exec:' names no program",
                            cmd->cmd->name);
    }
    complaint = run_once(*text, cmd, (const char *const *)words);
    if (complaint == NULL && *ti_secret_trim(*text) == '\0') {
        complaint =
            apr_psprintf(cmd->pool, "%s: the program '%s' printed nothing",
                         cmd->cmd->name, words[0]);
    }
    return complaint;
}

/* What it prints comes into `text`. As with httpd's own ap_get_exec_line it
 * runs where it lies, without an environment; but how it ends counts. */
static const char *run_once(char *text, cmd_parms *cmd,
                            const char *const *words)
{
    apr_pool_t *p = cmd->temp_pool;
    apr_size_t length = TI_SECRET_TEXT_MAX;
    apr_procattr_t *attributes;
    apr_proc_t proc;
    apr_status_t rv = apr_procattr_create(&attributes, p);

    if (rv == APR_SUCCESS) {
        apr_procattr_io_set(attributes, APR_FULL_BLOCK, APR_FULL_BLOCK,
                            APR_NO_PIPE);
        apr_procattr_dir_set(attributes, ap_make_dirstr_parent(p, words[0]));
        apr_procattr_cmdtype_set(attributes, APR_PROGRAM);
        apr_procattr_error_check_set(attributes, 1);
        rv = apr_proc_create(&proc, words[0], words, NULL, attributes, p);
    }
    if (rv != APR_SUCCESS) {
        return apr_psprintf(cmd->pool, "%s: cannot run the program '%s': %pm",
                            cmd->cmd->name, words[0], &rv);
    }

    apr_file_close(proc.in);
    rv = apr_file_read_full(proc.out, text, TI_SECRET_TEXT_MAX, &length);
    apr_file_close(proc.out);
    if (rv != APR_SUCCESS && rv != APR_EOF) {
        length = 0;
    }
    text[length] = '\0';
    return ending(cmd, words[0], &proc);
}

static const char *ending(cmd_parms *cmd, const char *program, apr_proc_t *proc)
{
    apr_exit_why_e why;
    int code;

    if (apr_proc_wait(proc, &code, &why, APR_WAIT) != APR_CHILD_DONE ||
        (APR_PROC_CHECK_EXIT(why) && code == 0)) {
        return NULL;
    }
    return apr_psprintf(cmd->pool,
                        APR_PROC_CHECK_EXIT(why)
                            ? "%s: the program '%s' failed with exit status %d"
                            : "%s: the program '%s' was killed by signal %d",
                        cmd->cmd->name, program, code);
}
