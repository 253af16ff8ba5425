/* SPDX-License-Identifier: Apache-2.0 */
#include "store/session.h"

#include <string.h>

#include <apr_strings.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "store/rediserror.h"

/* A connection as it is made in a thread, for its name may take long. */
typedef struct opening_t {
    mai_host_t host;
    mai_link_t *link;
} opening_t;

static apr_status_t connect_primary(mai_session_t *session, mai_async_t *call);
static apr_status_t find_primary(mai_primary_t *primary, mai_session_t *session,
                                 mai_async_t *call);
static void know(mai_sessions_t *sessions, const mai_primary_t *primary);
static apr_status_t open_link(mai_link_t **link, const mai_session_t *session,
                              const mai_host_t *host);
static apr_status_t open_named(mai_async_t *call);
static apr_status_t drop_opened(void *data);
static apr_status_t greet(mai_session_t *session);
static apr_status_t close_all(void *data);

apr_status_t mai_sessions_start(mai_sessions_t *sessions, apr_pool_t *pchild)
{
    sessions->count = 0;
    apr_pool_cleanup_register(pchild, sessions, close_all,
                              apr_pool_cleanup_null);
    return apr_thread_mutex_create(&sessions->lock, APR_THREAD_MUTEX_DEFAULT,
                                   pchild);
}

void mai_session_begin(mai_session_t *session, mai_sessions_t *sessions,
                       apr_time_t until)
{
    memset(session, 0, sizeof(*session));
    session->sessions = sessions;
    session->until = until;
    session->host = TI_LOAD(sessions->host);
    apr_thread_mutex_lock(sessions->lock);
    if (sessions->count > 0) {
        session->link = sessions->idle[--sessions->count];
    }
    apr_thread_mutex_unlock(sessions->lock);
}

void mai_session_keep(mai_session_t *session)
{
    mai_sessions_t *sessions = session->sessions;
    mai_link_t *link = session->link;

    TI_STORE(sessions->host, session->host);
    apr_thread_mutex_lock(sessions->lock);
    if (sessions->count < MAI_SESSIONS_IDLE) {
        sessions->idle[sessions->count++] = link;
        link = NULL;
    }
    apr_thread_mutex_unlock(sessions->lock);
    mai_link_close(link);
    session->link = NULL;
}

void mai_session_drop(mai_session_t *session)
{
    mai_sessions_t *sessions = session->sessions;

    mai_link_close(session->link);
    session->link = NULL;
    if (session->is_new) {
        static const mai_primary_t unknown;

        session->host = (session->host + 1) % sessions->location.count;
        TI_STORE(sessions->host, session->host);
        know(sessions, &unknown);
    }
}

apr_status_t mai_session_connect(mai_session_t *session, mai_async_t *call)
{
    const mai_location_t *location = &session->sessions->location;
    apr_status_t rv;

    if (session->link != NULL) {
        return APR_SUCCESS;
    }
    session->is_new = 1;
    session->greetings = 0;
    rv = location->primary != NULL ? connect_primary(session, call)
                                   : open_link(&session->link, session,
                                               &location->hosts[session->host]);
    return rv == APR_SUCCESS ? greet(session) : rv;
}

static apr_status_t connect_primary(mai_session_t *session, mai_async_t *call)
{
    mai_primary_t primary;
    apr_status_t rv = find_primary(&primary, session, call);
    mai_host_t host;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    host.name = primary.name;
    host.port = primary.port;
    host.is_numeric = mai_location_is_numeric(primary.name);
    return open_link(&session->link, session, &host);
}

/* As a Sentinel has said before, or says now. */
static apr_status_t find_primary(mai_primary_t *primary, mai_session_t *session,
                                 mai_async_t *call)
{
    mai_sessions_t *sessions = session->sessions;
    const mai_location_t *location = &sessions->location;
    const mai_watched_t watched = {location->primary, sessions->sentinels};
    mai_link_t *link = NULL;
    apr_status_t rv;

    apr_thread_mutex_lock(sessions->lock);
    *primary = sessions->primary;
    apr_thread_mutex_unlock(sessions->lock);
    if (primary->port != 0) {
        return APR_SUCCESS;
    }
    rv = open_link(&link, session, &location->hosts[session->host]);
    if (rv == APR_SUCCESS) {
        rv = mai_sentinel_ask(primary, link, &watched, session->until,
                              call->why, sizeof(call->why));
    }
    mai_link_close(link);
    if (rv == APR_SUCCESS) {
        know(sessions, primary);
    }
    return rv;
}

