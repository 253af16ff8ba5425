/* SPDX-License-Identifier: Apache-2.0
 *
 * mod_auth_introspect: opaque OAuth 2.0 access tokens for Apache httpd, by
 * token introspection (RFC 7662).
 *
 * The table of contents. What a request goes through, in this order:
 *
 *     post_read_request   headers      remove those that only we may send
 *     quick_handler       metadata     of protected resources (RFC 9728)
 *     post_perdir_config  source       take tokens from cookies, queries, ...
 *     post_perdir_config  credentials  hide them, if this place says so
 *     post_perdir_config  page         refuse other origins; rpc: MCP's headers
 *     access_checker_ex   export       clear what this place exports
 *     access_checker_ex   page         preflights
 *     access_checker_ex   guest        IntrospectOptional
 *     check_authn         authn        token; decision: its verdict; user
 *     auth_checker        authz        Require lines; 403 where one says no
 *     expr_lookup         expression   claims in expressions
 *     fixups              export       claims of the request that it continues
 *     insert_filter       response     what shared caches may keep
 *     handler             handler      introspect-jwks, introspect-status, ...
 *     insert_error_filter refusal      the challenge, once the status is final
 *     log_transaction     credentials  in no log; nor what source
 *                         source       hides of a request without a place
 *                         tally        what the request counts for
 *
 * A request that continues another (sub-request, redirect, error document) is
 * part of one visit with it: visit.h.
 *
 * What the server goes through: pre_config; the directives (directives,
 * config); check_config (metadata, start); post_config (shared, start, startup,
 * warning, headers, metadata, query, response); child_init (secret, shared,
 * combination, version, watcher, keeper, startup); child_stopping; and in the
 * parent child_status (shared).
 */
#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>

#include <apr_strings.h>
#include <ap_mpm.h>
#include <mpm_common.h>

#include "base/thread.h"
#include "config/config.h"
#include "context/tally.h"
#include "directives/directives.h"
#include "directives/provider.h"
#include "directives/secret.h"
#include "directives/setter.h"
#include "export/export.h"
#include "export/headers.h"
#include "export/logformat.h"
#include "module.h"
#include "pages/handler.h"
#include "pages/metadata.h"
#include "pages/places.h"
#include "process/dump.h"
#include "process/keeper.h"
#include "process/shared.h"
#include "process/start.h"
#include "process/startup.h"
#include "process/status.h"
#include "process/warning.h"
#include "process/watcher.h"
#include "reply/challenge.h"
#include "reply/refusal.h"
#include "request/authn.h"
#include "request/basic.h"
#include "request/optional.h"
#include "request/page.h"
#include "request/response.h"
#include "require/authz.h"
#include "require/expression.h"
#include "require/guest.h"
#include "require/stepup.h"
#include "require/tool.h"
#include "require/vouched.h"
#include "server/combination.h"
#include "server/version.h"
#include "store/backend.h"
#include "token/credentials.h"
#include "token/source.h"

/* httpd 2.4.49 and later tell when a child goes down. */
#if AP_MODULE_MAGIC_AT_LEAST(20120211, 110)
#define HAVE_CHILD_STOPPING
#endif

static int pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    mai_config_begin(pconf);
    mai_provider_begin(pconf);
    mai_setter_begin(pconf);
    mai_backend_register(pconf);
    mai_authz_register(pconf);
    mai_expression_log(pconf);
    mai_logformat_register(pconf);
    return OK;
}

static int check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                        server_rec *s)
{
    (void)plog;
    return mai_metadata_check(ptemp, s) == 0 ? mai_start_check(pconf, ptemp, s)
                                             : DONE;
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    if (mai_shared_open(s, pconf) != APR_SUCCESS ||
        mai_start_prepare(pconf, s) != APR_SUCCESS ||
        mai_shared_meet(s, pconf) != APR_SUCCESS) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mai_startup_guard();
    mai_secret_warn(s);
    mai_warning_all(s, ptemp);
    mai_headers_learn(mai_config_sections(), pconf);
    mai_metadata_learn(pconf, s);
    mai_credentials_learn(mai_config_sections());
    mai_source_learn(mai_config_sections(), pconf);
    mai_places_learn(mai_config_sections(), pconf);
    mai_response_learn();
    mai_config_end();
    return OK;
}

/* A signal that ends the child waits: its handler would destroy pools in the
 * middle of an allocation, see startup.h. */
