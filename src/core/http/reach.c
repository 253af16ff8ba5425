/* SPDX-License-Identifier: Apache-2.0 */
#include "http/reach.h"

#include <string.h>
#include <strings.h>

#include "http/address.h"

/* Set an option, unless an earlier one was refused. */
#define SET(option, value)                                                     \
    (code = code != CURLE_OK ? code : curl_easy_setopt(curl, (option), (value)))

static CURLcode set_path(CURL *curl, const ti_route_t *route,
                         const char *socket_path);
static CURLcode set_trust(CURL *curl, const ti_route_t *route);
static struct curl_blob *blob_of(struct curl_blob *blob, const char *text);

CURLcode ti_reach_set(CURL *curl, const ti_http_request_t *request,
                      apr_pool_t *p)
{
    static const ti_route_t direct;
    const ti_route_t *route = request->route != NULL ? request->route : &direct;
    const char *url = ti_address_url(request->url);
    int https = strncasecmp(url, "https:", 6) == 0;
    CURLcode code = CURLE_OK;

    SET(CURLOPT_URL, url);
    /* the scheme is the URL's and no other */
    SET(CURLOPT_PROTOCOLS_STR, https ? "https" : "http");
    if (code == CURLE_OK) {
        code = set_path(curl, route, ti_address_socket(request->url, p));
    }
    return code == CURLE_OK ? set_trust(curl, route) : code;
}

/* Over a socket, through the proxy, or straight there; nothing of it from the
 * environment. Headers are the server's, never the proxy's: that learns host
 * and port where it makes a tunnel. */
static CURLcode set_path(CURL *curl, const ti_route_t *route,
                         const char *socket_path)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (socket_path != NULL) {
        SET(CURLOPT_UNIX_SOCKET_PATH, socket_path);
    }
    if (socket_path != NULL || route->proxy == NULL) {
        SET(CURLOPT_PROXY, "");
        SET(CURLOPT_NOPROXY, "*");
        return code;
    }
    SET(CURLOPT_PROXY, route->proxy);
    SET(CURLOPT_NOPROXY, route->no_proxy != NULL ? route->no_proxy : "");
    if (route->proxy_login != NULL) {
        SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_PROXYUSERPWD, route->proxy_login);
    }
    return code;
}

/* Authorities of our own replace the system's store, both parts of it. They are
 * given as they were read: neither a TLS session nor a connection of other ones
 * serves, for curl compares the text. */
static CURLcode set_trust(CURL *curl, const ti_route_t *route)
{
    struct curl_blob authorities;
    struct curl_blob certificate;
    struct curl_blob key;
    CURLcode code = CURLE_OK;

    SET(CURLOPT_SSLVERSION, route->tls13 ? (long)CURL_SSLVERSION_TLSv1_3
                                         : (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, route->insecure ? 0L : 1L);
    SET(CURLOPT_SSL_VERIFYHOST, route->insecure ? 0L : 2L);
    if (route->ca != NULL) {
        SET(CURLOPT_CAINFO, NULL);
        SET(CURLOPT_CAPATH, NULL);
        SET(CURLOPT_CAINFO_BLOB, blob_of(&authorities, route->ca));
    }
    if (route->certificate != NULL) {
        SET(CURLOPT_SSLCERT_BLOB, blob_of(&certificate, route->certificate));
        SET(CURLOPT_SSLKEY_BLOB, blob_of(&key, route->certificate_key));
    }
    if (route->pins != NULL) {
        SET(CURLOPT_PINNEDPUBLICKEY, route->pins);
    }
    return code;
}

/* The text outlives the exchange, so that curl needs no copy. */
static struct curl_blob *blob_of(struct curl_blob *blob, const char *text)
{
    blob->data = (void *)(apr_uintptr_t)text;
    blob->len = strlen(text);
    blob->flags = CURL_BLOB_NOCOPY;
    return blob;
}
