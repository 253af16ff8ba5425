/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection to a Redis for one call: one that was kept, or a new one to the
 * address that worked last, with a greeting that says who we are.
 */
#ifndef MAI_SESSION_H
#define MAI_SESSION_H

#include <apr_thread_mutex.h>

#include "store/async.h"
#include "store/link.h"
#include "store/location.h"
#include "store/sentinel.h"

/* Connections kept for the next call, at most. */
#define MAI_SESSIONS_IDLE 16

/* How one Redis is reached, and the connections of this process that wait. */
typedef struct mai_sessions_t {
    mai_location_t location;
    const char *password;  /* or NULL */
    const char *sentinels; /* their password; or NULL */
    unsigned int host;     /* that worked last, or the Sentinel to ask */
    apr_thread_mutex_t *lock;
    mai_primary_t primary; /* as a Sentinel said; a port of 0: ask */
    mai_link_t *idle[MAI_SESSIONS_IDLE];
    int count;
} mai_sessions_t;

typedef struct mai_session_t {
    mai_sessions_t *sessions;
    mai_link_t *link; /* or NULL */
    unsigned int host;
    int greetings; /* replies to come before those to the call */
    int is_new;
    apr_time_t until; /* of the steady clock */
} mai_session_t;

/* child_init; they are closed when `pchild` goes. */
apr_status_t mai_sessions_start(mai_sessions_t *sessions, apr_pool_t *pchild);

/* Take a kept connection, if there is one. */
void mai_session_begin(mai_session_t *session, mai_sessions_t *sessions,
                       apr_time_t until);

/* Without a kept connection begin a new one, if need be to the address that a
 * Sentinel gives. Commands over it follow the greeting. */
apr_status_t mai_session_connect(mai_session_t *session, mai_async_t *call);

/* The next reply to what was sent. An error is a failure, with its reason in
 * call->why. */
apr_status_t mai_session_hear(mai_session_t *session, mai_reply_t *reply,
                              mai_async_t *call);

/* All replies were read: keep the connection for another call. */
void mai_session_keep(mai_session_t *session);

/* The connection failed: close it. After a failure over a new connection the
 * next address, or the next Sentinel, is tried. */
void mai_session_drop(mai_session_t *session);

#endif
