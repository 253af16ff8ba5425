/* SPDX-License-Identifier: Apache-2.0 */
#include "config/ready.h"

#include <apr_hash.h>

#include "traffic/flights.h"

/* Set once, before the first request; NULL while the configuration is read. */
static const unsigned char *key_secret;
static int httpd_workers;
static ti_flights_t *flights; /* who numbers servers */

/* What was made ready at start, of ti_server_t *, while there are no flights,
 * and the identities of these. */
static apr_array_header_t *unnumbered;
static apr_hash_t *identities;

void mai_ready_arm(const unsigned char *secret, int workers, apr_pool_t *pconf)
{
    httpd_workers = workers;
    key_secret = secret;
    flights = NULL;
    unnumbered = apr_array_make(pconf, 16, sizeof(ti_server_t *));
    identities = apr_hash_make(pconf);
}

apr_uint32_t mai_ready_count(void)
{
    return apr_hash_count(identities);
}

void mai_ready_number(ti_flights_t *all)
{
    int i;

    flights = all;
    for (i = 0; i < unnumbered->nelts; i++) {
        mai_ready_enrol(APR_ARRAY_IDX(unnumbered, i, ti_server_t *));
    }
}

apr_status_t mai_ready_make(ti_server_t *server, apr_pool_t *p)
{
    apr_status_t rv = ti_server_finish(server, httpd_workers, p);

    return rv == APR_SUCCESS ? ti_server_arm(server, key_secret, p) : rv;
}

void mai_ready_enrol(ti_server_t *server)
{
    if (flights != NULL) {
        server->index = ti_flights_find(flights, &server->identity);
        return;
    }
    APR_ARRAY_PUSH(unnumbered, ti_server_t *) = server;
    apr_hash_set(identities, &server->identity, sizeof(server->identity),
                 server);
}
