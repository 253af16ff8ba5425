/* SPDX-License-Identifier: Apache-2.0 */
#include "process/start.h"

#include <http_log.h>

#include "base/messages.h"
#include "config/config.h"
#include "config/sections.h"
#include "directives/logout.h"
#include "directives/signing.h"
#include "module.h"
#include "process/vouching.h"
#include "server/named.h"
#include "store/socache.h"

APLOG_USE_MODULE(auth_introspect);

static int check_place(const mai_dir_t *dir, apr_pool_t *ptemp,
                       server_rec *main_server);
static int lacks_audience(const mai_dir_t *dir);
static void note_audience(const char *where, int count,
                          server_rec *main_server);
static int check_keys(mai_combination_t *server, apr_pool_t *ptemp,
                      server_rec *main_server);
static int check_store(server_rec *main_server);
static int check_names(server_rec *main_server);
static int check_directive(const char *complaint, server_rec *main_server);

int mai_start_check(apr_pool_t *pconf, apr_pool_t *ptemp,
                    server_rec *main_server)
{
    const apr_array_header_t *sections = mai_config_sections();
    int wrong = check_store(main_server) + check_names(main_server) +
                check_directive(mai_logout_complaint(), main_server) +
                check_directive(mai_signing_complaint(), main_server) +
                mai_vouching_check(pconf, ptemp, main_server);
    const char *first = NULL;
    int lacking = 0;
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        int is_place = dir->introspect == TI_SWITCH_ON && dir->s != NULL;

        if (is_place) {
            if (lacks_audience(dir) && lacking++ == 0) {
                first = dir->where;
            }
        }
        if (dir->named != NULL) {
            continue; /* mai_vouching_check has checked them */
        }
        if (is_place) {
            wrong += check_place(dir, ptemp, main_server);
        } else if (dir->server != NULL) {
            wrong += check_keys(dir->server, ptemp, main_server);
        }
    }
    if (lacking > 0) {
        note_audience(first, lacking, main_server);
    }
    return wrong == 0 ? OK : DONE;
}

apr_status_t mai_start_prepare(apr_pool_t *pconf, server_rec *main_server)
{
    const apr_array_header_t *sections = mai_config_sections();
    const mai_combination_t *outermost =
        mai_config_defaults(main_server)->server;
    apr_status_t rv = mai_vouching_prepare(pconf);
    server_rec *s;
    int i;

    for (s = main_server; s != NULL; s = s->next) {
        mai_combination_t *base = mai_config_defaults(s)->server;

        if (rv == APR_SUCCESS) {
            rv = mai_combination_prepare_one(base, pconf);
        }

        for (i = 0; i < sections->nelts && rv == APR_SUCCESS; i++) {
            mai_combination_t *add =
                APR_ARRAY_IDX(sections, i, mai_dir_t *)->server;

            if (add != NULL && add != base && add != outermost &&
                mai_sections_serve(add, s, main_server)) {
                rv = mai_combination_prepare(base, add, pconf);
            }
        }
        if (rv != APR_SUCCESS) {
            ap_log_error(APLOG_MARK, APLOG_ERR, rv, main_server,
                         "MAI%04d: mod_auth_introspect could not make the "
                         "cache keys of its authorization servers",
                         TI_MSG_START_FAILED);
            return rv;
        }
    }
    for (i = 0; i < sections->nelts; i++) {
        mai_dir_t *dir = APR_ARRAY_IDX(sections, i, mai_dir_t *);

        if (dir->s != NULL) {
            mai_config_settle(dir, mai_config_defaults(dir->s), pconf);
        }
    }
    return APR_SUCCESS;
}

