/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of directives, and those that say what one place demands and
 * shows: also for .htaccess, under AllowOverride AuthConfig.
 */
#include "directives/directives.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "config/config.h"
#include "directives/authority.h"
#include "directives/naming.h"
#include "directives/credentials.h"
#include "directives/passage.h"
#include "module.h"
#include "config/prefix.h"
#include "directives/provider.h"
#include "directives/scopes.h"
#include "directives/selection.h"
#include "directives/shaping.h"
#include "claims/rule.h"
#include "directives/caching.h"
#include "directives/argument.h"
#include "directives/intake.h"
#include "directives/cors.h"
#include "directives/logout.h"
#include "directives/publishing.h"
#include "directives/revision.h"
#include "directives/wording.h"

static mai_dir_t *touch(void *config)
{
    mai_dir_t *dir = config;

    dir->touched = 1;
    return dir;
}

static const char *set_max_age(cmd_parms *cmd, void *config, const char *word)
{
    return mai_argument_time(&touch(config)->max_age, cmd, word);
}

static const char *set_issuer(cmd_parms *cmd, void *config, const char *issuer,
                              const char *word)
{
    mai_dir_t *dir = touch(config);

    dir->issuer = issuer;
    dir->issuer_required = word != NULL;
    if (word != NULL && apr_cstr_casecmp(word, "required") != 0) {
        return mai_argument_complain(cmd, word,
                                     "write nothing after the URL, or "
                                     "'required' where an answer has to say "
                                     "its issuer");
    }
    return *issuer != '\0'
               ? NULL
               : mai_argument_complain(cmd, issuer, "write the issuer's URL");
}

static const char *set_audience(cmd_parms *cmd, void *config, int argc,
                                char *const argv[])
{
    mai_dir_t *dir = touch(config);
    int i;

    dir->audiences = NULL;
    if (argc == 1 && strcmp(argv[0], "any") == 0) {
        dir->audiences = apr_array_make(cmd->pool, 1, sizeof(const char *));
        return NULL;
    }
    for (i = 0; i < argc; i++) {
        if (*argv[i] == '\0') {
            return mai_argument_complain(cmd, argv[i],
                                         "an audience has a name");
        }
        if (strcmp(argv[i], "any") == 0) {
            return mai_argument_refuse(cmd, argv[i],
                                       "it takes tokens for whomever: write it "
                                       "alone, or the audiences without it");
        }
        mai_argument_append(&dir->audiences, cmd, argv[i]);
    }
    return argc > 0
               ? NULL
               : mai_argument_complain(cmd, "", "write one audience or more");
}

static const char *set_leeway(cmd_parms *cmd, void *config, const char *word)
{
    mai_dir_t *dir = touch(config);
    const char *complaint = mai_argument_time(&dir->leeway, cmd, word);

    if (complaint == NULL && dir->leeway > MAI_LEEWAY_MAX) {
        complaint = mai_argument_refuse(cmd, word,
                                        "more than an hour is no "
                                        "clock skew");
    }
    return complaint;
}

static const char *set_export(cmd_parms *cmd, void *config, const char *word)
{
    mai_dir_t *dir = touch(config);

    if (apr_cstr_casecmp(word, "env") == 0) {
        dir->export = MAI_EXPORT_ENV;
    } else if (apr_cstr_casecmp(word, "header") == 0) {
        dir->export = MAI_EXPORT_HEADER;
    } else if (apr_cstr_casecmp(word, "both") == 0) {
        dir->export = MAI_EXPORT_BOTH;
    } else if (apr_cstr_casecmp(word, "none") == 0) {
        dir->export = MAI_EXPORT_NONE;
    } else {
        return mai_argument_complain(cmd, word,
                                     "write env, header, both or none");
    }
    return NULL;
}

static const char *set_export_prefix(cmd_parms *cmd, void *config,
                                     const char *word)
{
    mai_dir_t *dir = touch(config);
    int is_free = ap_check_cmd_context(cmd, NOT_IN_HTACCESS) == NULL;
    const char *complaint = mai_prefix_complaint(word, is_free);

    if (complaint != NULL) {
        return mai_argument_refuse(cmd, word, complaint);
    }
    dir->prefix = word;
    dir->header_prefix = mai_prefix_header(word, cmd->pool);
    return NULL;
}

