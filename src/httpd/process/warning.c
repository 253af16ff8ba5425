/* SPDX-License-Identifier: Apache-2.0 */
#include "process/warning.h"

#include <apr_strings.h>
#include <http_log.h>

#include "base/messages.h"
#include "config/config.h"
#include "config/resource.h"
#include "directives/setter.h"
#include "module.h"
#include "process/permission.h"
#include "process/segment.h"
#include "process/unguarded.h"
#include "server/named.h"

APLOG_USE_MODULE(auth_introspect);

static void warn_of_server(const ti_server_t *raw, const server_rec *s);
static void warn_of_authorities(const ti_server_t *raw, const server_rec *s,
                                apr_pool_t *ptemp);
static void warn_of_lines(const server_rec *s);
static void warn_of_unguarded(const server_rec *s, apr_pool_t *ptemp);
static void warn_of_passwords(const mai_dir_t *dir, const server_rec *s);
static void warn_of_scopes(const mai_dir_t *dir, const server_rec *s,
                           apr_pool_t *ptemp);
static int are_listed(const mai_resource_t *resource, const char *scopes,
                      apr_pool_t *ptemp);

void mai_warning_all(const server_rec *main_server, apr_pool_t *ptemp)
{
    const apr_array_header_t *sections = mai_config_sections();
    const apr_array_header_t *named = mai_named_all();
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        if (dir->server != NULL) {
            warn_of_server(dir->server->raw, main_server);
            warn_of_authorities(dir->server->raw, main_server, ptemp);
        }
        if (dir->sends_to != NULL) {
            warn_of_passwords(dir, main_server);
        }
        if (dir->resource != NULL && dir->resource->scopes != NULL) {
            warn_of_scopes(dir, main_server, ptemp);
        }
    }
    for (i = 0; i < named->nelts; i++) {
        const ti_server_t *raw =
            APR_ARRAY_IDX(named, i, mai_combination_t *)->raw;

        warn_of_server(raw, main_server);
        warn_of_authorities(raw, main_server, ptemp);
    }
    warn_of_lines(main_server);
    warn_of_unguarded(main_server, ptemp);
}

static void warn_of_server(const ti_server_t *raw, const server_rec *s)
{
    int workers = mai_segment_workers();

    if (raw->tls_verify == TI_SWITCH_OFF) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "MAI%04d: IntrospectTLSVerify is Off: anyone between here "
                     "and the authorization server can read tokens and grant "
                     "access; write IntrospectTLSCAFile instead",
                     TI_MSG_TLS_UNVERIFIED);
    }
    if (raw->allow_insecure == TI_SWITCH_ON) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "MAI%04d: IntrospectAllowInsecure is On: tokens and our "
                     "secret may be sent without encryption",
                     TI_MSG_INSECURE);
    }
    if (raw->calls_max >= workers) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "MAI%04d: IntrospectCallsMax %d is not below the %d "
                     "requests that this httpd serves at once "
                     "(MaxRequestWorkers): an authorization server that hangs "
                     "can block them all; write a smaller number",
                     TI_MSG_MANY_CALLS, raw->calls_max, workers);
    }
}

/* The content that root has read serves, but changes go unnoticed. */
static void warn_of_authorities(const ti_server_t *raw, const server_rec *s,
                                apr_pool_t *ptemp)
{
    const char *path = raw->tls_ca_file.path;

    if (path != NULL && !mai_permission_to_read(path, ptemp)) {
        ap_log_error(
            APLOG_MARK, APLOG_WARNING, 0, s,
            "MAI%04d: httpd's User cannot read %s of IntrospectTLSCAFile: its "
            "present content stays in use until a reload; make it and its "
            "directories readable for everyone (chmod a+rX)",
            TI_MSG_UNREADABLE, path);
    }
}

static void warn_of_lines(const server_rec *s)
{
    const apr_array_header_t *twice = mai_setter_twice();
    int i;

    for (i = 0; i < twice->nelts; i++) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, "MAI%04d: %s",
                     TI_MSG_TWICE, APR_ARRAY_IDX(twice, i, const char *));
    }
}

static void warn_of_unguarded(const server_rec *s, apr_pool_t *ptemp)
{
    const apr_array_header_t *places = mai_unguarded_find(ptemp);
    int i;

    for (i = 0; i < places->nelts; i++) {
        ap_log_error(
            APLOG_MARK, APLOG_WARNING, 0, s,
            "MAI%04d: AuthType Introspect at %s has no Require line, and no "
            "other section brings one: everyone is let in, without a token; "
            "write 'Require valid-user' or what a token must have",
            TI_MSG_UNGUARDED, APR_ARRAY_IDX(places, i, const char *));
    }
}

static void warn_of_passwords(const mai_dir_t *dir, const server_rec *s)
{
    ap_log_error(
        APLOG_MARK, APLOG_WARNING, 0, s,
        "MAI%04d: AuthBasicProvider at %s names '%s' after introspect: "
        "passwords for '%s' are sent to the authorization server as "
        "if they were tokens; write introspect last",
        TI_MSG_PASSWORDS, dir->where, dir->sends_to, dir->sends_to);
}

/* Scopes that clients should not request, or cannot know of. */
static void warn_of_scopes(const mai_dir_t *dir, const server_rec *s,
                           apr_pool_t *ptemp)
{
    const mai_resource_t *resource = dir->resource;
    int i;

    if (ap_array_str_contains(resource->scopes, "offline_access")) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "MAI%04d: The resource of %s lists offline_access: that "
                     "is between a client and its authorization server; remove "
                     "it from IntrospectResourceScopes",
                     TI_MSG_OFFLINE_ACCESS, resource->where);
    }
    for (i = 0; dir->required != NULL && i < dir->required->nelts; i++) {
        const char *scopes = APR_ARRAY_IDX(dir->required, i, const char *);

        if (!are_listed(resource, scopes, ptemp)) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                         "MAI%04d: A Require line at the resource of %s asks "
                         "for '%s', which IntrospectResourceScopes does not "
                         "list: clients may never ask for it",
                         TI_MSG_UNLISTED, resource->where, scopes);
        }
    }
}

static int are_listed(const mai_resource_t *resource, const char *scopes,
                      apr_pool_t *ptemp)
{
    char *state;
    const char *scope = apr_strtok(apr_pstrdup(ptemp, scopes), " ", &state);

    while (scope != NULL && ap_array_str_contains(resource->scopes, scope)) {
        scope = apr_strtok(NULL, " ", &state);
    }
    return scope == NULL;
}