static int check_place(const mai_dir_t *dir, apr_pool_t *ptemp,
                       server_rec *main_server)
{
    mai_combination_t *base = mai_config_defaults(dir->s)->server;
    mai_combination_t *merged =
        dir->server == base ? base
                            : mai_combination_merge(base, dir->server, ptemp);
    ti_server_t *settings;
    const char *complaint;

    if (mai_config_defaults(dir->s)->named != NULL &&
        (dir->server == NULL || !ti_server_is_set(dir->server->raw))) {
        return 0;
    }
    if ((merged == NULL || !ti_server_is_set(merged->raw)) &&
        mai_sections_bring_server(dir->s, main_server)) {
        return 0; /* another section may add it; only a request can tell */
    }
    settings = ti_server_create(ptemp);
    if (merged != NULL) {
        settings = ti_server_merge(settings, merged->raw, ptemp);
    }
    ti_server_finish(settings, 0, ptemp);
    complaint = ti_server_complaint(settings, ptemp);
    if (complaint != NULL && dir->by_alias &&
        mai_sections_bring_server(dir->s, main_server)) {
        return 0; /* the alias may add it, and has a check of its own */
    }
    if (complaint != NULL) {
        ap_log_error(
            APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
            "MAI%04d: The section at %s cannot verify tokens: %s%s",
            TI_MSG_START_REFUSED, dir->where, complaint,
            mai_sections_in_host_only(dir, main_server)
                ? "; one in a <VirtualHost> serves requests to that host "
                  "only, and this section is outside it: move one of them"
                : "");
        return 1;
    }
    return 0;
}

/* Also for a section whose servers have names. */
static int lacks_audience(const mai_dir_t *dir)
{
    const mai_dir_t *around = mai_config_defaults(dir->s);

    return dir->audiences == NULL && dir->resource == NULL &&
           around->audiences == NULL && around->resource == NULL;
}

/* One line for any number of sections. */
static void note_audience(const char *where, int count, server_rec *main_server)
{
    if (count == 1) {
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, main_server,
                     "MAI%04d: The section at %s has no IntrospectAudience: it "
                     "accepts tokens meant for other servers",
                     TI_MSG_NO_AUDIENCE, where);
        return;
    }
    ap_log_error(
        APLOG_MARK, APLOG_INFO, 0, main_server,
        "MAI%04d: %d sections have no IntrospectAudience, the first of "
        "them at %s: they accept tokens meant for other servers",
        TI_MSG_NO_AUDIENCE, count, where);
}

/* A section that verifies no token may still serve a key set. */
static int check_keys(mai_combination_t *server, apr_pool_t *ptemp,
                      server_rec *main_server)
{
    const mai_combination_t *merged = mai_combination_merge(
        mai_config_defaults(server->s)->server, server, ptemp);
    const char *complaint = ti_server_keys_complaint(merged->raw, ptemp);

    if (complaint == NULL || mai_sections_allow_insecure()) {
        return 0; /* another section may allow it; only a request can tell */
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                 "MAI%04d: A key set cannot be served: %s",
                 TI_MSG_START_REFUSED, complaint);
    return 1;
}

static int check_store(server_rec *main_server)
{
    const mai_cache_config_t *cache = mai_config_cache();

    if (cache->password != NULL &&
        (cache->socache == NULL ||
         !mai_socache_login(cache->socache, cache->password,
                            cache->sentinels))) {
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                     "MAI%04d: IntrospectCachePassword is for Redis only: "
                     "write 'IntrospectCache shm redis:HOST', or leave it out",
                     TI_MSG_START_REFUSED);
        return 1;
    }
    if (cache->socache == NULL || cache->secret != NULL ||
        mai_socache_is_local(cache->socache)) {
        return 0;
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                 "MAI%04d: IntrospectCache with a store that others can reach "
                 "needs 'IntrospectCacheSecret SECRET' (or file:PATH): make "
                 "one with 'openssl rand -base64 32'",
                 TI_MSG_START_REFUSED);
    return 1;
}

/* An unsafe AuthName, if any place is ours: start cannot know to which sections
 * it applies. */
static int check_names(server_rec *main_server)
{
    const apr_array_header_t *sections = mai_config_sections();
    int places = 0;
    int wrong = 0;
    int i;

    for (i = 0; i < sections->nelts; i++) {
        places += APR_ARRAY_IDX(sections, i, const mai_dir_t *)->introspect ==
                  TI_SWITCH_ON;
    }
    for (i = 0; i < sections->nelts && places > 0; i++) {
        const char *misnamed =
            APR_ARRAY_IDX(sections, i, const mai_dir_t *)->misnamed;

        if (misnamed != NULL) {
            ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                         "MAI%04d: %s", TI_MSG_START_REFUSED, misnamed);
            wrong++;
        }
    }
    return wrong;
}

/* A complaint about one directive, in whatever section. */
static int check_directive(const char *complaint, server_rec *main_server)
{
    if (complaint == NULL) {
        return 0;
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                 "MAI%04d: %s", TI_MSG_START_REFUSED, complaint);
    return 1;
}