/* On or Off, at the offset in mai_dir_t that the row has. */
static const char *set_switch(cmd_parms *cmd, void *config, const char *word)
{
    char *dir = (char *)touch(config);

    return mai_argument_switch(
        (ti_switch_t *)(void *)(dir + (apr_uintptr_t)cmd->info), cmd, word);
}

/* The same where it is the administrator's word alone. */
static const char *set_admin_switch(cmd_parms *cmd, void *config,
                                    const char *word)
{
    const char *complaint = ap_check_cmd_context(cmd, NOT_IN_HTACCESS);

    return complaint != NULL ? complaint : set_switch(cmd, config, word);
}

#define SERVER (RSRC_CONF | ACCESS_CONF)
#define POLICY (OR_AUTHCFG | RSRC_CONF)
#define AT(field) (void *)APR_OFFSETOF(ti_server_t, field)
#define HERE(field) (void *)APR_OFFSETOF(mai_dir_t, field)

const command_rec mai_directives[] = {
    AP_INIT_RAW_ARGS("<IntrospectServer", mai_naming_section, NULL, RSRC_CONF,
                     "an authorization server with a name"),
    AP_INIT_TAKE_ARGV("IntrospectServer", mai_naming_list, NULL, POLICY,
                      "the authorization servers that may vouch here, by name"),
    AP_INIT_TAKE1("IntrospectServerTryAll", set_admin_switch, HERE(try_all),
                  SERVER,
                  "On asks one after the other where no rule says whom"),
    AP_INIT_TAKE1("IntrospectTokenPrefix", mai_naming_prefix, NULL, SERVER,
                  "what all tokens of a server begin with"),
    AP_INIT_TAKE1("IntrospectUserQualify", set_admin_switch, HERE(qualify),
                  SERVER, "On puts the server's name behind that of the user"),
    AP_INIT_TAKE_ARGV("IntrospectEndpoint", mai_authority_endpoint, NULL,
                      SERVER,
                      "URL of the introspection endpoint; several are "
                      "equals of one authorization server"),
    AP_INIT_TAKE12("IntrospectDiscovery", mai_authority_discovery, NULL, SERVER,
                   "the issuer whose metadata say the endpoint; how old they "
                   "may become: a time such as 30s or 5min"),
    AP_INIT_TAKE12("IntrospectClientAuth", mai_credentials_method, NULL, SERVER,
                   "how we authenticate to the authorization server, and the "
                   "algorithm where we sign"),
    AP_INIT_TAKE1("IntrospectClientKey", mai_credentials_key, NULL, SERVER,
                  "our private keys: PEM, JWK or a set of JWKs, as a secret"),
    AP_INIT_TAKE1("IntrospectAssertionAudience", mai_credentials_audience, NULL,
                  SERVER,
                  "aud of what we sign: issuer, endpoint, token_endpoint or "
                  "the text itself"),
    AP_INIT_TAKE1("IntrospectClientID", mai_authority_client_id, NULL, SERVER,
                  "our client_id"),
    AP_INIT_TAKE1("IntrospectClientSecret", mai_authority_client_secret, NULL,
                  SERVER, "our secret: text, file:, env: or exec:"),
    AP_INIT_TAKE1("IntrospectTLSCertificate", mai_credentials_certificate, NULL,
                  SERVER, "our certificate: a file in PEM or PKCS#12"),
    AP_INIT_TAKE1("IntrospectTLSCertificateKey",
                  mai_credentials_certificate_key, NULL, SERVER,
                  "its private key, where it has a file of its own, in PEM"),
    AP_INIT_TAKE1("IntrospectTLSCertificatePassphrase",
                  mai_credentials_passphrase, NULL, SERVER,
                  "the passphrase of the key, as a secret"),
    AP_INIT_TAKE1("IntrospectBearerToken", mai_authority_bearer, NULL, SERVER,
                  "our own token for IntrospectClientAuth bearer"),
    AP_INIT_TAKE1("IntrospectTokenTypeHint", mai_authority_hint, NULL, SERVER,
                  "token_type_hint, or none"),
    AP_INIT_TAKE2("IntrospectParam", mai_authority_param, NULL, SERVER,
                  "a further form parameter: NAME VALUE"),
    AP_INIT_TAKE12("IntrospectTimeout", mai_authority_timeout, NULL, SERVER,
                   "time for a whole question, such as 2s or 500ms, and for "
                   "connecting"),
    AP_INIT_TAKE1("IntrospectTLSVerify", mai_authority_switch, AT(tls_verify),
                  SERVER, "On, or Off to trust any certificate"),
    AP_INIT_TAKE1("IntrospectTLSCAFile", mai_passage_tls_ca_file, NULL, SERVER,
                  "PEM file of the authorities to trust"),
    AP_INIT_TAKE1("IntrospectTLSMinVersion", mai_passage_tls_min, NULL, SERVER,
                  "1.2 or 1.3"),
    AP_INIT_TAKE_ARGV("IntrospectTLSPin", mai_passage_tls_pin, NULL, SERVER,
                      "public keys, one of which the server must have: "
                      "sha256//BASE64"),
    AP_INIT_TAKE1("IntrospectProxy", mai_passage_proxy, NULL, SERVER,
                  "outgoing proxy: http://HOST:PORT, or none"),
    AP_INIT_TAKE1("IntrospectProxyCredentials", mai_passage_proxy_login, NULL,
                  SERVER, "USER:PASSWORD for the proxy, as a secret"),
    AP_INIT_TAKE_ARGV("IntrospectNoProxy", mai_passage_no_proxy, NULL, SERVER,
                      "hosts that are asked without the proxy"),
    AP_INIT_TAKE2("IntrospectHeader", mai_passage_header, NULL, SERVER,
                  "a further header of the request: NAME SECRET"),
    AP_INIT_TAKE1("IntrospectTrace", mai_authority_switch, AT(trace), SERVER,
                  "On makes a traceparent where a request has none, Off "
                  "passes none on"),
    AP_INIT_TAKE1("IntrospectAllowInsecure", mai_authority_switch,
                  AT(allow_insecure), SERVER,
                  "On to allow http to other hosts"),
    AP_INIT_TAKE1("IntrospectCacheMaxAge", mai_authority_time,
                  AT(cache_max_age), SERVER,
                  "how long an active answer is remembered: a time such as 30s "
                  "or 5min"),
    AP_INIT_TAKE1("IntrospectNegativeMaxAge", mai_authority_time,
                  AT(negative_max_age), SERVER,
                  "how long an inactive answer is remembered: a time such as "
                  "30s or 5min"),
    AP_INIT_TAKE1("IntrospectStaleIfError", mai_authority_time,
                  AT(stale_if_error), SERVER,
                  "how long beyond that while nobody can be asked: a time such "
                  "as 30s or 5min"),
    AP_INIT_TAKE1("IntrospectRefresh", mai_authority_refresh, NULL, SERVER,
                  "share of its life after which an answer in use is renewed "
                  "in the background, or Off"),
    AP_INIT_TAKE1("IntrospectCallsMax", mai_authority_calls_max, NULL, SERVER,
                  "simultaneous questions to one authorization server"),
    AP_INIT_TAKE1("IntrospectJWKSURL", mai_authority_jwks_url, NULL, SERVER,
                  "the authorization server's key set, for SetHandler "
                  "introspect-jwks"),
    AP_INIT_TAKE12("IntrospectCache", mai_caching_cache, NULL, RSRC_CONF,
                   "shm[:SIZE], a socache provider, both, or none"),
    AP_INIT_TAKE1("IntrospectCachePassword", mai_caching_password, NULL,
                  RSRC_CONF,
                  "the password of the Redis in IntrospectCache: text, "
                  "file:PATH, env:NAME or exec:PROGRAM"),
    AP_INIT_TAKE12("IntrospectCacheSecret", mai_caching_secret, NULL, RSRC_CONF,
                   "seals what goes into a shared store; the previous one"),
    AP_INIT_TAKE1("IntrospectMaxAge", set_max_age, NULL, POLICY,
                  "accept no remembered answer older than this: a time such as "
                  "30s or 5min"),
    AP_INIT_TAKE12("IntrospectIssuer", set_issuer, NULL, POLICY,
                   "the issuer that tokens must be from; required: also "
                   "where an answer does not say it"),
    AP_INIT_TAKE_ARGV("IntrospectAudience", set_audience, NULL, POLICY,
                      "audiences, one of which tokens must be for"),
    AP_INIT_TAKE1("IntrospectLeeway", set_leeway, NULL, POLICY,
                  "clock skew allowed for exp, nbf and iat: a time such as 30s "
                  "or 1min"),
    AP_INIT_TAKE_ARGV("IntrospectRemoteUser", mai_selection_user, NULL, POLICY,
                      "claims, the first present becomes REMOTE_USER"),
    AP_INIT_TAKE1("IntrospectExport", set_export, NULL, POLICY,
                  "env, header, both or none"),
    AP_INIT_TAKE1("IntrospectExportPrefix", set_export_prefix, NULL, POLICY,
                  "prefix of variables and headers"),
    AP_INIT_TAKE_ARGV("IntrospectExportClaims", mai_selection_export, NULL,
                      POLICY, "the claims to export"),
    AP_INIT_TAKE1("IntrospectExportLists", mai_shaping_lists, NULL, POLICY,
                  "json, or what stands between elements"),
    AP_INIT_TAKE1("IntrospectExportEncoding", mai_shaping_encoding, NULL,
                  POLICY, "utf-8, base64url or percent"),
    AP_INIT_TAKE1("IntrospectExportJSON", mai_shaping_json, NULL, POLICY,
                  "On: the whole answer as JSON as well"),
    AP_INIT_TAKE_ARGV("IntrospectScopeSyntax", mai_scopes_syntax, NULL, POLICY,
                      "where scopes stand, and what they cover"),
    AP_INIT_TAKE1("IntrospectForwardToken", set_switch, HERE(forward_token),
                  POLICY, "Off: remove the credentials before the application"),
    AP_INIT_TAKE12("IntrospectResource", mai_publishing_url, NULL, SERVER,
                   "URL of the protected resource; root: its metadata is "
                   "served at the root place, too"),
    AP_INIT_TAKE_ARGV("IntrospectResourceScopes", mai_publishing_scopes, NULL,
                      SERVER, "the scopes that clients can ask for"),
    AP_INIT_TAKE_ARGV("IntrospectResourceServers", mai_publishing_servers, NULL,
                      SERVER, "issuers of whom clients get tokens"),
    AP_INIT_TAKE1("IntrospectResourceDocumentation", mai_publishing_documentation,
                  NULL, SERVER, "URL of a page for developers"),
    AP_INIT_TAKE2("IntrospectResourceMember", mai_publishing_member, NULL, SERVER,
                  "a further member of the metadata: NAME VALUE"),
    AP_INIT_TAKE_ARGV("IntrospectOrigins", mai_cors_origins, NULL, SERVER,
                      "origins whose pages may send requests"),
    AP_INIT_TAKE1("IntrospectAllowPreflight", set_switch, HERE(allow_preflight),
                  POLICY, "On: a browser's preflight needs no token"),
    AP_INIT_TAKE_ARGV("IntrospectMCP", mai_revision_read, NULL, POLICY,
                      "On: headers of MCP clients are checked"),
    AP_INIT_TAKE1("IntrospectOptional", set_switch, HERE(optional), POLICY,
                  "On: no token makes a guest, and Require decides"),
    AP_INIT_TAKE_ARGV("IntrospectTokenFrom", mai_intake_carriers, NULL, POLICY,
                      "where tokens come from: header, cookie:NAME, ..."),
    AP_INIT_TAKE1("IntrospectCrossSite", set_admin_switch, HERE(cross_site),
                  SERVER, "On: tokens that browsers add count on any page"),
    AP_INIT_TAKE_ARGV("IntrospectScope", mai_wording_scope, NULL, POLICY,
                      "the scopes that challenges name"),
    AP_INIT_TAKE1("AuthName", mai_wording_realm, NULL, OR_AUTHCFG,
                  "the realm: see mod_auth_introspect"),
    AP_INIT_TAKE1("IntrospectAdmin", set_admin_switch, HERE(admin), SERVER,
                  "On: introspect-purge serves without a user, for something "
                  "else protects it; Off: it serves nobody"),
    AP_INIT_TAKE_ARGV("IntrospectLogoutAudience", mai_logout_audience, NULL,
                      SERVER, "clients whose logout tokens count"),
    AP_INIT_TAKE1("AuthType", mai_provider_auth_type, NULL, OR_AUTHCFG,
                  "Introspect: see mod_auth_introspect"),
    AP_INIT_ITERATE("AuthBasicProvider", mai_provider_basic, NULL, OR_AUTHCFG,
                    "introspect: the password is the token"),
    AP_INIT_RAW_ARGS("<AuthnProviderAlias", mai_provider_alias, NULL, RSRC_CONF,
                     "introspect NAME: another name, with settings"),
    {NULL}};
