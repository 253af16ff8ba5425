/* SPDX-License-Identifier: Apache-2.0 */
#include "server/combination.h"

#include <string.h>

#include <apr_strings.h>

#include "server/guarded.h"
#include "server/ready.h"

/* One combination that is ready, in the list of its `add`. It never changes, so
 * readers of the list need no lock. */
typedef struct mai_merge_t {
    const mai_combination_t *base;
    mai_combination_t *merged;
    struct mai_merge_t *next;
} merge_t;

/* The maxima of all servers made ready, each perhaps of another section. */
static struct {
    apr_interval_time_t cache, negative, stale;
} longest;

/* Servers that metadata or files can change. In a child it grows only inside
 * `kept`. */
static apr_array_header_t *changing;

/* The combinations that requests of this process have made, and their number.
 * The heads of the lists are written only inside `kept`. */
static mai_guarded_t kept;
static int kept_count;

static mai_combination_t *known(const mai_combination_t *base,
                                const mai_combination_t *add);
static mai_combination_t *merge(const mai_combination_t *base,
                                const mai_combination_t *add, apr_pool_t *p);
static mai_combination_t *keep(const mai_combination_t *base,
                               mai_combination_t *add);
static mai_combination_t *make(const mai_combination_t *base,
                               mai_combination_t *add, apr_pool_t *p);
static void enter(const mai_combination_t *base, mai_combination_t *add,
                  mai_combination_t *merged, apr_pool_t *p);
static apr_status_t finish(mai_combination_t *server, apr_pool_t *p);
static int can_change(const mai_combination_t *server);
static void list(mai_combination_t *server, apr_pool_t *p);
static void lengthen(const ti_server_t *server);

mai_combination_t *mai_combination_create(const server_rec *s, apr_pool_t *p)
{
    mai_combination_t *server = apr_pcalloc(p, sizeof(*server));

    server->raw = ti_server_create(p);
    server->s = s;
    server->outlives_requests = 1;
    return server;
}

mai_combination_t *mai_combination_merge(mai_combination_t *base,
                                         mai_combination_t *add, apr_pool_t *p)
{
    mai_combination_t *merged;

    if (base == NULL || add == NULL) {
        return base != NULL ? base : add;
    }
    merged = known(base, add);
    if (merged == NULL && base->outlives_requests && add->outlives_requests) {
        merged = keep(base, add);
    }
    return merged != NULL ? merged : merge(base, add, p);
}

apr_status_t mai_combination_ready(mai_combination_t *server, apr_pool_t *p)
{
    if (server->ready != NULL) {
        return APR_SUCCESS;
    }
    return server->outlives_requests ? APR_EGENERAL : finish(server, p);
}

apr_status_t mai_combination_prepare_one(mai_combination_t *server,
                                         apr_pool_t *p)
{
    if (server == NULL || server->ready != NULL) {
        return APR_SUCCESS;
    }
    server->outlives_requests = 1; /* httpd merges vhosts without it */
    return finish(server, p);
}

apr_status_t mai_combination_prepare(mai_combination_t *base,
                                     mai_combination_t *add, apr_pool_t *p)
{
    mai_combination_t *merged = mai_combination_merge(base, add, p);
    apr_status_t rv = mai_combination_prepare_one(merged, p);

    if (rv == APR_SUCCESS && merged != base && merged != add &&
        known(base, add) == NULL) {
        enter(base, add, merged, p);
    }
    return rv;
}

void mai_combination_begin(void)
{
    memset(&longest, 0, sizeof(longest));
    kept.p = NULL;
    changing = NULL;
}

void mai_combination_child(apr_pool_t *pchild)
{
    mai_guarded_create(&kept, pchild);
    kept_count = 0;
    if (kept.p != NULL && changing != NULL) {
        changing = apr_array_copy(kept.p, changing);
    }
}

static mai_combination_t *known(const mai_combination_t *base,
                                const mai_combination_t *add)
{
    const merge_t *each = __atomic_load_n(&add->merges, __ATOMIC_ACQUIRE);

    while (each != NULL && each->base != base) {
        each = each->next;
    }
    return each != NULL ? each->merged : NULL;
}

static mai_combination_t *merge(const mai_combination_t *base,
                                const mai_combination_t *add, apr_pool_t *p)
{
    mai_combination_t *merged = apr_pcalloc(p, sizeof(*merged));

    merged->raw = ti_server_merge(base->raw, add->raw, p);
    merged->s = add->s;
    return merged;
}

/* The first request that needs a combination makes it for all that follow.
 * NULL: it cannot be kept. */
