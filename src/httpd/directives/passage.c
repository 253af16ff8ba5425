/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/passage.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "directives/argument.h"
#include "directives/secret.h"
#include "http/exchange.h"
#include "jose/authorities.h"

#define PIN "sha256//"
#define PIN_LENGTH (sizeof(PIN) - 1 + 44) /* base64 of 32 bytes */

static int is_pin(const char *word);
static int is_host(const char *word);
static const char *proxy_complaint(cmd_parms *cmd, const char *url);
static int is_ours(const char *name);
static int is_token(const char *name);

const char *mai_passage_tls_ca_file(ti_server_t *server, cmd_parms *cmd,
                                    const char *name)
{
    const char *path = ap_server_root_relative(cmd->pool, name);
    const char *text;
    const char *why;

    if (path == NULL) {
        return mai_argument_refuse(cmd, name, "it does not name a file");
    }
    server->tls_ca_file.path = path;
    server->tls_ca_file.stamp = ti_file_stamp(path, cmd->temp_pool);
    text = ti_authorities_read(&why, path, cmd->temp_pool);
    if (text == NULL) {
        return mai_argument_refuse(cmd, name, why);
    }
    server->tls_ca = apr_pstrdup(cmd->pool, text);
    return NULL;
}

const char *mai_passage_tls_min(ti_server_t *server, cmd_parms *cmd,
                                const char *word)
{
    if (strcmp(word, "1.2") != 0 && strcmp(word, "1.3") != 0) {
        return mai_argument_complain(cmd, word, "write 1.2 or 1.3");
    }
    server->tls_min = word[2] == '3' ? 13 : 12;
    return NULL;
}

const char *mai_passage_tls_pin(ti_server_t *server, cmd_parms *cmd, int argc,
                                char *const argv[])
{
    const apr_array_header_t *pins = NULL;
    const char *complaint = mai_argument_words(
        &pins, cmd, argc, argv, is_pin,
        "write one pin or more, each sha256// and the base64 of the public "
        "key's SHA-256: openssl x509 -in CERTIFICATE -pubkey -noout | openssl "
        "pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64");

    if (complaint == NULL) {
        server->tls_pins = apr_array_pstrcat(cmd->pool, pins, ';');
    }
    return complaint;
}

static int is_pin(const char *word)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
                                 "tuvwxyz0123456789+/";
    apr_size_t length = strlen(word);

    return length == PIN_LENGTH && strncmp(word, PIN, sizeof(PIN) - 1) == 0 &&
           strspn(word + sizeof(PIN) - 1, base64) == 43 &&
           word[length - 1] == '=';
}

const char *mai_passage_proxy(ti_server_t *server, cmd_parms *cmd,
                              const char *url)
{
    if (strcmp(url, "none") == 0) {
        server->proxy = "";
        return NULL;
    }
    server->proxy = url;
    return proxy_complaint(cmd, url);
}

/* The URL is not repeated where it may hold credentials. */
static const char *proxy_complaint(cmd_parms *cmd, const char *url)
{
    apr_uri_t uri = {0};
    int parsed = apr_uri_parse(cmd->temp_pool, url, &uri) == APR_SUCCESS;

    if (strchr(url, '@') != NULL) {
        return apr_psprintf(cmd->pool,
                            "%s must not hold credentials in the URL: write "
                            "IntrospectProxyCredentials",
                            cmd->cmd->name);
    }
    if (!parsed || uri.scheme == NULL || strcmp(uri.scheme, "http") != 0 ||
        uri.hostname == NULL || *uri.hostname == '\0' || uri.port == 0 ||
        (uri.path != NULL && strcmp(uri.path, "/") != 0) || uri.query != NULL ||
        uri.fragment != NULL) {
        return mai_argument_complain(cmd, url,
                                     "write http://HOST:PORT, or none");
    }
    return NULL;
}

const char *mai_passage_proxy_login(ti_server_t *server, cmd_parms *cmd,
                                    const char *text)
{
    const char *complaint = mai_secret_read(&server->proxy_login, cmd, text);

    if (complaint == NULL && strchr(server->proxy_login, ':') == NULL) {
        complaint = apr_psprintf(
            cmd->pool,
            "%s has no ':': give USER:PASSWORD, preferably as file:PATH",
            cmd->cmd->name);
    }
    return complaint;
}

const char *mai_passage_no_proxy(ti_server_t *server, cmd_parms *cmd, int argc,
                                 char *const argv[])
{
    const apr_array_header_t *hosts = NULL;
    const char *complaint = mai_argument_words(
        &hosts, cmd, argc, argv, is_host,
        "write one host or more: a name, a domain with a dot in front, or an "
        "address, with blanks between them");

    if (complaint == NULL) {
        server->no_proxy = apr_array_pstrcat(cmd->pool, hosts, ',');
    }
    return complaint;
}

static int is_host(const char *word)
{
    return *word != '\0' && strpbrk(word, ", \t/*") == NULL;
}

const char *mai_passage_header(ti_server_t *server, cmd_parms *cmd,
                               const char *name, const char *value)
{
    const char *complaint;
    ti_header_t header = {name, NULL};

    if (!is_token(name)) {
        return mai_argument_complain(cmd, name, "write the name of a header");
    }
    if (is_ours(name)) {
        return mai_argument_refuse(cmd, name,
                                   "the module writes this header itself");
    }
    complaint = mai_secret_read(&header.value, cmd, value);
    if (complaint != NULL) {
        return complaint;
    }
    *(ti_header_t *)mai_argument_grow(&server->headers, cmd, sizeof(header)) =
        header;
    return NULL;
}

/* What another value of would change who we are, whom we ask or how the body
 * is read. */
static int is_ours(const char *name)
{
    static const char *const names[] = {
        "Accept",           "Accept-Encoding",
        "Authorization",    "Connection",
        "Expect",           "Host",
        "Keep-Alive",       "TE",
        "Trailer",          "Proxy-Authorization",
        "traceparent",      "Upgrade",
        "Transfer-Encoding"};
    apr_size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (apr_cstr_casecmp(name, names[i]) == 0) {
            return 1;
        }
    }
    return apr_cstr_casecmpn(name, "Content-", 8) == 0;
}

/* RFC 9110 5.6.2 */
static int is_token(const char *name)
{
    const char *c = name;

    while (apr_isalnum(*c) ||
           (*c != '\0' && strchr("!#$%&'*+-.^_`|~", *c) != NULL)) {
        c++;
    }
    return c != name && *c == '\0';
}
