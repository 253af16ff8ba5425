/* SPDX-License-Identifier: Apache-2.0 */
#include "server/named.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>

#define NAME_MAX_LENGTH 64

/* The defined servers: by server_rec and name, and in order. */
static apr_hash_t *known;
static apr_array_header_t *all;

/* Names in Require lines, to be found once the configuration is read. */
typedef struct requirement_t {
    const server_rec *s;
    const char *name;
    const char *where;
} requirement_t;
static apr_array_header_t *required;

static const char *key_of(const server_rec *s, const char *name, apr_pool_t *p);
static mai_combination_t *among(const apr_array_header_t *servers,
                                const char *name);
static mai_combination_t *find(const mai_named_t *named, const char *name,
                               apr_pool_t *p);

void mai_named_begin(apr_pool_t *pconf)
{
    known = apr_hash_make(pconf);
    all = apr_array_make(pconf, 4, sizeof(mai_combination_t *));
    required = apr_array_make(pconf, 4, sizeof(requirement_t));
}

int mai_named_add(mai_combination_t *server, apr_pool_t *p)
{
    const char *key = key_of(server->s, server->raw->name, p);

    if (apr_hash_get(known, key, APR_HASH_KEY_STRING) != NULL) {
        return 0;
    }
    apr_hash_set(known, key, APR_HASH_KEY_STRING, server);
    APR_ARRAY_PUSH(all, mai_combination_t *) = server;
    return 1;
}

const apr_array_header_t *mai_named_all(void)
{
    return all;
}

void mai_named_inherit(mai_combination_t *server,
                       const mai_combination_t *defaults, apr_pool_t *p)
{
    if (defaults != NULL) {
        server->raw = ti_server_merge(ti_server_inherit(defaults->raw, p),
                                      server->raw, p);
    }
}

const char *mai_named_resolve(mai_named_t *named, apr_pool_t *p)
{
    apr_array_header_t *found =
        apr_array_make(p, named->names->nelts, sizeof(mai_combination_t *));
    int i;
    int j;

    for (i = 0; i < named->names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(named->names, i, const char *);
        mai_combination_t *server = find(named, name, p);

        if (server == NULL) {
            return apr_psprintf(
                p,
                "there is no <IntrospectServer %s> in this "
                "virtual host or outside all of them: define it",
                name);
        }
        for (j = 0; j < i; j++) {
            if (APR_ARRAY_IDX(found, j, mai_combination_t *) == server) {
                return apr_psprintf(p, "'%s' is named twice", name);
            }
        }
        APR_ARRAY_PUSH(found, mai_combination_t *) = server;
    }
    named->all = found;
    named->only =
        found->nelts == 1 ? APR_ARRAY_IDX(found, 0, mai_combination_t *) : NULL;
    return NULL;
}

void mai_named_settle(mai_named_t *named, apr_pool_t *p)
{
    apr_array_header_t *servers =
        apr_array_make(p, named->all->nelts, sizeof(const ti_server_t *));
    int i;

    for (i = 0; i < named->all->nelts; i++) {
        APR_ARRAY_PUSH(servers, const ti_server_t *) =
            APR_ARRAY_IDX(named->all, i, mai_combination_t *)->ready;
    }
    named->servers = servers;
}

mai_named_t *mai_named_narrow(const mai_named_t *outer,
                              const mai_named_t *inner, apr_pool_t *p)
{
    mai_named_t *narrowed = apr_pcalloc(p, sizeof(*narrowed));
    apr_array_header_t *left =
        apr_array_make(p, inner->names->nelts, sizeof(mai_combination_t *));
    int i;

    if (outer == NULL || outer->all == NULL) {
        narrowed->complaint =
            "IntrospectServer in a .htaccess can only choose among the servers "
            "that the configuration names here, and it names none";
        return narrowed;
    }
    for (i = 0; i < inner->names->nelts; i++) {
        mai_combination_t *server =
            among(outer->left != NULL ? outer->left : outer->all,
                  APR_ARRAY_IDX(inner->names, i, const char *));

        if (server == NULL || among(left, server->raw->name) != NULL) {
            narrowed->complaint =
                "IntrospectServer in a .htaccess names a server that the "
                "configuration does not name for this place, or names one "
                "twice";
            return narrowed;
        }
        APR_ARRAY_PUSH(left, mai_combination_t *) = server;
    }
    narrowed->all = outer->all;
    narrowed->servers = outer->servers;
    narrowed->left = left;
    narrowed->only =
        left->nelts == 1 ? APR_ARRAY_IDX(left, 0, mai_combination_t *) : NULL;
    narrowed->is_several = outer->is_several;
    return narrowed;
}

int mai_named_has(const mai_named_t *named, int i)
{
    const mai_combination_t *server =
        APR_ARRAY_IDX(named->all, i, mai_combination_t *);

    return named->left == NULL ||
           among(named->left, server->raw->name) == server;
}

static mai_combination_t *among(const apr_array_header_t *servers,
                                const char *name)
{
    int i;

    for (i = 0; i < servers->nelts; i++) {
        mai_combination_t *server =
            APR_ARRAY_IDX(servers, i, mai_combination_t *);

        if (strcmp(server->raw->name, name) == 0) {
            return server;
        }
    }
    return NULL;
}

static mai_combination_t *find(const mai_named_t *named, const char *name,
                               apr_pool_t *p)
{
    mai_combination_t *server =
        apr_hash_get(known, key_of(named->s, name, p), APR_HASH_KEY_STRING);

    return server != NULL ? server
                          : apr_hash_get(known, key_of(NULL, name, p),
                                         APR_HASH_KEY_STRING);
}

void mai_named_require(const server_rec *s, const char *name, const char *where,
                       apr_pool_t *p)
{
    requirement_t *requirement = apr_array_push(required);

    requirement->s = s;
    requirement->name = apr_pstrdup(p, name);
    requirement->where = where;
}

const char *mai_named_missing(const char **where, int *i, apr_pool_t *p)
{
    while (*i < required->nelts) {
        const requirement_t *each =
            &APR_ARRAY_IDX(required, (*i)++, requirement_t);

        if (!mai_named_is_known(each->s, each->name, p)) {
            *where = each->where;
            return each->name;
        }
    }
    return NULL;
}

int mai_named_is_known(const server_rec *s, const char *name, apr_pool_t *p)
{
    return apr_hash_get(known, key_of(s, name, p), APR_HASH_KEY_STRING) !=
               NULL ||
           apr_hash_get(known, key_of(NULL, name, p), APR_HASH_KEY_STRING) !=
               NULL ||
           (!s->is_virtual && among(all, name) != NULL);
}

/* The key of a server outside of virtual hosts has no server_rec. */
static const char *key_of(const server_rec *s, const char *name, apr_pool_t *p)
{
    return s != NULL && s->is_virtual ? apr_psprintf(p, "%pp %s", s, name)
                                      : apr_pstrcat(p, "- ", name, NULL);
}

int mai_named_is_name(const char *text)
{
    const char *c = text;

    while (apr_isalnum(*c) || (*c != '\0' && strchr(".-_", *c) != NULL)) {
        c++;
    }
    return c != text && *c == '\0' && c - text <= NAME_MAX_LENGTH;
}
