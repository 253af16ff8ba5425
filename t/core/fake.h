/* SPDX-License-Identifier: Apache-2.0
 *
 * A world for ti_verify: a network that answers what the test says, a cache
 * that is an array, a clock that stands still.
 */
#ifndef T_FAKE_H
#define T_FAKE_H

#include "ask/server.h"
#include "base/messages.h"
#include "cache/cache.h"
#include "http/http.h"
#include "traffic/flight.h"
#include "traffic/flights.h"
#include "traffic/proof.h"
#include "verify/verify.h"

#include <apr_strings.h>

#include "records.h"
#include "shared.h"

#define SECONDS(n) apr_time_from_sec(n)
#define START SECONDS(1000)
#define CELLS 64
#define SERVERS 9 /* as many as fly() makes room for */

static apr_time_t now;

/* The network: what it answers, and what it was asked. */
static ti_http_response_t reply;
static apr_interval_time_t reply_takes; /* the clock moves on so far */
static apr_interval_time_t reply_sleeps;
static int asks;
static char asked_form[500];
static char asked_authorization[200];

/* The cache. */
static struct {
    ti_key_t key;
    ti_entry_t entry;
} cells[CELLS];
static int cells_used;
static int fetches;
static pthread_mutex_t cells_lock = PTHREAD_MUTEX_INITIALIZER;

static ti_server_t *server;
static ti_policy_t policy;
static ti_result_t result;
static ti_world_t world;
static apr_uint32_t fingerprint;

static apr_interval_time_t wall_ahead; /* of the steady clock */

static inline apr_time_t clock_now(void)
{
    return __atomic_load_n(&now, __ATOMIC_RELAXED);
}

static inline apr_time_t wall_now(void)
{
    return clock_now() + wall_ahead;
}

static inline apr_status_t exchange(ti_http_t *http, ti_http_response_t *answer,
                                    const ti_http_request_t *request,
                                    apr_pool_t *p)
{
    (void)http;
    (void)p;
    if (__atomic_add_fetch(&asks, 1, __ATOMIC_RELAXED) == 1) {
        apr_cpystrn(asked_form, request->form, sizeof(asked_form));
        apr_cpystrn(asked_authorization,
                    request->authorization ? request->authorization : "",
                    sizeof(asked_authorization));
    }
    if (reply_sleeps > 0) {
        apr_sleep(reply_sleeps);
    }
    if (reply_takes > 0) {
        __atomic_add_fetch(&now, reply_takes, __ATOMIC_RELAXED);
    }
    *answer = reply;
    return reply.failure == TI_HTTP_OK ? APR_SUCCESS : APR_EGENERAL;
}

static inline int cell_of(const ti_key_t *key)
{
    int i = 0;

    while (i < cells_used && !ti_key_same(&cells[i].key, key, sizeof(*key))) {
        i++;
    }
    return i;
}

static inline apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                                 const ti_key_t *key, apr_time_t at,
                                 apr_pool_t *p)
{
    int i;

    (void)cache;
    memset(entry, 0, sizeof(*entry));
    pthread_mutex_lock(&cells_lock);
    fetches++;
    i = cell_of(key);
    if (i < cells_used && at < cells[i].entry.expires) {
        *entry = cells[i].entry;
        entry->bytes = apr_pmemdup(p, entry->bytes, entry->size);
    }
    pthread_mutex_unlock(&cells_lock);
    return entry->kind != TI_KIND_NONE ? APR_SUCCESS : APR_NOTFOUND;
}

/* Not in a pool: a renewal's thread comes here too. */
static inline apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                                 const ti_entry_t *entry, apr_time_t at,
                                 apr_pool_t *p)
{
    char *bytes = malloc(entry->size + 1);
    int i;

    (void)cache;
    (void)at;
    (void)p;
    if (entry->size > 0) {
        memcpy(bytes, entry->bytes, entry->size);
    }
    pthread_mutex_lock(&cells_lock);
    i = cell_of(key);
    ck_assert_int_lt(i, CELLS);
    free((void *)(apr_uintptr_t)cells[i].entry.bytes);
    cells[i].key = *key;
    cells[i].entry = *entry;
    cells[i].entry.bytes = bytes;
    cells_used = i == cells_used ? i + 1 : cells_used;
    pthread_mutex_unlock(&cells_lock);
    return APR_SUCCESS;
}

static ti_http_t network = {exchange, NULL};
static ti_cache_t cache_array = {fetch, store, NULL, NULL, NULL};

static inline void answers(int status, const char *body)
{
    memset(&reply, 0, sizeof(reply));
    reply.status = status;
    reply.type = "application/json";
    reply.body = body;
    reply.length = strlen(body);
    reply.reason = "";
}

static inline void fails(ti_http_failure_t failure)
{
    answers(0, "");
    reply.failure = failure;
    reply.reason = "it is down";
}

static inline void server_new(const char *url)
{
    apr_array_header_t *endpoints =
        apr_array_make(pool, 1, sizeof(const char *));

    APR_ARRAY_PUSH(endpoints, const char *) = url;
    server = ti_server_create(pool);
    server->endpoints = endpoints;
    server->client_id = "me";
    server->client_secret = "secret";
    server->number = 1; /* as ti_flights_find numbers it */
}

/* Settings are done: derive the server's keys. */
static inline void arm(void)
{
    unsigned char secret[TI_SECRET_SIZE] = {7};
    ti_key_secrets_t secrets = {secret, NULL, secret};

    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    ck_assert_ptr_null(ti_server_complaint(server, pool));
    ck_assert_int_eq(ti_server_make_keys(server, &secrets, pool), APR_SUCCESS);
}

static inline void world_open(void)
{
    now = START;
    wall_ahead = 0;
    asks = 0;
    fetches = 0;
    cells_used = 0;
    reply_takes = 0;
    reply_sleeps = 0;
    memset(&world, 0, sizeof(world));
    world.http = &network;
    world.cache = &cache_array;
    world.proofs = ti_proofs_open(apr_pcalloc(pool, ti_proofs_size(SERVERS)),
                                  SERVERS, pool);
    world.clock = wall_now;
    world.steady = clock_now;
    memset(&policy, 0, sizeof(policy));
    policy.leeway = SECONDS(60);
    policy.max_age = -1;
    server_new("https://as.example/i");
    answers(200, "{\"active\":true,\"sub\":\"alice\"}");
}

static inline void fly(void)
{
    ti_capacity_t room = {8, 100};

    ck_assert_int_eq(ti_flights_open(&world.flights,
                                     shared_open(ti_flights_size(&room)), 1,
                                     &room, 0, pool),
                     APR_SUCCESS);
}

/* Is no question under way, and nobody in line? */
static inline int nobody_asks(void)
{
    ti_flights_state_t state;

    ti_flights_state(world.flights, server->number, &state);
    return state.in_flight == 0 && state.waiting == 0;
}

static inline ti_verdict_t verify(const char *token)
{
    apr_size_t length = strlen(token);
    ti_question_t question = {.server = server,
                              .policy = &policy,
                              .token = exact(token, length + 1),
                              .length = length,
                              .p = pool};

    if (server->tokens == NULL) {
        arm();
    }
    ti_verify(&result, &fingerprint, &world, &question);
    return result.verdict;
}

#endif
