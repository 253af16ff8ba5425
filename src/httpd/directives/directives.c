/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/directives.h"

#include "config/config.h"
#include "directives/authority.h"
#include "directives/caching.h"
#include "directives/cors.h"
#include "directives/credentials.h"
#include "directives/demand.h"
#include "directives/intake.h"
#include "directives/logout.h"
#include "directives/naming.h"
#include "directives/passage.h"
#include "directives/provider.h"
#include "directives/publishing.h"
#include "directives/revision.h"
#include "directives/scopes.h"
#include "directives/selection.h"
#include "directives/setter.h"
#include "directives/shaping.h"
#include "directives/signing.h"
#include "directives/wording.h"

/* Where a row may stand: in httpd.conf only, or also in a .htaccess, under
 * AllowOverride AuthConfig. */
#define ADMIN (RSRC_CONF | ACCESS_CONF)
#define POLICY (OR_AUTHCFG | RSRC_CONF)

/* Rows about a section's authorization server, with a function. */
#define SERVER_TAKE1(name, function, help)                                     \
    AP_INIT_TAKE1(name, mai_setter_server_word,                                \
                  (&(mai_server_setter_t){.word = (function)}), ADMIN, help)
#define SERVER_TAKE2(name, function, help)                                     \
    AP_INIT_TAKE2(name, mai_setter_server_pair,                                \
                  (&(mai_server_setter_t){.pair = (function)}), ADMIN, help)
#define SERVER_TAKE12(name, function, help)                                    \
    AP_INIT_TAKE12(name, mai_setter_server_pair,                               \
                   (&(mai_server_setter_t){.pair = (function)}), ADMIN, help)
#define SERVER_LIST(name, function, help)                                      \
    AP_INIT_TAKE_ARGV(name, mai_setter_server_list,                            \
                      (&(mai_server_setter_t){.list = (function)}), ADMIN,     \
                      help)

/* Or with the field of ti_server_t that its one word sets. */
#define SERVER_TIME(name, field, help)                                         \
    AP_INIT_TAKE1(name, mai_setter_server_time,                                \
                  (void *)APR_OFFSETOF(ti_server_t, field), ADMIN, help)
#define SERVER_SWITCH(name, field, help)                                       \
    AP_INIT_TAKE1(name, mai_setter_server_switch,                              \
                  (void *)APR_OFFSETOF(ti_server_t, field), ADMIN, help)
#define SERVER_SECRET(name, field, help)                                       \
    AP_INIT_TAKE1(name, mai_setter_server_secret,                              \
                  (void *)APR_OFFSETOF(ti_server_t, field), ADMIN, help)

/* Rows about the place itself, with a function or a field of mai_dir_t. */
#define PLACE_TAKE1(name, function, where, help)                               \
    AP_INIT_TAKE1(name, mai_setter_place_word,                                 \
                  (&(mai_place_setter_t){.word = (function)}), where, help)
#define PLACE_TAKE2(name, function, where, help)                               \
    AP_INIT_TAKE2(name, mai_setter_place_pair,                                 \
                  (&(mai_place_setter_t){.pair = (function)}), where, help)
#define PLACE_TAKE12(name, function, where, help)                              \
    AP_INIT_TAKE12(name, mai_setter_place_pair,                                \
                   (&(mai_place_setter_t){.pair = (function)}), where, help)
#define PLACE_LIST(name, function, where, help)                                \
    AP_INIT_TAKE_ARGV(name, mai_setter_place_list,                             \
                      (&(mai_place_setter_t){.list = (function)}), where,      \
                      help)
#define PLACE_TIME(name, field, where, help)                                   \
    AP_INIT_TAKE1(name, mai_setter_place_time,                                 \
                  (void *)APR_OFFSETOF(mai_dir_t, field), where, help)
#define PLACE_SWITCH(name, field, where, help)                                 \
    AP_INIT_TAKE1(name, mai_setter_place_switch,                               \
                  (void *)APR_OFFSETOF(mai_dir_t, field), where, help)

