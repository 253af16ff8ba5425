/* SPDX-License-Identifier: Apache-2.0 */
#include "store/location.h"

#include <string.h>

#include <arpa/inet.h>

#include <apr_network_io.h>
#include <apr_strings.h>

#define SOCKET "unix:"
#define NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"

static const char *take_user(mai_location_t *location, char **rest);
static const char *read_socket(mai_location_t *location, char *text);
static const char *read_hosts(mai_location_t *location, char *text,
                              apr_pool_t *p);
static const char *add_host(mai_location_t *location, const char *word,
                            apr_pool_t *p);
static const char *read_database(mai_location_t *location, const char *digits);
static const char *read_primary(mai_location_t *location, char *name);
static void set_port(mai_location_t *location, int port);

const char *mai_location_read(mai_location_t *location, const char *text,
                              apr_pool_t *p)
{
    char *rest = apr_pstrdup(p, text);
    const char *complaint;

    memset(location, 0, sizeof(*location));
    complaint = take_user(location, &rest);
    if (complaint != NULL) {
        return complaint;
    }
    complaint = strncmp(rest, SOCKET, strlen(SOCKET)) == 0
                    ? read_socket(location, rest + strlen(SOCKET))
                    : read_hosts(location, rest, p);
    set_port(location, MAI_LOCATION_PORT);
    return complaint;
}

const char *mai_location_read_sentinels(mai_location_t *location,
                                        const char *text, apr_pool_t *p)
{
    char *rest = apr_pstrdup(p, text);
    const char *complaint;
    char *name;

    memset(location, 0, sizeof(*location));
    complaint = take_user(location, &rest);
    name = strchr(rest, '/');
    if (complaint == NULL && (name == NULL || name[1] == '\0')) {
        complaint = "the name of the primary is missing; write "
                    "redis-sentinel:HOST[,HOST ...]/NAME";
    }
    if (complaint == NULL) {
        *name = '\0';
        complaint = read_primary(location, name + 1);
    }
    if (complaint == NULL) {
        complaint = read_hosts(location, rest, p);
    }
    set_port(location, MAI_LOCATION_SENTINEL);
    return complaint;
}

int mai_location_is_numeric(const char *name)
{
    struct in6_addr address;

    return inet_pton(AF_INET, name, &address) == 1 ||
           inet_pton(AF_INET6, name, &address) == 1;
}

/* The primary's name, and perhaps a database. */
static const char *read_primary(mai_location_t *location, char *name)
{
    char *slash = strchr(name, '/');

    if (slash != NULL) {
        *slash = '\0';
    }
    if (*name == '\0' || strspn(name, NAME) != strlen(name)) {
        return "the name of a primary consists of letters, digits, '.', '-' "
               "and '_'; write redis-sentinel:HOST/NAME[/DATABASE]";
    }
    location->primary = name;
    return slash != NULL ? read_database(location, slash + 1) : NULL;
}

/* Of the hosts that were written without one. */
static void set_port(mai_location_t *location, int port)
{
    unsigned int i;

    for (i = 0; i < location->count; i++) {
        if (location->hosts[i].port == 0) {
            location->hosts[i].port = port;
        }
    }
}

static const char *take_user(mai_location_t *location, char **rest)
{
    char *at = strrchr(*rest, '@');

    if (at == NULL) {
        return NULL;
    }
    *at = '\0';
    if (strchr(*rest, ':') != NULL) {
        return "a password must not stand here, where mod_info shows it; write "
               "redis:USER@HOST, and IntrospectCachePassword file:PATH";
    }
    if (**rest == '\0') {
        return "there is no user before '@'; write redis:USER@HOST, or leave "
               "'@' out";
    }
    location->user = *rest;
    *rest = at + 1;
    return NULL;
}

static const char *read_socket(mai_location_t *location, char *text)
{
    char *query = strchr(text, '?');

    if (*text != '/') {
        return "write a socket's absolute path; write "
               "redis:unix:/run/redis/redis-server.sock";
    }
    location->path = text;
    location->count = 1;
    if (query == NULL) {
        return NULL;
    }
    *query = '\0';
    return strncmp(query + 1, "db=", 3) == 0
               ? read_database(location, query + 4)
               : "only its database can follow a socket; write "
                 "redis:unix:/PATH?db=NUMBER";
}

static const char *read_hosts(mai_location_t *location, char *text,
                              apr_pool_t *p)
{
    char *slash = strchr(text, '/');
    const char *complaint = NULL;
    char *word;
    char *last;

    if (slash != NULL) {
        *slash = '\0';
        complaint = read_database(location, slash + 1);
    }
    for (word = apr_strtok(text, ",", &last); word != NULL && complaint == NULL;
         word = apr_strtok(NULL, ",", &last)) {
        complaint = add_host(location, word, p);
    }
    if (complaint == NULL && location->count == 0) {
        return "there is no host; write redis:HOST[:PORT][/DATABASE]";
    }
    return complaint;
}

static const char *add_host(mai_location_t *location, const char *word,
                            apr_pool_t *p)
{
    mai_host_t *host;
    apr_port_t port;
    char *scope;
    char *name;

    if (location->count == MAI_LOCATION_HOSTS) {
        return "there are more than 8 addresses of one Redis";
    }
    if ((*word != '[' && strchr(word, ':') != strrchr(word, ':')) ||
        apr_parse_addr_port(&name, &scope, &port, word, p) != APR_SUCCESS ||
        name == NULL || scope != NULL) {
        return "write redis:HOST[:PORT][/DATABASE], with an IPv6 address in "
               "brackets: redis:[::1]:6379";
    }
    host = &location->hosts[location->count++];
    host->name = name;
    host->port = port;
    host->is_numeric = mai_location_is_numeric(name);
    return NULL;
}

static const char *read_database(mai_location_t *location, const char *digits)
{
    apr_size_t length = strspn(digits, "0123456789");

    if (length == 0 || length > 5 || digits[length] != '\0') {
        return "the database must be a number, as in redis:HOST/2 or "
               "redis:unix:/PATH?db=2";
    }
    location->database = digits;
    return NULL;
}
