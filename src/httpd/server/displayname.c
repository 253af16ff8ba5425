/* SPDX-License-Identifier: Apache-2.0 */
#include "server/displayname.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "base/key.h"
#include "http/address.h"

#define DIGEST_BYTES 5

static const char *vhost_of(const server_rec *s, apr_pool_t *p);
static const char *first_address(const ti_server_t *server);
static const char *digest_of(const ti_server_t *server, const char *vhost,
                             apr_pool_t *p);

const char *mai_displayname_server(const ti_server_t *server,
                                   const server_rec *s, int is_shared,
                                   apr_pool_t *p)
{
    const char *vhost = s->is_virtual ? vhost_of(s, p) : "";
    const char *at = *vhost != '\0' ? "@" : "";

    if (server->name != NULL) {
        return is_shared ? apr_pstrcat(p, server->name, at, vhost, NULL)
                         : server->name;
    }
    return apr_pstrcat(p, mai_displayname_endpoint(first_address(server), p),
                       at, vhost, "-", digest_of(server, vhost, p), NULL);
}

const char *mai_displayname_endpoint(const char *address, apr_pool_t *p)
{
    const char *url = ti_address_url(address);
    apr_uri_t uri;
    apr_port_t port;

    if (apr_uri_parse(p, url, &uri) != APR_SUCCESS || uri.hostname == NULL) {
        return "unknown";
    }
    port = uri.port != 0 ? uri.port : apr_uri_port_of_scheme(uri.scheme);
    return apr_psprintf(p,
                        strchr(uri.hostname, ':') != NULL ? "[%s]:%u" : "%s:%u",
                        uri.hostname, port);
}

static const char *vhost_of(const server_rec *s, apr_pool_t *p)
{
    const char *name = s->server_hostname != NULL ? s->server_hostname : "";
    apr_port_t port = s->port;

    if (port == 0 && s->addrs != NULL) {
        port = s->addrs->host_port;
    }
    return apr_psprintf(p, "%s:%u", name, port);
}

/* The endpoint, or the issuer, or the URL of the key set. */
static const char *first_address(const ti_server_t *server)
{
    if (server->endpoints != NULL && server->endpoints->nelts > 0) {
        return APR_ARRAY_IDX(server->endpoints, 0, const char *);
    }
    if (server->discovery != NULL) {
        return server->discovery;
    }
    return server->jwks_url != NULL ? server->jwks_url : "";
}

/* A digest of the settings that distinguish servers; no secret is in it. */
static const char *digest_of(const ti_server_t *server, const char *vhost,
                             apr_pool_t *p)
{
    const char *text = vhost;
    ti_key_t key;
    int i;

    for (i = 0; server->endpoints != NULL && i < server->endpoints->nelts;
         i++) {
        text = apr_pstrcat(p, text, "\n",
                           APR_ARRAY_IDX(server->endpoints, i, const char *),
                           NULL);
    }
    text = apr_psprintf(p, "%s\n%s\n%s\n%s\n%d", text,
                        server->discovery != NULL ? server->discovery : "",
                        server->jwks_url != NULL ? server->jwks_url : "",
                        server->client_id != NULL ? server->client_id : "",
                        (int)server->auth);
    return ti_key_digest(&key, text, strlen(text)) == APR_SUCCESS
               ? apr_pescape_hex(p, key.bytes, DIGEST_BYTES, 0)
               : "";
}
