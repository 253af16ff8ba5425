/* SPDX-License-Identifier: Apache-2.0 */
#include "combination.h"

#include <apr_strings.h>

#include "breaker.h"

/* One combination that start has made ready. */
typedef struct merge_t {
    const mai_server_t *base;
    mai_server_t *merged;
} merge_t;

/* Set once, before the first request; NULL while the configuration is read. */
static const unsigned char *key_secret;
static ti_breakers_t *endpoint_breakers;
static int httpd_workers;

static mai_server_t *known(const mai_server_t *base, const mai_server_t *add);
static apr_status_t number_endpoints(ti_server_t *server, apr_pool_t *p);

mai_server_t *mai_server_create(apr_pool_t *p)
{
    mai_server_t *server = apr_pcalloc(p, sizeof(*server));

    server->raw = ti_server_create(p);
    server->merges = apr_array_make(p, 1, sizeof(merge_t));
    return server;
}

mai_server_t *mai_server_merge(mai_server_t *base, mai_server_t *add,
                               apr_pool_t *p)
{
    mai_server_t *merged;

    if (base == NULL || add == NULL) {
        return base != NULL ? base : add;
    }
    merged = known(base, add);
    if (merged != NULL) {
        return merged;
    }
    merged = apr_pcalloc(p, sizeof(*merged));
    merged->raw = ti_server_merge(base->raw, add->raw, p);
    merged->merges = apr_array_make(p, 1, sizeof(merge_t));
    return merged;
}

apr_status_t mai_server_ready(mai_server_t *server, int lasting, apr_pool_t *p)
{
    ti_server_t *ready;
    apr_status_t rv;

    if (server == NULL || server->ready != NULL) {
        return APR_SUCCESS;
    }
    ready = apr_pmemdup(p, server->raw, sizeof(*ready));
    rv = ti_server_finish(ready, httpd_workers, p);
    if (rv == APR_SUCCESS) {
        rv = ti_server_arm(ready, key_secret, p);
    }
    if (rv == APR_SUCCESS) {
        rv = number_endpoints(ready, p);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    ready->lasting = lasting;
    server->complaint = ti_server_complaint(ready, p);
    server->ready = ready;
    return APR_SUCCESS;
}

apr_status_t mai_server_prepare(mai_server_t *base, mai_server_t *add,
                                apr_pool_t *p)
{
    mai_server_t *merged = mai_server_merge(base, add, p);

    if (merged != base && merged != add && known(base, add) == NULL) {
        merge_t *merge = apr_array_push(add->merges);

        merge->base = base;
        merge->merged = merged;
    }
    return mai_server_ready(merged, 1, p);
}

void mai_server_arm(const unsigned char *secret, ti_breakers_t *breakers,
                    int workers)
{
    httpd_workers = workers;
    key_secret = secret;
    endpoint_breakers = breakers;
}

static mai_server_t *known(const mai_server_t *base, const mai_server_t *add)
{
    int i;

    for (i = 0; i < add->merges->nelts; i++) {
        const merge_t *merge = &APR_ARRAY_IDX(add->merges, i, merge_t);

        if (merge->base == base) {
            return merge->merged;
        }
    }
    return NULL;
}

/* The breaker of an endpoint, shared by all who trust it on the same terms. */
static apr_status_t number_endpoints(ti_server_t *server, apr_pool_t *p)
{
    int i;

    for (i = 0; server->endpoints != NULL && i < server->endpoints->nelts;
         i++) {
        const char *terms =
            apr_psprintf(p, "%d,%s,%s", (int)server->tls_verify,
                         server->tls_ca_file != NULL ? server->tls_ca_file : "",
                         APR_ARRAY_IDX(server->endpoints, i, const char *));
        ti_key_t identity;
        apr_status_t rv = ti_key_digest(&identity, terms, strlen(terms));

        if (rv == APR_SUCCESS) {
            rv = ti_breaker_find(endpoint_breakers, &identity,
                                 &server->health[i]);
        }
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    server->index = server->health[0];
    return APR_SUCCESS;
}