static mai_combination_t *keep(const mai_combination_t *base,
                               mai_combination_t *add)
{
    mai_combination_t *merged;

    if (!mai_guarded_enter(&kept)) {
        return NULL;
    }
    merged = known(base, add); /* another thread may have made it */
    if (merged == NULL && kept_count < MAI_COMBINATIONS_MAX) {
        merged = make(base, add, kept.p);
    }
    mai_guarded_leave(&kept);
    return merged;
}

/* Uses a pool of its own, so that repeated failures leak no memory. */
static mai_combination_t *make(const mai_combination_t *base,
                               mai_combination_t *add, apr_pool_t *p)
{
    mai_combination_t *merged;
    apr_pool_t *own;

    if (apr_pool_create(&own, p) != APR_SUCCESS) {
        return NULL;
    }
    merged = merge(base, add, own);
    if (mai_combination_prepare_one(merged, own) != APR_SUCCESS) {
        apr_pool_destroy(own);
        return NULL;
    }
    enter(base, add, merged, own);
    kept_count++;
    return merged;
}

static void enter(const mai_combination_t *base, mai_combination_t *add,
                  mai_combination_t *merged, apr_pool_t *p)
{
    merge_t *entry = apr_pcalloc(p, sizeof(*entry));

    entry->base = base;
    entry->merged = merged;
    entry->next = add->merges;
    __atomic_store_n(&add->merges, entry, __ATOMIC_RELEASE);
}

static apr_status_t finish(mai_combination_t *server, apr_pool_t *p)
{
    ti_server_t *ready = apr_pmemdup(p, server->raw, sizeof(*ready));
    apr_status_t rv = mai_ready_make(ready, p);
    int i;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    server->complaint = ti_server_complaint(ready, p);
    server->keys_complaint = ti_server_keys_complaint(ready, p);
    if (ready->endpoints == NULL) {
        ready->endpoints = apr_array_make(p, 1, sizeof(const char *));
    }
    mai_ready_enrol(ready, server->s, server->complaint == NULL, p);
    ready->outlives_requests = server->outlives_requests;
    ready->owner = server;
    for (i = 0; i < MAI_FILES; i++) {
        server->stamps[i] = mai_combination_file(server, (mai_file_t)i)->stamp;
    }
    server->ready = ready;
    if (server->outlives_requests) {
        lengthen(ready);
    }
    if (server->outlives_requests && can_change(server)) {
        list(server, p);
    }
    return APR_SUCCESS;
}

static int can_change(const mai_combination_t *server)
{
    int i = 0;

    while (i < MAI_FILES &&
           mai_combination_file(server, (mai_file_t)i)->path == NULL) {
        i++;
    }
    return i < MAI_FILES || server->raw->discovery != NULL;
}

const ti_file_t *mai_combination_file(const mai_combination_t *server,
                                      mai_file_t which)
{
    const ti_server_t *raw = server->raw;
    const ti_file_t *files[MAI_FILES] = {
        [MAI_FILE_BEARER] = &raw->bearer_file,
        [MAI_FILE_CERTIFICATE] = &raw->certificate.from,
        [MAI_FILE_KEY] = &raw->certificate.key_from,
        [MAI_FILE_AUTHORITIES] = &raw->tls_ca_file};

    return files[which];
}

/* Each process has its own list: in the pool of `kept`, at start in `p`. */
static void list(mai_combination_t *server, apr_pool_t *p)
{
    if (changing == NULL) {
        changing = apr_array_make(kept.p != NULL ? kept.p : p, 4,
                                  sizeof(mai_combination_t *));
    }
    APR_ARRAY_PUSH(changing, mai_combination_t *) = server;
}

mai_combination_t *mai_combination_changing(int i)
{
    mai_combination_t *server = NULL;

    if (mai_guarded_enter(&kept)) {
        if (changing != NULL && i < changing->nelts) {
            server = APR_ARRAY_IDX(changing, i, mai_combination_t *);
        }
        mai_guarded_leave(&kept);
    }
    return server;
}

/* Combinations of requests add nothing longer: start has seen each section. */
static void lengthen(const ti_server_t *server)
{
    if (server->cache_max_age > longest.cache) {
        longest.cache = server->cache_max_age;
    }
    if (server->negative_max_age > longest.negative) {
        longest.negative = server->negative_max_age;
    }
    if (server->stale_if_error > longest.stale) {
        longest.stale = server->stale_if_error;
    }
}

apr_interval_time_t mai_combination_age_max(void)
{
    apr_interval_time_t active = longest.cache + longest.stale;

    return (active > longest.negative ? active : longest.negative) +
           apr_time_from_sec(60); /* for requests that still wait for one */
}
