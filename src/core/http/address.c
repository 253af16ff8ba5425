/* SPDX-License-Identifier: Apache-2.0 */
#include "http/address.h"

#include <string.h>
#include <sys/un.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "http/host.h"

#define SCHEME "unix:"
#define SCHEME_LENGTH (sizeof(SCHEME) - 1)
#define SOCKET_PATH_MAX sizeof(((struct sockaddr_un *)0)->sun_path)

static const char *url_complaint(const char *url, const apr_uri_t *uri);
static const char *socket_complaint(const char *address);
static apr_size_t origin_length(const char *address);
static const char *bar_of(const char *address);
static void lower(char *text);
static int is_port(const char *text);
static int is_escaped(const char *url);

const char *ti_address_complaint(const char *address, int allow_insecure,
                                 apr_pool_t *p)
{
    const char *url = ti_address_url(address);
    int is_local = url != address;
    apr_uri_t uri = {0};
    int parsed = apr_uri_parse(p, url, &uri) == APR_SUCCESS;
    const char *complaint;

    if (uri.user != NULL || uri.password != NULL ||
        (!parsed && strchr(url, '@') != NULL)) {
        return "must not hold credentials in the URL: write "
               "IntrospectClientID and IntrospectClientSecret";
    }
    if (!parsed || uri.scheme == NULL || uri.hostname == NULL ||
        uri.hostname[0] == '\0') {
        return apr_psprintf(p, "'%s' is not a URL: write https://HOST/PATH",
                            ti_address_shown(url, p));
    }
    complaint = is_local ? socket_complaint(address) : NULL;
    if (complaint == NULL) {
        complaint = url_complaint(url, &uri);
    }
    if (complaint != NULL) {
        return apr_psprintf(p, "'%s' %s", ti_address_shown(address, p),
                            complaint);
    }
    if (apr_cstr_casecmp(uri.scheme, "http") == 0 && !allow_insecure &&
        !is_local && !ti_host_is_loopback(uri.hostname)) {
        return apr_psprintf(p,
                            "'%s' is not encrypted: others on the network "
                            "can read tokens and forge answers; write "
                            "https://, or IntrospectAllowInsecure "
                            "On",
                            ti_address_shown(url, p));
    }
    return NULL;
}

void ti_address_rank(int *ranks, int ranks_max,
                     const apr_array_header_t *addresses)
{
    int count = addresses != NULL ? addresses->nelts : 0;
    int i, other;

    for (i = 0; i < count && i < ranks_max; i++) {
        const char *own = APR_ARRAY_IDX(addresses, i, const char *);

        ranks[i] = 0;
        for (other = 0; other < count; other++) {
            ranks[i] +=
                strcmp(APR_ARRAY_IDX(addresses, other, const char *), own) < 0;
        }
    }
}

/* What is wrong with this URL, whatever is asked there. */
static const char *url_complaint(const char *url, const apr_uri_t *uri)
{
    if (apr_cstr_casecmp(uri->scheme, "https") != 0 &&
        apr_cstr_casecmp(uri->scheme, "http") != 0) {
        return "must begin with https://";
    }
    if (!is_port(uri->port_str)) {
        return "has a port that is not one from 1 to 65535";
    }
    if (strchr(url, ' ') != NULL) {
        return "holds a space: write %20";
    }
    if (!ti_host_is_asked(url, uri->hostname)) {
        return "has a host that is neither a name nor an address: write "
               "https://HOST/PATH";
    }
    if (uri->fragment != NULL) {
        return "has a #fragment: leave it out";
    }
    if (!is_escaped(url)) {
        return "has a % without two hexadecimal digits after it: write %25 for "
               "a plain one";
    }
    return NULL;
}

/* Of the socket in front of the URL. */
static const char *socket_complaint(const char *address)
{
    apr_size_t length = strcspn(address + SCHEME_LENGTH, "|");

    if (address[SCHEME_LENGTH] != '/') {
        return "needs the absolute path of the socket: write "
               "unix:/PATH|http://localhost/PATH";
    }
    return length < SOCKET_PATH_MAX ? NULL
                                    : "has a socket path that is too long (the "
                                      "system's limit is 107 bytes)";
}

const char *ti_address_socket(const char *address, apr_pool_t *p)
{
    const char *bar = bar_of(address);

    return bar != NULL
               ? apr_pstrmemdup(p, address + SCHEME_LENGTH,
                                (apr_size_t)(bar - address) - SCHEME_LENGTH)
               : NULL;
}

const char *ti_address_shown(const char *address, apr_pool_t *p)
{
    const char *query = strchr(address, '?');

    return query == NULL
               ? address
               : apr_pstrcat(
                     p,
                     apr_pstrmemdup(p, address, (apr_size_t)(query - address)),
                     "?...", NULL);
}

const char *ti_address_url(const char *address)
{
    const char *bar = bar_of(address);

    return bar != NULL ? bar + 1 : address;
}

int ti_address_is_plain(const char *address)
{
    return apr_cstr_casecmpn(address, "http:", 5) == 0;
}

const char *ti_address_canonical(const char *address, apr_pool_t *p)
{
    const char *url = ti_address_url(address);
    apr_uri_t uri = {0};
    int six;

    if (apr_uri_parse(p, url, &uri) != APR_SUCCESS || uri.scheme == NULL ||
        uri.hostname == NULL) {
        return address;
    }
    lower(uri.scheme);
    lower(uri.hostname);
    if (uri.port_str == NULL || *uri.port_str == '\0') {
        uri.port = apr_uri_port_of_scheme(uri.scheme);
    }
    six = strchr(uri.hostname, ':') != NULL;
    return apr_psprintf(p, "%.*s%s://%s%s%s:%d%s%s%s", (int)(url - address),
                        address, uri.scheme, six ? "[" : "", uri.hostname,
                        six ? "]" : "", (int)uri.port,
                        uri.path != NULL ? uri.path : "/",
                        uri.query != NULL && *uri.query != '\0' ? "?" : "",
                        uri.query != NULL ? uri.query : "");
}

int ti_address_same_origin(const char *one, const char *other, apr_pool_t *p)
{
    apr_size_t length;

    one = ti_address_canonical(one, p);
    other = ti_address_canonical(other, p);
    length = origin_length(one);
    return length == origin_length(other) && strncmp(one, other, length) == 0;
}

/* Of a canonical address: up to its path. */
static apr_size_t origin_length(const char *address)
{
    const char *host = strstr(ti_address_url(address), "://");

    return host != NULL
               ? (apr_size_t)(host - address) + 3 + strcspn(host + 3, "/?")
               : strlen(address);
}

/* Between a socket and the URL, or NULL. */
static const char *bar_of(const char *address)
{
    return strncmp(address, SCHEME, SCHEME_LENGTH) == 0 ? strchr(address, '|')
                                                        : NULL;
}

static void lower(char *text)
{
    for (; *text != '\0'; text++) {
        *text = (char)apr_tolower(*text);
    }
}

/* Of a URL; none is the scheme's own. */
static int is_port(const char *text)
{
    apr_int64_t port;

    if (text == NULL || *text == '\0') {
        return 1;
    }
    if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 9) {
        return 0;
    }
    port = apr_atoi64(text);
    return port >= 1 && port <= 65535;
}

/* RFC 3986 2.1 */
static int is_escaped(const char *url)
{
    const char *c;

    for (c = strchr(url, '%'); c != NULL; c = strchr(c + 1, '%')) {
        if (!apr_isxdigit(c[1]) || !apr_isxdigit(c[2])) {
            return 0;
        }
    }
    return 1;
}
