/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ready.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "base/metric.h"
#include "server/displayname.h"
#include "traffic/flights.h"

/* A server that waits for its number. */
typedef struct entry_t {
    ti_server_t *server;
    const server_rec *s;
    int is_asked;
} entry_t;

/* Set once, before the first request; NULL while the configuration is read. */
static const ti_key_secrets_t *key_secrets;
static int httpd_workers;
static ti_flights_t *flights; /* numbers the servers */
static ti_metrics_t *metrics; /* has rows for them */

/* Servers made ready at start, before there are flights; the registry keys of
 * those that can be asked; and for each name the server_rec that has it, or
 * `several`. */
static apr_array_header_t *unnumbered;
static apr_hash_t *known;
static apr_hash_t *names;
static const char several[] = "several";

static void number(const entry_t *entry, apr_pool_t *p);
static void know(ti_server_t *server, const server_rec *s, apr_pool_t *p);

void mai_ready_arm(const ti_key_secrets_t *secrets, int workers,
                   apr_pool_t *pconf)
{
    httpd_workers = workers;
    key_secrets = secrets;
    flights = NULL;
    metrics = NULL;
    unnumbered = apr_array_make(pconf, 16, sizeof(entry_t));
    known = apr_hash_make(pconf);
    names = apr_hash_make(pconf);
}

apr_uint32_t mai_ready_count(void)
{
    return apr_hash_count(known);
}

apr_uint32_t mai_ready_rows(void)
{
    apr_uint32_t rows = 0;
    int i;

    for (i = 0; i < unnumbered->nelts; i++) {
        const ti_server_t *server =
            APR_ARRAY_IDX(unnumbered, i, entry_t).server;

        rows += 2; /* its own, and one of an endpoint from metadata */
        if (server->endpoints != NULL) {
            rows += (apr_uint32_t)server->endpoints->nelts;
        }
    }
    return rows;
}

const ti_server_t *mai_ready_server(const server_rec **s, int i)
{
    const entry_t *entry;

    if (unnumbered == NULL || i >= unnumbered->nelts) {
        return NULL;
    }
    entry = &APR_ARRAY_IDX(unnumbered, i, entry_t);
    *s = entry->s;
    return entry->server;
}

void mai_ready_number(ti_flights_t *all, ti_metrics_t *rows)
{
    int i;

    flights = all;
    metrics = rows;
    for (i = 0; i < unnumbered->nelts; i++) {
        number(&APR_ARRAY_IDX(unnumbered, i, entry_t), unnumbered->pool);
    }
}

apr_status_t mai_ready_make(ti_server_t *server, apr_pool_t *p)
{
    apr_status_t rv = ti_server_finish(server, httpd_workers, p);

    return rv == APR_SUCCESS ? ti_server_make_keys(server, key_secrets, p) : rv;
}

void mai_ready_enrol(ti_server_t *server, const server_rec *s, int is_asked,
                     apr_pool_t *p)
{
    entry_t entry;

    entry.server = server;
    entry.s = s;
    entry.is_asked = is_asked;
    know(server, s, p);
    if (flights != NULL) {
        number(&entry, p);
        return;
    }
    APR_ARRAY_PUSH(unnumbered, entry_t) = entry;
    if (is_asked) {
        apr_hash_set(known, &server->registry_key, sizeof(server->registry_key),
                     server);
    }
    if (server->name != NULL) {
        const void *there =
            apr_hash_get(names, server->name, APR_HASH_KEY_STRING);

        apr_hash_set(names, server->name, APR_HASH_KEY_STRING,
                     there == NULL || there == s ? (const void *)s : several);
    }
}

/* Sets the registry key. A name, so that the server keeps its number when a
 * reload changes its settings; the same name in another virtual host is another
 * server. Without a name, its identity. */
static void know(ti_server_t *server, const server_rec *s, apr_pool_t *p)
{
    const char *text;

    server->registry_key = server->identity;
    if (server->name == NULL) {
        return;
    }
    text = apr_psprintf(p, "%s %s %s:%d", server->name,
                        s->is_virtual ? "in" : "outside",
                        s->server_hostname != NULL ? s->server_hostname : "",
                        s->addrs != NULL ? (int)s->addrs->host_port : 0);
    ti_key_digest(&server->registry_key, text, strlen(text));
}

void mai_ready_measure(ti_server_t *server, apr_pool_t *p)
{
    apr_time_t now = apr_time_now();
    int i;

    for (i = 0; i < server->endpoints->nelts; i++) {
        const char *url = APR_ARRAY_IDX(server->endpoints, i, const char *);
        apr_uint32_t row =
            ti_metrics_find(metrics, TI_METRIC_ENDPOINT, server->displayname,
                            mai_displayname_endpoint(url, p), now);

        server->rows[i] = row;
        ti_metric_set(metrics, row, TI_GAUGE_NUMBER, server->number);
        ti_metric_set(metrics, row, TI_GAUGE_BREAKER,
                      server->endpoints->nelts > 1 ? 1 + (int)server->ranks[i]
                                                   : 0);
    }
}

static void number(const entry_t *entry, apr_pool_t *p)
{
    ti_server_t *server = entry->server;
    int is_shared =
        server->name != NULL &&
        apr_hash_get(names, server->name, APR_HASH_KEY_STRING) == several;

    if (entry->is_asked) {
        server->number = ti_flights_find(flights, &server->registry_key);
    }
    server->displayname =
        apr_pstrdup(p, mai_displayname_server(server, entry->s, is_shared, p));
    server->row = ti_metrics_find(metrics, TI_METRIC_SERVER,
                                  server->displayname, "", apr_time_now());
    mai_ready_renewed(server);
    mai_ready_measure(server, p);
}

void mai_ready_renewed(const ti_server_t *server)
{
    int has_secret = server->client_secret != NULL || server->bearer != NULL ||
                     server->assertion.keys != NULL ||
                     ti_certificate_is_set(&server->certificate);

    ti_metric_set(metrics, server->row, TI_GAUGE_NUMBER, server->number);
    ti_metric_set(metrics, server->row, TI_GAUGE_CALLS_MAX, server->calls_max);
    ti_metric_set(metrics, server->row, TI_GAUGE_CERTIFICATE,
                  server->certificate.ends);
    ti_metric_set(metrics, server->row, TI_GAUGE_SECRET,
                  has_secret ? apr_time_now() : 0);
}
