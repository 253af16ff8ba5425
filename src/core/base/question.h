/* SPDX-License-Identifier: Apache-2.0
 *
 * One token, asked about for one place.
 */
#ifndef TI_QUESTION_H
#define TI_QUESTION_H

#include <apr_pools.h>
#include <apr_time.h>

#include "base/key.h"
#include "base/log.h"

struct apr_sockaddr_t;
struct apr_table_t;
struct ti_policy_t;
struct ti_recent_t;
struct ti_server_t;

/* Owned by the request, or by the task of a renewal. */
typedef struct ti_question_t {
    const struct ti_server_t *server; /* finished, with its keys */
    const struct ti_policy_t *policy;
    const char *token;
    apr_size_t length;
    const ti_log_t *log;
    apr_pool_t *p;  /* for everything that the answer needs */
    int was_active; /* nonzero: the token was active when last asked about */
    const struct apr_table_t *headers; /* of the request, or NULL */
    struct ti_recent_t *recent; /* the client's last token; NULL: not known */
    const struct apr_sockaddr_t
        *client;      /* who sent the request; NULL: nobody */
    int renewal;      /* nonzero: no request waits for the answer */
    ti_key_t key;     /* of the token; made by ti_verify */
    apr_time_t until; /* the deadline (steady), once somebody is asked */
} ti_question_t;

#endif