const command_rec mai_directives[] = {
    /* Whom tokens are shown to. */
    AP_INIT_RAW_ARGS("<IntrospectServer", mai_naming_section, NULL, RSRC_CONF,
                     "a named authorization server"),
    PLACE_LIST(
        "IntrospectServer", mai_naming_list, POLICY,
        "the authorization servers that may vouch for tokens here, by name"),
    PLACE_SWITCH("IntrospectServerTryAll", try_all, ADMIN,
                 "On: ask one after the other where no rule chooses"),
    SERVER_TAKE1("IntrospectTokenPrefix", mai_naming_prefix,
                 "the prefix of all tokens of a server"),
    PLACE_SWITCH("IntrospectUserQualify", qualify, ADMIN,
                 "On: append the server's name to the user's"),
    SERVER_LIST("IntrospectEndpoint", mai_authority_endpoint,
                "URL of the introspection endpoint; several URLs serve the "
                "same authorization server"),
    SERVER_TAKE12("IntrospectDiscovery", mai_authority_discovery,
                  "the issuer whose metadata names the endpoint; its maximum "
                  "age: a time such as 30s or 5min"),
    SERVER_TAKE1(
        "IntrospectJWKSURL", mai_authority_jwks_url,
        "the authorization server's key set, for SetHandler introspect-jwks"),
    SERVER_TAKE12("IntrospectSignedResponse", mai_signing_form,
                  "On (RFC 9701), jwt or Off: answers must be signed; the "
                  "signer's issuer"),
    SERVER_LIST("IntrospectSignedResponseAlg", mai_signing_algs,
                "the algorithms that may sign answers"),
    SERVER_TAKE1("IntrospectSignedResponseAudience", mai_signing_audience,
                 "the aud of signed answers, or any"),
    /* Who we are to the authorization server. */
    SERVER_TAKE12("IntrospectClientAuth", mai_credentials_method,
                  "how we authenticate to the authorization server; the "
                  "algorithm, where we sign"),
    SERVER_TAKE1("IntrospectClientID", mai_authority_client_id,
                 "our client_id"),
    SERVER_TAKE12(
        "IntrospectClientSecret", mai_credentials_secret,
        "our secret, and the previous one: text, file:, env: or exec:"),
    SERVER_TAKE1("IntrospectBearerToken", mai_credentials_bearer,
                 "our own token for IntrospectClientAuth bearer"),
    SERVER_TAKE1("IntrospectClientKey", mai_credentials_key,
                 "our private keys: PEM, JWK or a set of JWKs, as a secret"),
    SERVER_TAKE1("IntrospectAssertionAudience", mai_credentials_audience,
                 "aud of what we sign: issuer, endpoint, token_endpoint or the "
                 "text itself"),
    SERVER_TAKE1("IntrospectTLSCertificate", mai_credentials_certificate,
                 "our certificate: a file in PEM or PKCS#12"),
    SERVER_TAKE1("IntrospectTLSCertificateKey", mai_credentials_certificate_key,
                 "its private key, where it has a file of its own, in PEM"),
    SERVER_SECRET("IntrospectTLSCertificatePassphrase", certificate.passphrase,
                  "the passphrase of the key, as a secret"),
    /* How it is asked. */
    SERVER_TAKE1("IntrospectTokenTypeHint", mai_authority_hint,
                 "token_type_hint, or none"),
    SERVER_TAKE2("IntrospectParam", mai_authority_param,
                 "a further form parameter: NAME VALUE"),
    SERVER_TAKE2("IntrospectHeader", mai_passage_header,
                 "a further header of the request: NAME SECRET"),
    SERVER_SWITCH(
        "IntrospectTrace", trace,
        "On: create a traceparent where a request has none; Off: forward none"),
    SERVER_TAKE12(
        "IntrospectTimeout", mai_authority_timeout,
        "time for a whole question, such as 2s or 500ms, and for connecting"),
    SERVER_TAKE1("IntrospectCallsMax", mai_authority_calls_max,
                 "simultaneous questions to one authorization server"),
    /* How it is reached. */
    SERVER_SWITCH("IntrospectAllowInsecure", allow_insecure,
                  "On: allow http to other hosts"),
    SERVER_SWITCH("IntrospectTLSVerify", tls_verify,
                  "Off: trust any certificate"),
    SERVER_TAKE1("IntrospectTLSCAFile", mai_passage_tls_ca_file,
                 "PEM file of the authorities to trust"),
    SERVER_TAKE1("IntrospectTLSMinVersion", mai_passage_tls_min, "1.2 or 1.3"),
    SERVER_LIST("IntrospectTLSPin", mai_passage_tls_pin,
                "pinned public keys, one of which the server must have: "
                "sha256//BASE64"),
    SERVER_TAKE1("IntrospectProxy", mai_passage_proxy,
                 "outgoing proxy: http://HOST:PORT, or none"),
    SERVER_TAKE1("IntrospectProxyCredentials", mai_passage_proxy_login,
                 "USER:PASSWORD for the proxy, as a secret"),
    SERVER_LIST("IntrospectNoProxy", mai_passage_no_proxy,
                "hosts reached without the proxy"),
    /* What is remembered, and where. */
    SERVER_TIME(
        "IntrospectCacheMaxAge", cache_max_age,
        "how long an active answer is remembered: a time such as 30s or 5min"),
    SERVER_TIME("IntrospectNegativeMaxAge", negative_max_age,
                "how long an inactive answer is remembered: a time such as 30s "
                "or 5min"),
    SERVER_TIME("IntrospectStaleIfError", stale_if_error,
                "how long a stale answer serves while the authorization server "
                "fails: a time such as 30s or 5min"),
    SERVER_TAKE1("IntrospectRefresh", mai_authority_refresh,
                 "share of its life after which an answer in use is refreshed "
                 "in the background, or Off"),
    AP_INIT_TAKE12("IntrospectCache", mai_caching_cache, NULL, RSRC_CONF,
                   "shm[:SIZE], a socache provider, both, or none"),
    AP_INIT_TAKE12("IntrospectCachePassword", mai_caching_password, NULL,
                   RSRC_CONF,
                   "the password of the Redis in IntrospectCache, and that of "
                   "its Sentinels: text, file:PATH, env:NAME or exec:PROGRAM"),
    AP_INIT_TAKE12(
        "IntrospectCacheSecret", mai_caching_secret, NULL, RSRC_CONF,
        "the secret that seals entries of a shared store; the previous one"),
    /* What a place demands. */
    PLACE_TIME("IntrospectMaxAge", max_age, POLICY,
               "accept no remembered answer older than this: a time such as "
               "30s or 5min"),
    PLACE_TAKE12("IntrospectIssuer", mai_demand_issuer, POLICY,
                 "the issuer that tokens must be from; required: refuse "
                 "answers that name none"),
    PLACE_LIST("IntrospectAudience", mai_demand_audience, POLICY,
               "audiences, one of which a token must be for"),
    PLACE_TAKE1(
        "IntrospectLeeway", mai_demand_leeway, POLICY,
        "clock skew allowed for exp, nbf and iat: a time such as 30s or 1min"),
    PLACE_LIST("IntrospectScopeSyntax", mai_scopes_syntax, POLICY,
               "where scopes stand, and what they cover"),
    PLACE_SWITCH(
        "IntrospectOptional", optional, POLICY,
        "On: a request without a token is a guest, and Require decides"),
    /* Where tokens come from. */
    PLACE_LIST("IntrospectTokenFrom", mai_intake_carriers, POLICY,
               "where tokens are taken from: header, cookie:NAME, ..."),
    PLACE_SWITCH("IntrospectForwardToken", forward_token, POLICY,
                 "Off: remove the credentials before the application"),
    PLACE_SWITCH("IntrospectCrossSite", cross_site, ADMIN,
                 "On: accept tokens that browsers add, from pages of any site"),
    PLACE_LIST("IntrospectOrigins", mai_cors_origins, ADMIN,
               "origins whose pages may send requests"),
    PLACE_SWITCH("IntrospectAllowPreflight", allow_preflight, POLICY,
                 "On: a browser's preflight needs no token"),
    PLACE_LIST("IntrospectMCP", mai_revision_read, POLICY,
               "On: headers of MCP clients are checked"),
    /* What the application gets. */
    PLACE_LIST("IntrospectRemoteUser", mai_selection_user, POLICY,
               "claims, of which the first present becomes REMOTE_USER"),
    PLACE_TAKE1("IntrospectExport", mai_shaping_export, POLICY,
                "env, header, both or none"),
    PLACE_TAKE1("IntrospectExportPrefix", mai_shaping_prefix, POLICY,
                "prefix of variables and headers"),
    PLACE_LIST("IntrospectExportClaims", mai_selection_export, POLICY,
               "the claims to export"),
    PLACE_TAKE1("IntrospectExportLists", mai_shaping_lists, POLICY,
                "json, or the delimiter between elements"),
    PLACE_TAKE1("IntrospectExportEncoding", mai_shaping_encoding, POLICY,
                "utf-8, base64url or percent"),
    PLACE_SWITCH("IntrospectExportJSON", export_json, POLICY,
                 "On: the whole answer as JSON as well"),
    PLACE_TAKE12(
        "IntrospectExportSigned", mai_signing_export, ADMIN,
        "env NAME or header NAME: the signed answer as it came; or Off"),
    /* What clients are told. */
    PLACE_LIST("IntrospectScope", mai_wording_scope, POLICY,
               "the scopes that challenges name"),
    PLACE_TAKE12("IntrospectResource", mai_publishing_url, ADMIN,
                 "URL of the protected resource; root: its metadata is served "
                 "at the root place, too"),
    PLACE_LIST("IntrospectResourceScopes", mai_publishing_scopes, ADMIN,
               "the scopes that clients can ask for"),
    PLACE_LIST("IntrospectResourceServers", mai_publishing_servers, ADMIN,
               "issuers from which clients get tokens"),
    PLACE_TAKE1("IntrospectResourceDocumentation", mai_publishing_documentation,
                ADMIN, "URL of a page for developers"),
    PLACE_TAKE2("IntrospectResourceMember", mai_publishing_member, ADMIN,
                "a further member of the metadata: NAME VALUE"),
    /* What the administrator is told. */
    PLACE_LIST("IntrospectLogClaims", mai_selection_log, ADMIN,
               "claims whose values log lines about refusals show, or none"),
    /* Pages of ours. */
    PLACE_SWITCH("IntrospectAdmin", admin, ADMIN,
                 "On: administrative pages serve without a user, since "
                 "something else protects them; Off: they serve nobody"),
    PLACE_LIST("IntrospectLogoutAudience", mai_logout_audience, ADMIN,
               "clients whose logout tokens count"),
    /* Directives of other modules, which we look at and decline. */
    AP_INIT_TAKE1("AuthName", mai_wording_realm, NULL, OR_AUTHCFG,
                  "the realm: see mod_auth_introspect"),
    AP_INIT_TAKE1("AuthType", mai_provider_auth_type, NULL, OR_AUTHCFG,
                  "Introspect: see mod_auth_introspect"),
    AP_INIT_ITERATE("AuthBasicProvider", mai_provider_basic, NULL, OR_AUTHCFG,
                    "introspect: the password is the token"),
    AP_INIT_RAW_ARGS("<AuthnProviderAlias", mai_provider_alias, NULL, RSRC_CONF,
                     "introspect NAME: an alias, with its own settings"),
    {NULL}};
