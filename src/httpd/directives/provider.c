/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/provider.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "config/config.h"
#include "directives/argument.h"
#include "module.h"

#define ALIAS "<AuthnProviderAlias"

/* Names that are aliases of our provider; of the configuration. Requests read
 * it for a .htaccess. */
static apr_array_header_t *aliases;

static void note_place(cmd_parms *cmd, mai_dir_t *dir);
static int is_alias(const char *provider);
static const char *base_of(const char **alias, const char *args, apr_pool_t *p);

void mai_provider_begin(apr_pool_t *pconf)
{
    aliases = apr_array_make(pconf, 2, sizeof(const char *));
}

const char *mai_provider_auth_type(cmd_parms *cmd, void *config,
                                   const char *type)
{
    if (apr_cstr_casecmp(type, MAI_AUTH_TYPE) == 0) {
        note_place(cmd, config);
    }
    return DECLINE_CMD;
}

/* Providers are asked in their order. What comes after ours is asked about
 * passwords that ours has sent to the authorization server by then. */
const char *mai_provider_basic(cmd_parms *cmd, void *config,
                               const char *provider)
{
    mai_dir_t *dir = config;
    int is_other = strcmp(provider, MAI_PROVIDER) != 0 && !is_alias(provider);

    if (!is_other) {
        note_place(cmd, dir);
        dir->by_alias = dir->by_alias || is_alias(provider);
    } else if (dir->introspect == TI_SWITCH_ON && dir->sends_to == NULL) {
        dir->sends_to = provider;
    }
    return DECLINE_CMD;
}

const char *mai_provider_alias(cmd_parms *cmd, void *config, const char *args)
{
    const char *alias;
    const char *base = base_of(&alias, args, cmd->pool);

    (void)config;
    if (strcmp(base, MAI_PROVIDER) == 0 || is_alias(base)) {
        APR_ARRAY_PUSH(aliases, const char *) = alias;
    }
    return DECLINE_CMD;
}

void mai_provider_note(cmd_parms *cmd, mai_dir_t *dir)
{
    const ap_directive_t *section = cmd->directive->parent;
    const char *alias;

    if (section == NULL || apr_cstr_casecmp(section->directive, ALIAS) != 0) {
        return;
    }
    if (strcmp(base_of(&alias, section->args, cmd->temp_pool), MAI_PROVIDER) ==
        0) {
        note_place(cmd, dir);
    }
}

static void note_place(cmd_parms *cmd, mai_dir_t *dir)
{
    dir->introspect = TI_SWITCH_ON;
    dir->touched = 1;
    dir->s = cmd->server;
    dir->where = mai_argument_where(cmd);
}

static int is_alias(const char *provider)
{
    return aliases != NULL && ap_array_str_contains(aliases, provider);
}

/* "introspect NAME>" to its two words. */
static const char *base_of(const char **alias, const char *args, apr_pool_t *p)
{
    const char *end = strrchr(args, '>');
    const char *rest =
        end != NULL ? apr_pstrmemdup(p, args, (apr_size_t)(end - args)) : args;
    const char *base = ap_getword_conf(p, &rest);

    *alias = ap_getword_conf(p, &rest);
    return base;
}
