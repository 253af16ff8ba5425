/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/authority.h"

#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "directives/argument.h"
#include "http/address.h"

/* A quarter of the slots for flights: a key may take those of its bucket only,
 * so with many more in the air some tokens would find none. */
#define CALLS_MAX_MAX 1024

#define REFRESH_MIN 20 /* percent */
#define REFRESH_MAX 95
#define DIGITS_MAX 5 /* of numbers here */

/* Where metadata lie, with the name of their kind behind it. */
#define WELL_KNOWN "/.well-known/"

static const char *url_complaint(cmd_parms *cmd, const char *url);
static int number_of(const char *word, const char *unit);

const char *mai_authority_endpoint(ti_server_t *server, cmd_parms *cmd,
                                   int argc, char *const argv[])
{
    const char *complaint;
    int i;

    if (argc < 1 || argc > TI_SERVER_ENDPOINTS_MAX) {
        return apr_psprintf(cmd->pool,
                            "%s takes 1 to %d URLs of one authorization "
                            "server",
                            cmd->cmd->name, TI_SERVER_ENDPOINTS_MAX);
    }
    if (server->endpoints != NULL) {
        return mai_argument_refuse(
            cmd, argv[0],
            "this section has an IntrospectEndpoint already; write all "
            "endpoints of one authorization server on one line");
    }
    server->where = mai_argument_where(cmd);
    for (i = 0; i < argc; i++) {
        complaint = url_complaint(cmd, argv[i]);
        if (complaint != NULL) {
            return complaint;
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

const char *mai_authority_discovery(ti_server_t *server, cmd_parms *cmd,
                                    const char *issuer, const char *word)
{
    const char *complaint;

    server->discovery = issuer;
    complaint = url_complaint(cmd, issuer);
    if (complaint != NULL) {
        return complaint;
    }
    if (strstr(issuer, WELL_KNOWN) != NULL) {
        return mai_argument_refuse(
            cmd, issuer,
            apr_pstrcat(cmd->pool,
                        "this is the URL of the metadata; write the issuer: '",
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

const char *mai_authority_client_id(ti_server_t *server, cmd_parms *cmd,
                                    const char *id)
{
    server->where = mai_argument_where(cmd);
    server->client_id = id;
    return *id != '\0' ? NULL
                       : mai_argument_complain(cmd, id,
                                               "write the client_id that the "
                                               "authorization server gave you");
}

const char *mai_authority_hint(ti_server_t *server, cmd_parms *cmd,
                               const char *word)
{
    (void)cmd;
    server->hint = strcmp(word, "none") == 0 ? "" : word;
    return NULL;
}

const char *mai_authority_param(ti_server_t *server, cmd_parms *cmd,
                                const char *name, const char *value)
{
    static const char *const ours[] = {
        "token",         "token_type_hint",       "client_id",
        "client_secret", "client_assertion_type", "client_assertion"};
    ti_param_t *param;
    apr_size_t i;

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

const char *mai_authority_timeout(ti_server_t *server, cmd_parms *cmd,
                                  const char *total, const char *connect)
{
    const char *complaint;

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

const char *mai_authority_refresh(ti_server_t *server, cmd_parms *cmd,
                                  const char *word)
{
    if (apr_cstr_casecmp(word, "Off") == 0) {
        server->refresh = 0;
        return NULL;
    }
    server->refresh = number_of(word, "%");
    return server->refresh >= REFRESH_MIN && server->refresh <= REFRESH_MAX
               ? NULL
               : mai_argument_refuse(cmd, word, "write 20% to 95%, or Off");
}

const char *mai_authority_calls_max(ti_server_t *server, cmd_parms *cmd,
                                    const char *word)
{
    server->calls_max = number_of(word, "");
    return server->calls_max >= 1 && server->calls_max <= CALLS_MAX_MAX
               ? NULL
               : mai_argument_refuse(cmd, word,
                                     "write a number from 1 to 1024");
}

const char *mai_authority_jwks_url(ti_server_t *server, cmd_parms *cmd,
                                   const char *url)
{
    server->jwks_url = url;
    return url_complaint(cmd, url);
}

/* Whether http is allowed is only known when all is read. */
static const char *url_complaint(cmd_parms *cmd, const char *url)
{
    const char *complaint = ti_address_complaint(url, 1, cmd->pool);

    return complaint != NULL
               ? apr_psprintf(cmd->pool, "%s %s", cmd->cmd->name, complaint)
               : NULL;
}

/* Digits, and this unit behind them; -1 for anything else. */
static int number_of(const char *word, const char *unit)
{
    apr_size_t digits = strspn(word, "0123456789");

    return digits > 0 && digits <= DIGITS_MAX &&
                   strcmp(word + digits, unit) == 0
               ? atoi(word)
               : -1;
}
