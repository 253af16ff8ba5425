/* SPDX-License-Identifier: Apache-2.0 */
#include "request/parameter.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>
#include <http_protocol.h>

/* No token has a comma, so this one is malformed. */
#define TWICE ","

/* How a list of NAME=VALUE is written. */
typedef struct grammar_t {
    const char *separator; /* between them */
    const char *space;     /* that may stand around them */
    int encoded;           /* form-urlencoded */
} grammar_t;

static const grammar_t query = {"&", "", 1};
static const grammar_t cookie = {";", " \t", 0};

static const char *find(const char *list, const char *name,
                        const grammar_t *grammar, apr_pool_t *p);
static const char *without(const char *list, const char *name,
                           const grammar_t *grammar, apr_pool_t *p);
static int is_named(const char *part, const char *name,
                    const grammar_t *grammar, apr_pool_t *p);
static const char *decode(const char *text, apr_pool_t *p);
static char *replace(const char *text, const char *args, const char *rest,
                     apr_pool_t *p);

const char *mai_parameter_query(const request_rec *r, const char *name)
{
    return r->args != NULL ? find(r->args, name, &query, r->pool) : NULL;
}

const char *mai_parameter_cookie(const request_rec *r, const char *name)
{
    const char *list = apr_table_get(r->headers_in, "Cookie");

    return list != NULL ? find(list, name, &cookie, r->pool) : NULL;
}

void mai_parameter_remove_query(request_rec *r, const char *name)
{
    const char *args = r->args;
    const char *rest;

    if (args == NULL || find(args, name, &query, r->pool) == NULL) {
        return;
    }
    rest = without(args, name, &query, r->pool);
    if (r->the_request != NULL) {
        r->the_request = replace(r->the_request, args, rest, r->pool);
    }
    if (r->unparsed_uri != NULL) {
        r->unparsed_uri = replace(r->unparsed_uri, args, rest, r->pool);
    }
    if (r->filename != NULL && strncmp(r->filename, "proxy:", 6) == 0) {
        r->filename = replace(r->filename, args, rest, r->pool);
    }
    r->args = *rest != '\0' ? apr_pstrdup(r->pool, rest) : NULL;
    r->parsed_uri.query = r->args;
}

void mai_parameter_remove_cookie(request_rec *r, const char *name)
{
    const char *list = apr_table_get(r->headers_in, "Cookie");
    const char *rest =
        list != NULL ? without(list, name, &cookie, r->pool) : "";

    if (*rest != '\0') {
        apr_table_setn(r->headers_in, "Cookie", rest);
    } else {
        apr_table_unset(r->headers_in, "Cookie");
    }
}

static const char *find(const char *list, const char *name,
                        const grammar_t *grammar, apr_pool_t *p)
{
    char *rest = apr_pstrdup(p, list);
    const char *found = NULL;
    char *state;
    char *part;

    for (part = apr_strtok(rest, grammar->separator, &state); part != NULL;
         part = apr_strtok(NULL, grammar->separator, &state)) {
        const char *value;

        if (!is_named(part, name, grammar, p)) {
            continue;
        }
        if (found != NULL) {
            return TWICE;
        }
        value = strchr(part, '=');
        value = value != NULL ? value + 1 : "";
        found = grammar->encoded
                    ? decode(value, p)
                    : apr_pstrmemdup(p, value, strcspn(value, grammar->space));
    }
    return found != NULL && *found != '\0' ? found : NULL;
}

static const char *without(const char *list, const char *name,
                           const grammar_t *grammar, apr_pool_t *p)
{
    char *rest = apr_pstrdup(p, list);
    const char *kept = "";
    char *state;
    char *part;

    for (part = apr_strtok(rest, grammar->separator, &state); part != NULL;
         part = apr_strtok(NULL, grammar->separator, &state)) {
        part += strspn(part, grammar->space);
        if (!is_named(part, name, grammar, p)) {
            kept = apr_pstrcat(p, kept,
                               *kept == '\0'      ? ""
                               : grammar->encoded ? "&"
                                                  : "; ",
                               part, NULL);
        }
    }
    return kept;
}

static int is_named(const char *part, const char *name,
                    const grammar_t *grammar, apr_pool_t *p)
{
    const char *own;

    part += strspn(part, grammar->space);
    own = apr_pstrmemdup(p, part, strcspn(part, "="));
    if (grammar->encoded) {
        own = decode(own, p);
    }
    return strcmp(own, name) == 0;
}

/* What cannot be decoded is no token, and no name. */
static const char *decode(const char *text, apr_pool_t *p)
{
    char *plain = apr_pstrdup(p, text);
    apr_status_t rv;
    char *c;

    for (c = plain; *c != '\0'; c++) {
        *c = *c == '+' ? ' ' : *c;
    }
    rv = apr_unescape_url(plain, plain, -1, "", "", 0, NULL);
    return rv == APR_SUCCESS || rv == APR_NOTFOUND ? plain : TWICE;
}

/* A URL's query, where a text has it. */
static char *replace(const char *text, const char *args, const char *rest,
                     apr_pool_t *p)
{
    const char *at = strchr(text, '?');

    while (at != NULL && strncmp(at + 1, args, strlen(args)) != 0) {
        at = strchr(at + 1, '?');
    }
    if (at == NULL) {
        return apr_pstrdup(p, text);
    }
    return apr_pstrcat(p, apr_pstrmemdup(p, text, (apr_size_t)(at - text)),
                       *rest != '\0' ? "?" : "", rest, at + 1 + strlen(args),
                       NULL);
}
