/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/authority.h"

#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "config/config.h"
#include "directives/provider.h"
#include "directives/secret.h"
#include "http/address.h"
#include "directives/argument.h"

/* A quarter of the slots for flights: a key may take those of its bucket only,
 * so with many more in the air some tokens would find none. */
#define CALLS_MAX_MAX 1024

/* Where metadata lie, with the name of their kind behind it. */
#define WELL_KNOWN "/.well-known/"

const char *mai_authority_of(ti_server_t **server, cmd_parms *cmd, void *config)
{
    mai_dir_t *dir = config;
    const char *complaint = ap_check_cmd_context(cmd, NOT_IN_HTACCESS);

    if (complaint != NULL) {
        return complaint;
    }
    dir->touched = 1;
    if (dir->server == NULL) {
        dir->server = mai_combination_create(cmd->server, cmd->pool);
        mai_provider_note(cmd, dir);
    }
    *server = dir->server->raw;
    return NULL;
}

/* The setting at the offset that the directive's row has. */
static void *setting_of(const ti_server_t *server, const cmd_parms *cmd)
{
    return (char *)(apr_uintptr_t)server + (apr_uintptr_t)cmd->info;
}

static void note_where(ti_server_t *server, const cmd_parms *cmd)
{
    server->where = apr_psprintf(cmd->pool, "%s:%d", cmd->directive->filename,
                                 cmd->directive->line_num);
}

const char *mai_authority_endpoint(cmd_parms *cmd, void *config, int argc,
                                   char *const argv[])
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);
    int i;

    if (complaint != NULL) {
        return complaint;
    }
    if (argc < 1 || argc > TI_SERVER_ENDPOINTS_MAX) {
        return apr_psprintf(cmd->pool,
                            "%s takes 1 to %d URLs of one authorization "
                            "server",
                            cmd->cmd->name, TI_SERVER_ENDPOINTS_MAX);
    }
    if (server->endpoints != NULL) {
        return mai_argument_refuse(cmd, argv[0],
                                   "this section has an IntrospectEndpoint "
                                   "already; write equals of one "
                                   "authorization server on one line");
    }
    note_where(server, cmd);
    for (i = 0; i < argc; i++) {
        /* whether http is allowed is only known when all is read */
        complaint = ti_address_complaint(argv[i], 1, cmd->pool);
        if (complaint != NULL) {
            return apr_psprintf(cmd->pool, "%s %s", cmd->cmd->name, complaint);
        }
        mai_argument_append(&server->endpoints, cmd, argv[i]);
    }
    return NULL;
}

/* RFC 8414 3: put between host and path; OpenID Connect Discovery 4: behind the
 * path. */
static const char *issuer_of(const char *url, apr_pool_t *p)
{
    const char *inserted = strstr(url, WELL_KNOWN);
    const char *path = strchr(inserted + sizeof(WELL_KNOWN) - 1, '/');

    return apr_pstrcat(p, apr_pstrmemdup(p, url, (apr_size_t)(inserted - url)),
                       path, NULL);
}

const char *mai_authority_discovery(cmd_parms *cmd, void *config,
                                    const char *issuer, const char *word)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    server->discovery = issuer;
    complaint = ti_address_complaint(issuer, 1, cmd->pool);
    if (complaint != NULL) {
        return apr_psprintf(cmd->pool, "%s %s", cmd->cmd->name, complaint);
    }
    if (strstr(issuer, WELL_KNOWN) != NULL) {
        return mai_argument_refuse(
            cmd, issuer,
            apr_pstrcat(cmd->pool,
                        "that is where the metadata are; write the issuer: '",
                        cmd->cmd->name, " ", issuer_of(issuer, cmd->pool), "'",
                        NULL));
    }
    if (ti_address_url(issuer) != issuer || strchr(issuer, '?') != NULL) {
        return mai_argument_refuse(cmd, issuer,
                                   "an issuer is https://HOST/PATH, without "
                                   "a query");
    }
    if (word != NULL) {
        complaint = mai_argument_time(&server->discovery_age, cmd, word);
    }
    if (complaint == NULL && word != NULL &&
        (server->discovery_age < apr_time_from_sec(1) ||
         server->discovery_age > apr_time_from_sec(12 * 3600))) {
        complaint = mai_argument_refuse(cmd, word, "write 1s to 12h");
    }
    return complaint;
}

