/* SPDX-License-Identifier: Apache-2.0 */
#include "token/parameter.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <scoreboard.h>

#include "context/visit.h"

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
static char *scrub(char *text, const char *name, apr_pool_t *p);

const char *mai_parameter_query(const char **raw, const request_rec *r,
                                const char *name)
{
    const char *value =
        r->args != NULL ? find(r->args, name, &query, r->pool) : NULL;

    if (raw != NULL) {
        *raw = value;
    }
    return value != NULL ? decode(value, r->pool) : NULL;
}

const char *mai_parameter_cookie(const request_rec *r, const char *name)
{
    const char *list = apr_table_get(r->headers_in, "Cookie");

    return list != NULL ? find(list, name, &cookie, r->pool) : NULL;
}

void mai_parameter_remove_query(request_rec *r, const char *name)
{
    const char *line = r->the_request;
    request_rec *each;
    int shown = 1; /* as QUERY_STRING, or as REDIRECT_QUERY_STRING */

    for (each = r; each != NULL; each = mai_visit_origin(each)) {
        each->the_request = scrub(each->the_request, name, each->pool);
        each->unparsed_uri = scrub(each->unparsed_uri, name, each->pool);
        if (each->filename != NULL &&
            strncmp(each->filename, "proxy:", 6) == 0) {
            each->filename = scrub(each->filename, name, each->pool);
        }
        if (shown && each->args != NULL &&
            find(each->args, name, &query, each->pool) != NULL) {
            const char *rest = without(each->args, name, &query, each->pool);

            each->args = *rest != '\0' ? apr_pstrdup(each->pool, rest) : NULL;
            each->parsed_uri.query = each->args;
        }
        shown = shown && each->prev != NULL;
    }
    if (r->the_request != line) { /* mod_status shows a copy of it */
        ap_update_child_status(r->connection->sbh, SERVER_BUSY_WRITE, r);
    }
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
        found = apr_pstrmemdup(p, value, strcspn(value, grammar->space));
    }
    return found != NULL && *found != '\0' ? found : NULL;
}

static const char *without(const char *list, const char *name,
                           const grammar_t *grammar, apr_pool_t *p)
{
    const char *between = grammar->encoded ? "&" : "; ";
    char *rest = apr_pstrdup(p, list);
    char *kept = apr_palloc(p, 2 * strlen(list) + 1); /* a ';' becomes "; " */
    char *end = kept;
    char *state;
    char *part;

    *end = '\0';
    for (part = apr_strtok(rest, grammar->separator, &state); part != NULL;
         part = apr_strtok(NULL, grammar->separator, &state)) {
        part += strspn(part, grammar->space);
        if (!is_named(part, name, grammar, p)) {
            end = end != kept ? stpcpy(end, between) : end;
            end = stpcpy(end, part);
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

/* A URL's query within a text, which may be NULL or a request line, does not
 * always begin as args do: a RewriteRule may have put others first. */
static char *scrub(char *text, const char *name, apr_pool_t *p)
{
    char *args = text != NULL ? strchr(text, '?') : NULL;
    const char *end;
    const char *list;
    const char *rest;

    if (args == NULL) {
        return text;
    }
    args++;
    end = strrchr(args, ' ');
    if (end == NULL || strncmp(end, " HTTP/", 6) != 0) {
        end = args + strcspn(args, "#");
    }
    list = apr_pstrmemdup(p, args, (apr_size_t)(end - args));
    if (find(list, name, &query, p) == NULL) {
        return text;
    }
    rest = without(list, name, &query, p);
    return apr_pstrcat(
        p,
        apr_pstrmemdup(p, text,
                       (apr_size_t)(args - text) - (*rest == '\0' ? 1 : 0)),
        rest, end, NULL);
}
