/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/secret.h"

#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_env.h>
#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <httpd.h>
#include <http_log.h>

#include "base/messages.h"
#include "base/secret.h"
#include "directives/program.h"
#include "module.h"

APLOG_USE_MODULE(auth_introspect);

/* Names of variables that secrets were read from; of the configuration. */
static apr_array_header_t *variables;

/* Files of secrets that others can read; of the configuration. */
static apr_array_header_t *readable;

static const char *find(const char **secret, cmd_parms *cmd, const char *text);
static const char *mistake(cmd_parms *cmd, const char *text);
static void hide(cmd_parms *cmd, const char *text);
static void note_readers(cmd_parms *cmd, const char *path);
static apr_status_t forget(void *data);
static const char *read_file(const char **secret, cmd_parms *cmd,
                             const char *name);
static const char *read_env(const char **secret, cmd_parms *cmd,
                            const char *name);
static const char *read_program(const char **secret, cmd_parms *cmd,
                                const char *line);
static const char *moved(char *text, apr_pool_t *p);

const char *mai_secret_read(const char **secret, cmd_parms *cmd,
                            const char *text)
{
    const char *complaint = find(secret, cmd, text);

    if (complaint != NULL) {
        return complaint;
    }
    complaint = ti_secret_complaint(*secret);
    return complaint != NULL
               ? apr_psprintf(cmd->pool, "%s %s", cmd->cmd->name, complaint)
               : NULL;
}

const char *mai_secret_read_lines(const char **secret, cmd_parms *cmd,
                                  const char *text)
{
    return find(secret, cmd, text);
}

static const char *find(const char **secret, cmd_parms *cmd, const char *text)
{
    const char *complaint = NULL;

    *secret = "";
    if (strncmp(text, "file:", 5) == 0) {
        complaint = read_file(secret, cmd, text + 5);
    } else if (strncmp(text, "env:", 4) == 0) {
        complaint = read_env(secret, cmd, text + 4);
    } else if (strncmp(text, "exec:", 5) == 0) {
        complaint = read_program(secret, cmd, text + 5);
    } else {
        complaint = mistake(cmd, text);
        *secret = apr_pstrdup(cmd->pool, text);
        hide(cmd, text);
    }
    if (complaint != NULL) {
        return complaint;
    }
    ti_secret_wipe_with(cmd->pool, (char *)(apr_uintptr_t)*secret);
    if (**secret == '\0') {
        complaint = apr_psprintf(cmd->pool,
                                 "%s is empty: give the secret as text, "
                                 "file:PATH, env:NAME or exec:PROGRAM",
                                 cmd->cmd->name);
    }
    return complaint;
}

/* The text of the directive stays in httpd's tree of the configuration, which
 * mod_info shows, and -DDUMP_CONFIG. */
static void hide(cmd_parms *cmd, const char *text)
{
    static const char hidden[] = "(a secret, not shown)";
    const char *args = cmd->directive->args;

    if (args != hidden) {
        explicit_bzero((char *)(apr_uintptr_t)args, strlen(args));
        cmd->directive->args = hidden;
    }
    explicit_bzero((char *)(apr_uintptr_t)text, strlen(text));
}

/* Text that was meant to say where the secret is? The text itself is not
 * repeated: it may be the secret. */
static const char *mistake(cmd_parms *cmd, const char *text)
{
    static const char *const places[] = {"file:", "env:", "exec:"};
    apr_finfo_t info;
    apr_size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (apr_cstr_casecmpn(text, places[i], strlen(places[i])) == 0) {
            return apr_psprintf(cmd->pool, "%s: write %s in lower case",
                                cmd->cmd->name, places[i]);
        }
    }
    if (*text == '/' &&
        apr_stat(&info, text, APR_FINFO_TYPE, cmd->temp_pool) == APR_SUCCESS) {
        return apr_psprintf(cmd->pool,
                            "%s is the name of an existing file, not a secret: "
                            "write file: before it",
                            cmd->cmd->name);
    }
    return NULL;
}

