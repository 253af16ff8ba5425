/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/naming.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "config/config.h"
#include "directives/argument.h"
#include "module.h"
#include "server/named.h"

#define SECTION "<IntrospectServer"

static const char *name_of(const char **name, cmd_parms *cmd, const char *args);
static const char *read_inside(cmd_parms *cmd, ap_conf_vector_t *inside);
static int is_administrators(const char *directive);
static int says_more(ap_conf_vector_t *inside);
static const char *define(cmd_parms *cmd, const char *name,
                          ap_conf_vector_t *inside);

const char *mai_naming_section(cmd_parms *cmd, void *config, const char *args)
{
    ap_conf_vector_t *inside = ap_create_per_dir_config(cmd->pool);
    const char *complaint = ap_check_cmd_context(
        cmd, NOT_IN_HTACCESS | NOT_IN_LIMIT | NOT_IN_DIR_LOC_FILE);
    int override = cmd->override;
    const char *name = NULL;

    (void)config;
    if (complaint == NULL) {
        complaint = name_of(&name, cmd, args);
    }
    if (complaint == NULL) {
        cmd->override = OR_ALL | ACCESS_CONF;
        complaint = read_inside(cmd, inside);
        cmd->override = override;
    }
    return complaint == NULL ? define(cmd, name, inside) : complaint;
}

static const char *name_of(const char **name, cmd_parms *cmd, const char *args)
{
    const char *end = strrchr(args, '>');
    const char *rest = "";

    if (end != NULL) {
        rest = apr_pstrmemdup(cmd->pool, args, (apr_size_t)(end - args));
        *name = ap_getword_conf(cmd->pool, &rest);
    }
    return end != NULL && *rest == '\0' && mai_named_is_name(*name)
               ? NULL
               : apr_pstrcat(cmd->pool, SECTION, " ", args,
                             ": write <IntrospectServer NAME>, with a name of "
                             "letters, digits, '.', '-' and '_', 64 at most",
                             NULL);
}

/* One directive after the other: what says something of a place would have no
 * effect, so nobody shall believe that it has. */
static const char *read_inside(cmd_parms *cmd, ap_conf_vector_t *inside)
{
    ap_directive_t *each = cmd->directive->first_child;
    ap_directive_t *next;

    for (; each != NULL; each = next) {
        const char *complaint = NULL;
        int is_misplaced = !is_administrators(each->directive);

        next = each->next;
        if (!is_misplaced) {
            each->next = NULL;
            complaint = ap_walk_config(each, cmd, inside);
            each->next = next;
        }
        if (complaint != NULL) {
            return complaint;
        }
        if (is_misplaced || says_more(inside)) {
            return apr_psprintf(
                cmd->pool,
                "%s (%s:%d) cannot stand in "
                "<IntrospectServer>, which says how a server is "
                "asked: write it where AuthType Introspect "
                "stands, or in the virtual host around it",
                each->directive, each->filename, each->line_num);
        }
    }
    return NULL;
}

static int is_administrators(const char *directive)
{
    const command_rec *row;

    for (row = auth_introspect_module.cmds; row->name != NULL; row++) {
        if (apr_cstr_casecmp(row->name, directive) == 0) {
            return apr_cstr_casecmp(directive, "IntrospectIssuer") == 0 ||
                   (row->req_override == (RSRC_CONF | ACCESS_CONF) &&
                    *row->name != '<');
        }
    }
    return 0;
}

/* Is anything set but the server and its issuer? */
static int says_more(ap_conf_vector_t *inside)
{
    const mai_dir_t *dir =
        ap_get_module_config(inside, &auth_introspect_module);
    mai_dir_t bare;
    mai_dir_t rest;
    const void *one = &bare; /* as bytes */
    const void *other = &rest;

    if (dir == NULL) {
        return 0;
    }
    mai_config_clear(&bare);
    memcpy(&rest, dir, sizeof(rest));
    rest.touched = 0;
    rest.server = NULL;
    rest.issuer = NULL;
    rest.issuer_required = 0;
    return memcmp(one, other, sizeof(rest)) != 0;
}

static const char *define(cmd_parms *cmd, const char *name,
                          ap_conf_vector_t *inside)
{
    mai_dir_t *dir = ap_get_module_config(inside, &auth_introspect_module);
    mai_combination_t *server = dir != NULL ? dir->server : NULL;

    if (server == NULL) {
        server = mai_combination_create(cmd->server, cmd->pool);
    }
    if (dir != NULL) {
        dir->server = NULL; /* it is nobody's section */
        server->raw->issuer = dir->issuer;
        server->raw->issuer_required = dir->issuer_required;
    }
    server->raw->name = name;
    if (!mai_named_add(server, cmd->pool)) {
        return apr_psprintf(cmd->pool,
                            "<IntrospectServer %s> stands twice: give each "
                            "authorization server a name of its own",
                            name);
    }
    return NULL;
}

const char *mai_naming_prefix(ti_server_t *server, cmd_parms *cmd,
                              const char *text)
{
    const ap_directive_t *around = cmd->directive->parent;

    if (around == NULL || apr_cstr_casecmp(around->directive, SECTION) != 0) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name,
                           " stands in <IntrospectServer NAME> only", NULL);
    }
    server->token_prefix = text;
    return *text != '\0' ? NULL
                         : mai_argument_complain(
                               cmd, text, "write the prefix of its tokens");
}

const char *mai_naming_list(mai_dir_t *dir, cmd_parms *cmd, int argc,
                            char *const argv[])
{
    mai_named_t *named = apr_pcalloc(cmd->pool, sizeof(*named));

    named->s = cmd->server;
    named->where = mai_argument_where(cmd);
    named->narrows = ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL;
    named->is_several = argc > 1;
    dir->named = named;
    return mai_argument_words(&named->names, cmd, argc, argv, mai_named_is_name,
                              "write the name of one <IntrospectServer> or "
                              "more");
}
