/* SPDX-License-Identifier: Apache-2.0 */
#include "process/vouching.h"

#include <apr_strings.h>
#include <http_config.h>
#include <http_log.h>

#include "ask/choice.h"
#include "base/messages.h"
#include "config/config.h"
#include "module.h"
#include "server/named.h"

APLOG_USE_MODULE(auth_introspect);

static int check_server(const mai_combination_t *server, apr_pool_t *ptemp,
                        server_rec *main_server);
static int check_place(const mai_dir_t *dir, apr_pool_t *pconf,
                       apr_pool_t *ptemp, server_rec *main_server);
static int check_requirements(apr_pool_t *ptemp, server_rec *main_server);
static const char *choice_complaint(const mai_dir_t *dir, apr_pool_t *ptemp);

/* The log line names the source line of the caller. */
#define refuse(s, where, complaint)                                            \
    refuse_at(__LINE__, (s), (where), (complaint))
static int refuse_at(int line, server_rec *s, const char *where,
                     const char *complaint);

int mai_vouching_check(apr_pool_t *pconf, apr_pool_t *ptemp,
                       server_rec *main_server)
{
    const apr_array_header_t *sections = mai_config_sections();
    const apr_array_header_t *servers = mai_named_all();
    int wrong = 0;
    int i;

    for (i = 0; i < servers->nelts; i++) {
        mai_combination_t *server =
            APR_ARRAY_IDX(servers, i, mai_combination_t *);

        mai_named_inherit(server, mai_config_defaults(server->s)->server,
                          pconf);
        if (server->raw->issuer == NULL) {
            server->raw->issuer = server->raw->discovery;
        }
        wrong += check_server(server, ptemp, main_server);
    }
    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        if (dir->named != NULL) {
            wrong += check_place(dir, pconf, ptemp, main_server);
        }
    }
    return wrong + check_requirements(ptemp, main_server);
}

apr_status_t mai_vouching_prepare(apr_pool_t *pconf)
{
    const apr_array_header_t *sections = mai_config_sections();
    const apr_array_header_t *servers = mai_named_all();
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < servers->nelts && rv == APR_SUCCESS; i++) {
        rv = mai_combination_prepare_one(
            APR_ARRAY_IDX(servers, i, mai_combination_t *), pconf);
    }
    for (i = 0; i < sections->nelts && rv == APR_SUCCESS; i++) {
        mai_named_t *named =
            APR_ARRAY_IDX(sections, i, const mai_dir_t *)->named;

        if (named != NULL) {
            mai_named_settle(named, pconf);
        }
    }
    return rv;
}

static int check_server(const mai_combination_t *server, apr_pool_t *ptemp,
                        server_rec *main_server)
{
    ti_server_t *settings = apr_pmemdup(ptemp, server->raw, sizeof(*settings));
    const char *complaint;

    ti_server_finish(settings, 0, ptemp);
    complaint = ti_server_complaint(settings, ptemp);
    return complaint == NULL
               ? 0
               : refuse(main_server,
                        apr_psprintf(ptemp, "<IntrospectServer %s>",
                                     settings->name),
                        complaint);
}

static int check_place(const mai_dir_t *dir, apr_pool_t *pconf,
                       apr_pool_t *ptemp, server_rec *main_server)
{
    const char *complaint = mai_named_resolve(dir->named, pconf);

    if (complaint == NULL && dir->server != NULL &&
        ti_server_is_set(dir->server->raw)) {
        complaint = "this place also has an IntrospectEndpoint: write only one "
                    "of them";
    }
    if (complaint == NULL) {
        complaint = choice_complaint(dir, ptemp);
    }
    return complaint == NULL
               ? 0
               : refuse(main_server,
                        apr_psprintf(ptemp, "IntrospectServer of %s",
                                     dir->named->where),
                        complaint);
}

static const char *choice_complaint(const mai_dir_t *dir, apr_pool_t *ptemp)
{
    const apr_array_header_t *all = dir->named->all;
    apr_array_header_t *servers =
        apr_array_make(ptemp, all->nelts, sizeof(const ti_server_t *));
    const mai_dir_t *around = mai_config_defaults(dir->named->s);
    int i;

    if (dir->try_all == TI_SWITCH_ON ||
        (dir->try_all == TI_SWITCH_UNSET && around->try_all == TI_SWITCH_ON)) {
        return NULL;
    }
    for (i = 0; i < all->nelts; i++) {
        APR_ARRAY_PUSH(servers, const ti_server_t *) =
            APR_ARRAY_IDX(all, i, mai_combination_t *)->raw;
    }
    return ti_choice_complaint(servers, ptemp);
}

/* Require introspect-server NAME... */
static int check_requirements(apr_pool_t *ptemp, server_rec *main_server)
{
    const char *where = NULL;
    const char *name;
    int wrong = 0;
    int i = 0;

    while ((name = mai_named_missing(&where, &i, ptemp)) != NULL) {
        wrong += refuse(
            main_server,
            apr_psprintf(ptemp, "Require introspect-server of %s", where),
            apr_psprintf(ptemp,
                         "there is no <IntrospectServer %s>: define it, or "
                         "correct the name",
                         name));
    }
    return wrong;
}

static int refuse_at(int line, server_rec *s, const char *where,
                     const char *complaint)
{
    ap_log_error(__FILE__, line, APLOG_MODULE_INDEX, APLOG_STARTUP | APLOG_ERR,
                 0, s, "MAI%04d: %s: %s", TI_MSG_START_REFUSED, where,
                 complaint);
    return 1;
}
