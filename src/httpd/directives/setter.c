/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/setter.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "directives/argument.h"
#include "directives/provider.h"
#include "directives/secret.h"

static const char *server_of(ti_server_t **server, cmd_parms *cmd,
                             void *config);
static const char *place_of(mai_dir_t **dir, cmd_parms *cmd, void *config);
static const char *stands_twice(cmd_parms *cmd);
static const ap_directive_t *earlier_line(cmd_parms *cmd);
static void *value_in(void *settings, const cmd_parms *cmd);

/* Of the configuration that is being read. */
static apr_array_header_t *twice;

void mai_setter_begin(apr_pool_t *pconf)
{
    twice = apr_array_make(pconf, 2, sizeof(const char *));
}

const apr_array_header_t *mai_setter_twice(void)
{
    return twice;
}

/* Either line can be what was meant: it starts, as httpd does with directives
 * of its own. */
void mai_setter_note(cmd_parms *cmd)
{
    const ap_directive_t *before = earlier_line(cmd);

    if (before != NULL && strcmp(before->args, cmd->directive->args) != 0) {
        APR_ARRAY_PUSH(twice, const char *) = apr_psprintf(
            cmd->pool,
            "%s at %s stands in this section already, on line %d, and that "
            "line "
            "has no effect: remove one of them",
            cmd->cmd->name, mai_argument_where(cmd), before->line_num);
    }
}

const char *mai_setter_server_word(cmd_parms *cmd, void *config,
                                   const char *word)
{
    const mai_server_setter_t *setter = cmd->info;
    ti_server_t *server;
    const char *complaint = server_of(&server, cmd, config);

    return complaint == NULL ? setter->word(server, cmd, word) : complaint;
}

const char *mai_setter_server_pair(cmd_parms *cmd, void *config,
                                   const char *first, const char *second)
{
    const mai_server_setter_t *setter = cmd->info;
    ti_server_t *server;
    const char *complaint = server_of(&server, cmd, config);

    return complaint == NULL ? setter->pair(server, cmd, first, second)
                             : complaint;
}

const char *mai_setter_server_list(cmd_parms *cmd, void *config, int argc,
                                   char *const argv[])
{
    const mai_server_setter_t *setter = cmd->info;
    ti_server_t *server;
    const char *complaint = server_of(&server, cmd, config);

    if (complaint == NULL) {
        complaint = setter->list(server, cmd, argc, argv);
    }
    return complaint == NULL ? stands_twice(cmd) : complaint;
}

const char *mai_setter_server_time(cmd_parms *cmd, void *config,
                                   const char *word)
{
    ti_server_t *server;
    const char *complaint = server_of(&server, cmd, config);

    return complaint == NULL
               ? mai_argument_time(value_in(server, cmd), cmd, word)
               : complaint;
}

const char *mai_setter_server_switch(cmd_parms *cmd, void *config,
                                     const char *word)
{
    ti_server_t *server;
    const char *complaint = server_of(&server, cmd, config);

    return complaint == NULL
               ? mai_argument_switch(value_in(server, cmd), cmd, word)
               : complaint;
}

const char *mai_setter_server_secret(cmd_parms *cmd, void *config,
                                     const char *text)
{
    ti_server_t *server;
    const char *complaint = server_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    server->where = mai_argument_where(cmd);
    return mai_secret_read(value_in(server, cmd), cmd, text);
}

const char *mai_setter_place_word(cmd_parms *cmd, void *config,
                                  const char *word)
{
    const mai_place_setter_t *setter = cmd->info;
    mai_dir_t *dir;
    const char *complaint = place_of(&dir, cmd, config);

    return complaint == NULL ? setter->word(dir, cmd, word) : complaint;
}

const char *mai_setter_place_pair(cmd_parms *cmd, void *config,
                                  const char *first, const char *second)
{
    const mai_place_setter_t *setter = cmd->info;
    mai_dir_t *dir;
    const char *complaint = place_of(&dir, cmd, config);

    return complaint == NULL ? setter->pair(dir, cmd, first, second)
                             : complaint;
}

const char *mai_setter_place_list(cmd_parms *cmd, void *config, int argc,
                                  char *const argv[])
{
    const mai_place_setter_t *setter = cmd->info;
    mai_dir_t *dir;
    const char *complaint = place_of(&dir, cmd, config);

    if (complaint == NULL) {
        complaint = setter->list(dir, cmd, argc, argv);
    }
    return complaint == NULL ? stands_twice(cmd) : complaint;
}

const char *mai_setter_place_time(cmd_parms *cmd, void *config,
                                  const char *word)
{
    mai_dir_t *dir;
    const char *complaint = place_of(&dir, cmd, config);

    return complaint == NULL ? mai_argument_time(value_in(dir, cmd), cmd, word)
                             : complaint;
}

const char *mai_setter_place_switch(cmd_parms *cmd, void *config,
                                    const char *word)
{
    mai_dir_t *dir;
    const char *complaint = place_of(&dir, cmd, config);

    return complaint == NULL
               ? mai_argument_switch(value_in(dir, cmd), cmd, word)
               : complaint;
}

/* The section's authorization server; made when its first setting comes. */
static const char *server_of(ti_server_t **server, cmd_parms *cmd, void *config)
{
    mai_dir_t *dir;
    const char *complaint = place_of(&dir, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    if (dir->server == NULL) {
        dir->server = mai_combination_create(cmd->server, cmd->pool);
        mai_provider_note(cmd, dir);
    }
    *server = dir->server->raw;
    return NULL;
}

static const char *place_of(mai_dir_t **dir, cmd_parms *cmd, void *config)
{
    const char *complaint = (cmd->cmd->req_override & OR_AUTHCFG) == 0
                                ? ap_check_cmd_context(cmd, NOT_IN_HTACCESS)
                                : NULL;

    *dir = config;
    if (complaint == NULL) {
        (*dir)->touched = 1;
        if (cmd->cmd->args_how != TAKE2 && cmd->cmd->args_how != TAKE_ARGV) {
            mai_setter_note(cmd);
        }
    }
    return complaint;
}

/* Who writes a list on two lines of one section means both, such as two
 * endpoints for failover; and the last would count alone. What another file
 * says later counts, as everywhere in httpd. */
static const char *stands_twice(cmd_parms *cmd)
{
    const ap_directive_t *before = earlier_line(cmd);

    return before != NULL
               ? apr_psprintf(
                     cmd->pool,
                     "%s stands in this section already, on line %d, and only "
                     "one line counts: write everything on one line",
                     cmd->cmd->name, before->line_num)
               : NULL;
}

/* The same directive above this one, in its section and file; NULL: there is
 * none, or this is a .htaccess. */
static const ap_directive_t *earlier_line(cmd_parms *cmd)
{
    const ap_directive_t *line = cmd->directive;
    const ap_directive_t *each =
        line->parent != NULL ? line->parent->first_child : ap_conftree;

    if (ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL) {
        return NULL;
    }
    for (; each != NULL && each != line; each = each->next) {
        if (apr_cstr_casecmp(each->directive, line->directive) == 0 &&
            strcmp(each->filename, line->filename) == 0) {
            return each;
        }
    }
    return NULL;
}

static void *value_in(void *settings, const cmd_parms *cmd)
{
    return (char *)settings + (apr_uintptr_t)cmd->info;
}