static void child_init(apr_pool_t *pchild, server_rec *s)
{
    sigset_t before;

    ti_thread_block(&before);
    mai_secret_child();
    mai_shared_child(s, pchild);
    mai_combination_child(pchild);
    mai_version_child(pchild);
    mai_watcher_child(s, pchild);
    mai_keeper_child(s, pchild);
    mai_startup_end();
    ti_thread_unblock(&before);
}

/* In the parent, every few seconds. */
static int monitor(apr_pool_t *p, server_rec *s)
{
    (void)p;
    (void)s;
    mai_shared_sample();
    return DECLINED;
}

/* In the parent. */
static void child_status(server_rec *s, pid_t pid, ap_generation_t generation,
                         int slot, mpm_child_status state)
{
    (void)s;
    (void)generation;
    (void)slot;
    if (state != MPM_CHILD_STARTED) {
        mai_shared_bury((apr_int64_t)pid);
    }
}

#ifdef HAVE_CHILD_STOPPING
static void child_stopping(apr_pool_t *pchild, int graceful)
{
    (void)pchild;
    if (!graceful) {
        mai_shared_stop();
    }
}
#endif

static void register_request_hooks(void)
{
    ap_hook_create_request(mai_credentials_show_lookup, NULL, NULL,
                           APR_HOOK_REALLY_LAST);
    ap_hook_post_read_request(mai_headers_clean, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_post_read_request(mai_credentials_show_redirect, NULL, NULL,
                              APR_HOOK_REALLY_LAST);
    ap_hook_post_perdir_config(mai_credentials_hide, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
    ap_hook_post_perdir_config(mai_page_check, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_check_access_ex(mai_export_clear, NULL, NULL, APR_HOOK_FIRST,
                            AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_access_ex(mai_page_preflight, NULL, NULL, APR_HOOK_FIRST,
                            AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_access_ex(mai_guest_check, NULL, NULL, APR_HOOK_FIRST + 1,
                            AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_post_perdir_config(mai_source_take, NULL, NULL,
                               APR_HOOK_REALLY_FIRST - 1);
    ap_hook_check_authn(mai_authn_check, NULL, NULL, APR_HOOK_REALLY_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authz(mai_authz_check, NULL, NULL, APR_HOOK_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_expr_lookup(mai_expression_lookup, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_note_auth_failure(mai_challenge_note, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_quick_handler(mai_metadata_serve, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_fixups(mai_export_settle, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(mai_export_settle, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_insert_error_filter(mai_refusal_insert_error, NULL, NULL,
                                APR_HOOK_FIRST);
    ap_hook_insert_filter(mai_refusal_insert, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_insert_filter(mai_response_watch, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_handler(mai_handler_serve, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_log_transaction(mai_credentials_log, NULL, NULL,
                            APR_HOOK_REALLY_FIRST);
    ap_hook_log_transaction(mai_source_log, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_log_transaction(mai_tally_request, NULL, NULL,
                            APR_HOOK_REALLY_FIRST);
}

static void register_hooks(apr_pool_t *p)
{
    ap_hook_pre_config(pre_config, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_check_config(check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(mai_dump_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_monitor(monitor, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_status(child_status, NULL, NULL, APR_HOOK_MIDDLE);
#ifdef HAVE_CHILD_STOPPING
    ap_hook_child_stopping(child_stopping, NULL, NULL, APR_HOOK_MIDDLE);
#endif

    register_request_hooks();
    ap_register_auth_provider(p, AUTHN_PROVIDER_GROUP, MAI_PROVIDER,
                              AUTHN_PROVIDER_VERSION, &mai_basic_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
    mai_authz_register(p);
    mai_stepup_register(p);
    mai_expression_register(p);
    mai_tool_register(p);
    mai_vouched_register(p);
    mai_refusal_register();
    mai_response_register();
    mai_optional_register();
    mai_status_register();
}

AP_DECLARE_MODULE(auth_introspect) = {
    STANDARD20_MODULE_STUFF, /* version, for httpd */
    mai_config_create,       /* per directory: create */
    mai_config_merge,        /* per directory: merge */
    NULL,                    /* per server: create */
    NULL,                    /* per server: merge */
    mai_directives,          /* directives */
    register_hooks,          /* hooks */
    AP_MODULE_FLAG_NONE,     /* flags */
};
