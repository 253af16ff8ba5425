/* SPDX-License-Identifier: Apache-2.0 */
#include "store/redis.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>

#include "base/clock.h"
#include "store/session.h"

#define PREFIX "introspect:"
#define NAME_SIZE (sizeof(PREFIX) + 2 * TI_KEY_SIZE)

static const char *create(void **self, const char *text, apr_pool_t *p);
static const char *create_sentinel(void **self, const char *text,
                                   apr_pool_t *p);
static void login(void *self, const char *password, const char *sentinels);
static unsigned int tries_of(const mai_sessions_t *sessions);
static apr_status_t start(void *self, apr_pool_t *pchild);
static apr_status_t perform(void *self, mai_async_t *call,
                            apr_interval_time_t kept);
static int is_served(apr_status_t rv);
static apr_status_t read_value(mai_session_t *session, mai_async_t *call);
static apr_status_t ask_for(mai_session_t *session, const char *name);
static apr_status_t read_one(mai_session_t *session, mai_async_t *call,
                             unsigned char *bytes, apr_size_t *size);
static apr_status_t write_value(mai_session_t *session, mai_async_t *call,
                                apr_interval_time_t kept);
static apr_status_t expect_done(mai_session_t *session, mai_async_t *call);
static void name_of(char name[NAME_SIZE], const ti_key_t *key);
static void slot_of(char name[NAME_SIZE], const ti_key_t *key);

const mai_client_t mai_redis_client = {create, login, start, perform};
const mai_client_t mai_redis_sentinel_client = {create_sentinel, login, start,
                                                perform};

static const char *create(void **self, const char *text, apr_pool_t *p)
{
    mai_sessions_t *made = apr_pcalloc(p, sizeof(*made));

    *self = made;
    return mai_location_read(&made->location, text, p);
}

static const char *create_sentinel(void **self, const char *text, apr_pool_t *p)
{
    mai_sessions_t *made = apr_pcalloc(p, sizeof(*made));

    *self = made;
    return mai_location_read_sentinels(&made->location, text, p);
}

static void login(void *self, const char *password, const char *sentinels)
{
    mai_sessions_t *sessions = self;

    sessions->password = password;
    sessions->sentinels = sentinels;
}

static apr_status_t start(void *self, apr_pool_t *pchild)
{
    return mai_sessions_start(self, pchild);
}

/* One over a connection that was kept, for it may have ended meanwhile; and one
 * to each address, or to where each Sentinel says after the last said where. */
static unsigned int tries_of(const mai_sessions_t *sessions)
{
    return 1 + sessions->location.count +
           (sessions->location.primary != NULL ? 1 : 0);
}

static apr_status_t perform(void *self, mai_async_t *call,
                            apr_interval_time_t kept)
{
    mai_sessions_t *sessions = self;
    apr_status_t rv = APR_EGENERAL;
    apr_size_t size = call->size;
    mai_session_t session;
    unsigned int tries;

    mai_session_begin(&session, sessions,
                      ti_clock_steady() + MAI_REDIS_PATIENCE);
    for (tries = 0; tries < tries_of(sessions); tries++) {
        call->size = size;
        call->why[0] = '\0';
        rv = mai_session_connect(&session, call);
        if (rv == APR_SUCCESS) {
            rv = call->expires == 0 ? read_value(&session, call)
                                    : write_value(&session, call, kept);
        }
        if (is_served(rv)) {
            mai_session_keep(&session);
            return rv;
        }
        mai_session_drop(&session);
        if (APR_STATUS_IS_TIMEUP(rv)) {
            break;
        }
    }
    return rv;
}

static int is_served(apr_status_t rv)
{
    return rv == APR_SUCCESS || rv == APR_NOTFOUND || rv == APR_ENOSPC;
}

static apr_status_t read_value(mai_session_t *session, mai_async_t *call)
{
    char name[NAME_SIZE];
    apr_status_t other;
    apr_status_t rv;

    call->other_size = sizeof(call->other);
    name_of(name, &call->name);
    rv = ask_for(session, name);
    slot_of(name, &call->name);
    if (rv == APR_SUCCESS) {
        rv = ask_for(session, name);
    }
    if (rv == APR_SUCCESS) {
        rv = read_one(session, call, call->bytes, &call->size);
    }
    other = is_served(rv)
                ? read_one(session, call, call->other, &call->other_size)
                : rv;
    return is_served(other) ? rv : other;
}

static apr_status_t ask_for(mai_session_t *session, const char *name)
{
    mai_command_t command = {0};

    mai_command_word(&command, "GET");
    mai_command_word(&command, name);
    return mai_link_say(session->link, &command);
}

/* *size: the room before, the value's size after, 0 for none. */
static apr_status_t read_one(mai_session_t *session, mai_async_t *call,
                             unsigned char *bytes, apr_size_t *size)
{
    apr_size_t room = *size;
    mai_reply_t reply;
    apr_status_t rv = mai_session_hear(session, &reply, call);

    *size = 0;
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (reply.kind == MAI_REPLY_NIL) {
        return APR_NOTFOUND;
    }
    if (reply.kind != MAI_REPLY_VALUE) {
        return APR_EINVAL;
    }
    if (reply.size > room) {
        return APR_ENOSPC;
    }
    memcpy(bytes, reply.bytes, reply.size);
    *size = reply.size;
    return APR_SUCCESS;
}

/* "Inactive" takes the place of an older answer (XX), and its slot. */
static apr_status_t write_value(mai_session_t *session, mai_async_t *call,
                                apr_interval_time_t kept)
{
    mai_command_t set = {0};
    char name[NAME_SIZE];
    char time[24];
    apr_status_t rv;

    name_of(name, &call->name);
    apr_snprintf(time, sizeof(time), "%" APR_TIME_T_FMT,
                 apr_time_as_msec(kept));
    mai_command_word(&set, "SET");
    mai_command_word(&set, name);
    mai_command_add(&set, call->bytes, call->size);
    mai_command_word(&set, "PX");
    mai_command_word(&set, time);
    if (call->is_no) {
        mai_command_t shared = set;
        char slot[NAME_SIZE];

        mai_command_word(&set, "XX");
        slot_of(slot, &call->name);
        shared.words[1] = slot;
        shared.sizes[1] = strlen(slot);
        rv = mai_link_say(session->link, &set);
        if (rv == APR_SUCCESS) {
            rv = mai_link_say(session->link, &shared);
        }
        if (rv == APR_SUCCESS) {
            rv = expect_done(session, call);
        }
    } else {
        rv = mai_link_say(session->link, &set);
    }
    return rv == APR_SUCCESS ? expect_done(session, call) : rv;
}

static apr_status_t expect_done(mai_session_t *session, mai_async_t *call)
{
    mai_reply_t reply;
    apr_status_t rv = mai_session_hear(session, &reply, call);

    if (rv == APR_SUCCESS && reply.kind != MAI_REPLY_DONE &&
        reply.kind != MAI_REPLY_NIL) {
        rv = APR_EINVAL;
    }
    return rv;
}

static void name_of(char name[NAME_SIZE], const ti_key_t *key)
{
    memcpy(name, PREFIX, sizeof(PREFIX));
    apr_escape_hex(name + sizeof(PREFIX) - 1, key->bytes, TI_KEY_SIZE, 0, NULL);
}

/* A name is a digest, so its first bytes spread well. */
static void slot_of(char name[NAME_SIZE], const ti_key_t *key)
{
    unsigned int place = (unsigned int)key->bytes[0] << 8 | key->bytes[1];

    apr_snprintf(name, NAME_SIZE, PREFIX "no:%u", place % MAI_REDIS_SLOTS);
}