const char *mai_authority_client_id(cmd_parms *cmd, void *config,
                                    const char *id)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    note_where(server, cmd);
    server->client_id = id;
    return *id != '\0' ? NULL
                       : mai_argument_complain(cmd, id,
                                               "write the client_id that the "
                                               "authorization server gave you");
}

const char *mai_authority_client_secret(cmd_parms *cmd, void *config,
                                        const char *text)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    note_where(server, cmd);
    return mai_secret_read(&server->client_secret, cmd, text);
}

const char *mai_authority_bearer(cmd_parms *cmd, void *config, const char *text)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    note_where(server, cmd);
    return mai_secret_read(&server->bearer, cmd, text);
}

const char *mai_authority_hint(cmd_parms *cmd, void *config, const char *word)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    server->hint = strcmp(word, "none") == 0 ? "" : word;
    return NULL;
}

const char *mai_authority_param(cmd_parms *cmd, void *config, const char *name,
                                const char *value)
{
    static const char *const ours[] = {
        "token",         "token_type_hint",       "client_id",
        "client_secret", "client_assertion_type", "client_assertion"};
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);
    ti_param_t *param;
    apr_size_t i;

    if (complaint != NULL) {
        return complaint;
    }
    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (strcmp(name, ours[i]) == 0) {
            return mai_argument_refuse(cmd, name,
                                       "the module sends this parameter "
                                       "itself; choose another name");
        }
    }
    param = mai_argument_grow(&server->params, cmd, sizeof(*param));
    param->name = name;
    param->value = value;
    return NULL;
}

const char *mai_authority_timeout(cmd_parms *cmd, void *config,
                                  const char *total, const char *connect)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    complaint = mai_argument_time(&server->timeout, cmd, total);
    if (complaint == NULL && connect != NULL) {
        complaint = mai_argument_time(&server->connect_timeout, cmd, connect);
    }
    if (complaint == NULL &&
        (server->timeout < apr_time_from_msec(10) ||
         server->timeout > apr_time_from_sec(300) ||
         (connect != NULL &&
          (server->connect_timeout < apr_time_from_msec(10) ||
           server->connect_timeout > server->timeout)))) {
        complaint = mai_argument_refuse(
            cmd, connect != NULL ? connect : total,
            "a request waits this long: write 10ms to 300s, "
            "and no more for connecting than in total");
    }
    return complaint;
}

const char *mai_authority_refresh(cmd_parms *cmd, void *config,
                                  const char *word)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);
    apr_size_t digits = strspn(word, "0123456789");

    if (complaint != NULL) {
        return complaint;
    }
    if (apr_cstr_casecmp(word, "Off") == 0) {
        server->refresh = 0;
        return NULL;
    }
    server->refresh = digits > 0 && digits < 3 ? atoi(word) : 0;
    if (strcmp(word + digits, "%") != 0 || server->refresh < 20 ||
        server->refresh > 95) {
        return mai_argument_refuse(cmd, word, "write 20% to 95%, or Off");
    }
    return NULL;
}

const char *mai_authority_calls_max(cmd_parms *cmd, void *config,
                                    const char *word)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);
    apr_size_t digits = strspn(word, "0123456789");

    if (complaint != NULL) {
        return complaint;
    }
    server->calls_max = digits > 0 && digits < 6 ? atoi(word) : 0;
    if (word[digits] != '\0' || server->calls_max < 1 ||
        server->calls_max > CALLS_MAX_MAX) {
        return mai_argument_refuse(cmd, word, "write a number from 1 to 1024");
    }
    return NULL;
}

const char *mai_authority_jwks_url(cmd_parms *cmd, void *config,
                                   const char *url)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    if (complaint != NULL) {
        return complaint;
    }
    server->jwks_url = url;
    complaint = ti_address_complaint(url, 1, cmd->pool);
    return complaint == NULL
               ? NULL
               : apr_psprintf(cmd->pool, "%s %s", cmd->cmd->name, complaint);
}

const char *mai_authority_time(cmd_parms *cmd, void *config, const char *word)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    return complaint != NULL
               ? complaint
               : mai_argument_time(setting_of(server, cmd), cmd, word);
}

const char *mai_authority_switch(cmd_parms *cmd, void *config, const char *word)
{
    ti_server_t *server;
    const char *complaint = mai_authority_of(&server, cmd, config);

    return complaint != NULL
               ? complaint
               : mai_argument_switch(setting_of(server, cmd), cmd, word);
}