static void know(mai_sessions_t *sessions, const mai_primary_t *primary)
{
    apr_thread_mutex_lock(sessions->lock);
    sessions->primary = *primary;
    apr_thread_mutex_unlock(sessions->lock);
}

/* Names are looked up in a thread, which a resolver that hangs may keep. */
static apr_status_t open_link(mai_link_t **link, const mai_session_t *session,
                              const mai_host_t *host)
{
    const char *path = session->sessions->location.path;
    apr_interval_time_t left = session->until - ti_clock_steady();
    mai_async_t *call;
    opening_t *opening;
    apr_status_t rv;

    if (path != NULL || host->is_numeric) {
        *link = mai_link_open(path, host);
        return *link != NULL ? APR_SUCCESS : APR_ECONNREFUSED;
    }
    if (left <= 0) {
        return APR_TIMEUP;
    }
    call = mai_async_create(open_named, NULL, left, MAI_WAITER_OWN);
    if (call == NULL) {
        return APR_EAGAIN;
    }
    opening = apr_pcalloc(call->p, sizeof(*opening));
    opening->host = *host;
    opening->host.name = apr_pstrdup(call->p, host->name);
    call->self = opening;
    apr_pool_cleanup_register(call->p, opening, drop_opened,
                              apr_pool_cleanup_null);
    rv = mai_async_run(call);
    if (rv == APR_SUCCESS) {
        *link = opening->link;
        opening->link = NULL;
    }
    mai_async_release(call);
    return rv;
}

static apr_status_t open_named(mai_async_t *call)
{
    opening_t *opening = call->self;

    opening->link = mai_link_open(NULL, &opening->host);
    return opening->link != NULL ? APR_SUCCESS : APR_ECONNREFUSED;
}

/* Of a call that was left behind. */
static apr_status_t drop_opened(void *data)
{
    opening_t *opening = data;

    mai_link_close(opening->link);
    return APR_SUCCESS;
}

/* Who we are, and which database: sent with the first command. */
static apr_status_t greet(mai_session_t *session)
{
    const mai_sessions_t *sessions = session->sessions;
    apr_status_t rv = APR_SUCCESS;

    if (sessions->password != NULL) {
        mai_command_t auth = {0};

        mai_command_word(&auth, "AUTH");
        if (sessions->location.user != NULL) {
            mai_command_word(&auth, sessions->location.user);
        }
        mai_command_word(&auth, sessions->password);
        rv = mai_link_say(session->link, &auth);
        session->greetings++;
    }
    if (rv == APR_SUCCESS && sessions->location.database != NULL) {
        mai_command_t select = {0};

        mai_command_word(&select, "SELECT");
        mai_command_word(&select, sessions->location.database);
        rv = mai_link_say(session->link, &select);
        session->greetings++;
    }
    return rv;
}

/* The next reply to what was asked, after those to the greeting. An error is
 * a failure of the call, with its reason. */
apr_status_t mai_session_hear(mai_session_t *session, mai_reply_t *reply,
                              mai_async_t *call)
{
    apr_status_t rv;

    do {
        rv = mai_link_hear(session->link, reply, session->until);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        if (reply->kind == MAI_REPLY_ERROR) {
            mai_rediserror_explain(call->why, sizeof(call->why), reply->bytes,
                                   reply->size);
            return APR_EGENERAL;
        }
    } while (session->greetings-- > 0);
    session->greetings = 0;
    return APR_SUCCESS;
}

static apr_status_t close_all(void *data)
{
    mai_sessions_t *sessions = data;

    while (sessions->count > 0) {
        mai_link_close(sessions->idle[--sessions->count]);
    }
    return APR_SUCCESS;
}