static const char *read_file(const char **secret, cmd_parms *cmd,
                             const char *name)
{
    const char *path = ap_server_root_relative(cmd->pool, name);
    char *text = apr_pcalloc(cmd->temp_pool, TI_SECRET_TEXT_MAX + 1);
    apr_size_t length = TI_SECRET_TEXT_MAX;
    apr_file_t *file;
    apr_status_t rv;

    if (path == NULL || *name == '\0') {
        return apr_psprintf(cmd->pool, "%s: 'file:%s' names no file",
                            cmd->cmd->name, name);
    }
    rv = apr_file_open(&file, path, APR_READ, APR_OS_DEFAULT, cmd->temp_pool);
    if (rv == APR_SUCCESS) {
        note_readers(cmd, path);
        rv = apr_file_read_full(file, text, TI_SECRET_TEXT_MAX, &length);
        apr_file_close(file);
    }
    if (rv != APR_SUCCESS && rv != APR_EOF) {
        return apr_psprintf(
            cmd->pool,
            "%s: cannot read %s: %pm. httpd reads it as the user "
            "that starts it, which is root on most machines: "
            "look at the path and who may read it",
            cmd->cmd->name, path, &rv);
    }
    if (rv == APR_SUCCESS) {
        explicit_bzero(text, TI_SECRET_TEXT_MAX);
        return apr_psprintf(cmd->pool, "%s: %s is too large for a secret",
                            cmd->cmd->name, path);
    }
    *secret = moved(text, cmd->pool);
    return NULL;
}

void mai_secret_source(ti_file_t *file, const char **source, cmd_parms *cmd,
                       const char *text)
{
    int is_file = strncmp(text, "file:", 5) == 0;
    int is_text = !is_file && strncmp(text, "env:", 4) != 0 &&
                  strncmp(text, "exec:", 5) != 0;

    memset(file, 0, sizeof(*file));
    *source = is_text ? NULL : apr_pstrdup(cmd->pool, text);
    if (is_file) {
        file->path = ap_server_root_relative(cmd->pool, text + 5);
    }
    if (file->path != NULL) {
        file->stamp = ti_file_stamp(file->path, cmd->temp_pool);
    }
}

/* Everybody on this machine, or whoever httpd runs programs for. */
static void note_readers(cmd_parms *cmd, const char *path)
{
    if (!ti_file_is_open_to_all(path, cmd->temp_pool)) {
        return;
    }
    if (readable == NULL) {
        readable = apr_array_make(cmd->pool, 2, sizeof(const char *));
        apr_pool_cleanup_register(cmd->pool, &readable, forget,
                                  apr_pool_cleanup_null);
    }
    APR_ARRAY_PUSH(readable, const char *) = path;
}

void mai_secret_warn(server_rec *s)
{
    int i;

    for (i = 0; readable != NULL && i < readable->nelts; i++) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "MAI%04d: The secret in %s can be read or written by "
                     "everyone on this machine: chmod 600",
                     TI_MSG_SECRET_READABLE,
                     APR_ARRAY_IDX(readable, i, const char *));
    }
}

static const char *read_env(const char **secret, cmd_parms *cmd,
                            const char *name)
{
    char *text = NULL;

    if (*name == '\0' || apr_env_get(&text, name, cmd->pool) != APR_SUCCESS) {
        return apr_psprintf(cmd->pool,
                            "%s: the environment variable '%s' is not set for "
                            "httpd (on Debian set it in "
                            "/etc/apache2/envvars)",
                            cmd->cmd->name, name);
    }
    *secret = ti_secret_trim(apr_pstrdup(cmd->pool, text));
    if (variables == NULL) {
        variables = apr_array_make(cmd->pool, 2, sizeof(const char *));
        apr_pool_cleanup_register(cmd->pool, &variables, forget,
                                  apr_pool_cleanup_null);
    }
    APR_ARRAY_PUSH(variables, const char *) = apr_pstrdup(cmd->pool, name);
    return NULL;
}

static apr_status_t forget(void *data)
{
    *(apr_array_header_t **)data = NULL;
    return APR_SUCCESS;
}

void mai_secret_child(void)
{
    int i;

    for (i = 0; variables != NULL && i < variables->nelts; i++) {
        unsetenv(APR_ARRAY_IDX(variables, i, const char *));
    }
}

static const char *read_program(const char **secret, cmd_parms *cmd,
                                const char *line)
{
    char *text;
    const char *complaint = mai_program_run(&text, cmd, line);

    if (complaint == NULL) {
        *secret = moved(text, cmd->pool);
    }
    return complaint;
}

/* Into the configuration's pool; nothing stays behind. */
static const char *moved(char *text, apr_pool_t *p)
{
    const char *copy = apr_pstrdup(p, ti_secret_trim(text));

    explicit_bzero(text, TI_SECRET_TEXT_MAX);
    return copy;
}
