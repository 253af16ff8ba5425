/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/choice.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/server.h"
#include "base/bearer.h"
#include "jose/base64url.h"
#include "jose/object.h"

/* Objects and arrays within each other, in what names an issuer. */
#define DEPTH_MAX 32

#define SERVER(servers, i) APR_ARRAY_IDX((servers), (i), const ti_server_t *)

static int by_prefix(const apr_array_header_t *servers, const char *token);
static int by_issuer(const apr_array_header_t *servers, const char *issuer);
static int first_open(const apr_array_header_t *servers);
static const char *issuer_of(const char *token, apr_size_t length,
                             apr_pool_t *p);
static int is_shallow(const ti_bytes_t *text);
static const char *second_part(const char *token, apr_size_t *length);
static int is_reached(const apr_array_header_t *servers, int i);

int ti_choice_make(const char **why, int *sure,
                   const apr_array_header_t *servers, const char *token,
                   apr_size_t length, apr_pool_t *p)
{
    int chosen = by_prefix(servers, token);
    const char *issuer;

    *why = NULL;
    *sure = 1;
    if (!ti_bearer_valid(token, length)) {
        return 0; /* anybody: it is refused before it is shown to them */
    }
    if (chosen >= 0) {
        return chosen;
    }
    issuer = issuer_of(token, length, p);
    if (issuer != NULL) {
        *why = "no authorization server of this place has the issuer that the "
               "token names";
        return by_issuer(servers, issuer);
    }
    *sure = 0;
    *why = "no authorization server of this place has this token's prefix";
    return first_open(servers);
}

const char *ti_choice_complaint(const apr_array_header_t *servers,
                                apr_pool_t *p)
{
    int i;

    for (i = 0; i < servers->nelts; i++) {
        if (!is_reached(servers, i)) {
            return apr_psprintf(
                p,
                "no token ever reaches '%s', since nothing tells its tokens "
                "from those of the servers before it: write "
                "IntrospectTokenPrefix, or an IntrospectIssuer of its own, in "
                "<IntrospectServer %s>; or 'IntrospectServerTryAll On'",
                SERVER(servers, i)->name, SERVER(servers, i)->name);
        }
    }
    return NULL;
}

static int by_prefix(const apr_array_header_t *servers, const char *token)
{
    apr_size_t longest = 0;
    int chosen = -1;
    int i;

    for (i = 0; i < servers->nelts; i++) {
        const char *prefix = SERVER(servers, i)->token_prefix;
        apr_size_t length = prefix != NULL ? strlen(prefix) : 0;

        if (length > longest && strncmp(token, prefix, length) == 0) {
            longest = length;
            chosen = i;
        }
    }
    return chosen;
}

/* A token without its prefix is not the server's. */
static int by_issuer(const apr_array_header_t *servers, const char *issuer)
{
    int i;

    for (i = 0; i < servers->nelts; i++) {
        const ti_server_t *server = SERVER(servers, i);

        if (server->token_prefix == NULL && server->issuer != NULL &&
            strcmp(server->issuer, issuer) == 0) {
            return i;
        }
    }
    return -1;
}

static int first_open(const apr_array_header_t *servers)
{
    int i;

    for (i = 0; i < servers->nelts; i++) {
        if (SERVER(servers, i)->token_prefix == NULL) {
            return i;
        }
    }
    return -1;
}

/* Of what looks like a signed JWT (RFC 7519 3): three parts, the second an
 * object. NULL: it does not, or has none. */
static const char *issuer_of(const char *token, apr_size_t length,
                             apr_pool_t *p)
{
    apr_size_t size = length;
    const char *part = second_part(token, &size);
    const json_t *payload = NULL;
    const char *issuer = NULL;
    ti_bytes_t text;

    if (part != NULL && ti_base64url_read(&text, part, size, p) &&
        is_shallow(&text)) {
        payload = ti_object_read((const char *)text.data, text.size, p);
    }
    if (payload != NULL && !ti_object_text(&issuer, payload, "iss")) {
        return NULL;
    }
    return issuer;
}

/* The sender may nest as deeply as a header is long: that is seen before
 * anything is built of it. */
static int is_shallow(const ti_bytes_t *text)
{
    int in_string = 0;
    int depth = 0;
    apr_size_t i;

    for (i = 0; i < text->size && depth <= DEPTH_MAX; i++) {
        int c = text->data[i];

        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = 1;
        } else {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        }
    }
    return depth <= DEPTH_MAX;
}

static const char *second_part(const char *token, apr_size_t *length)
{
    const char *end = token + *length;
    const char *first = memchr(token, '.', *length);
    const char *second;

    if (first == NULL) {
        return NULL;
    }
    second = memchr(first + 1, '.', (apr_size_t)(end - first - 1));
    if (second == NULL || first == token || second == first + 1 ||
        second + 1 == end ||
        memchr(second + 1, '.', (apr_size_t)(end - second - 1)) != NULL) {
        return NULL;
    }
    *length = (apr_size_t)(second - first - 1);
    return first + 1;
}

static int is_reached(const apr_array_header_t *servers, int i)
{
    const ti_server_t *server = SERVER(servers, i);

    if (server->token_prefix != NULL) {
        int other = by_prefix(servers, server->token_prefix);

        return other == i; /* the first of equals is found */
    }
    return first_open(servers) == i ||
           (server->issuer != NULL && by_issuer(servers, server->issuer) == i);
}
