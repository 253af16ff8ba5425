/* SPDX-License-Identifier: Apache-2.0 */
#include "store/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "base/clock.h"

/* The longest that is read before it makes a reply. A sealed entry is a fifth
 * of it; what somebody else put in its place is read to its end, so that the
 * connection can be used again. */
#define UNREAD_MAX ((size_t)1024 * 1024)

struct mai_link_t {
    redisContext *context;
    redisReply *reply;
    redisReplyObjectFunctions functions;
    redisReplyObjectFunctions usual;
};

/* The type of a list's length has changed. */
#if HIREDIS_MAJOR > 0
typedef size_t count_t;
#else
typedef int count_t;
#endif

static void *pair_only(const redisReadTask *task, count_t count);
static apr_status_t move(redisContext *context, apr_time_t until);
static apr_status_t status_of(const redisContext *context);
static void describe(mai_reply_t *reply, const redisReply *from);
static void describe_pair(mai_reply_t *reply, const redisReply *from);

mai_link_t *mai_link_open(const char *path, const mai_host_t *host)
{
    redisContext *context = path != NULL
                                ? redisConnectUnixNonBlock(path)
                                : redisConnectNonBlock(host->name, host->port);
    mai_link_t *link;

    if (context == NULL || context->err != 0) {
        redisFree(context);
        return NULL;
    }
    link = calloc(1, sizeof(*link));
    if (link == NULL) {
        redisFree(context);
        return NULL;
    }
    fcntl(context->fd, F_SETFD, FD_CLOEXEC); /* not for CGI programs */
    link->context = context;
    link->usual = *context->reader->fn;
    link->functions = link->usual;
    link->functions.createArray = pair_only;
    context->reader->fn = &link->functions;
    context->reader->privdata = link;
    return link;
}

void mai_link_close(mai_link_t *link)
{
    if (link == NULL) {
        return;
    }
    freeReplyObject(link->reply);
    redisFree(link->context);
    free(link);
}

void mai_command_add(mai_command_t *command, const void *word, apr_size_t size)
{
    command->words[command->count] = word;
    command->sizes[command->count++] = size;
}

void mai_command_word(mai_command_t *command, const char *word)
{
    mai_command_add(command, word, strlen(word));
}

apr_status_t mai_link_say(mai_link_t *link, const mai_command_t *command)
{
    const char *words[MAI_LINK_WORDS];

    memcpy(words, command->words, sizeof(words));
    return redisAppendCommandArgv(link->context, command->count, words,
                                  command->sizes) == REDIS_OK
               ? APR_SUCCESS
               : APR_ENOMEM;
}

apr_status_t mai_link_hear(mai_link_t *link, mai_reply_t *reply,
                           apr_time_t until)
{
    redisContext *context = link->context;
    void *found = NULL;

    memset(reply, 0, sizeof(*reply));
    freeReplyObject(link->reply);
    link->reply = NULL;
    for (;;) {
        apr_status_t rv;

        if (redisGetReplyFromReader(context, &found) != REDIS_OK) {
            return status_of(context);
        }
        if (found != NULL) {
            link->reply = found;
            describe(reply, found);
            return APR_SUCCESS;
        }
        if (context->reader->len > UNREAD_MAX) {
            return APR_EINVAL;
        }
        rv = move(context, until);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
}

/* What we ask is answered by a list of two at most, and a list of billions
 * would be made room for. */
static void *pair_only(const redisReadTask *task, count_t count)
{
    const mai_link_t *link = task->privdata;

    return count == 2 && task->parent == NULL
               ? link->usual.createArray(task, count)
               : NULL;
}

/* Send and receive what can be, after a wait for it. */
static apr_status_t move(redisContext *context, apr_time_t until)
{
    apr_interval_time_t left = until - ti_clock_steady();
    struct pollfd waiting = {context->fd, POLLIN, 0};
    int sent = 0;
    int ready;

    if (redisBufferWrite(context, &sent) != REDIS_OK) {
        return status_of(context);
    }
    if (left <= 0) {
        return APR_TIMEUP;
    }
    if (!sent) {
        waiting.events |= POLLOUT;
    }
    ready = poll(&waiting, 1, (int)apr_time_as_msec(left) + 1);
    if (ready < 0) {
        return errno == EINTR ? APR_SUCCESS : errno;
    }
    if (ready == 0) {
        return APR_TIMEUP;
    }
    if ((waiting.revents & ~POLLOUT) != 0 &&
        redisBufferRead(context) != REDIS_OK) {
        return status_of(context);
    }
    return APR_SUCCESS;
}

static apr_status_t status_of(const redisContext *context)
{
    switch (context->err) {
    case REDIS_ERR_IO:
        return errno != 0 ? errno : APR_EGENERAL;
    case REDIS_ERR_EOF:
        return APR_EOF;
    default:
        return APR_EINVAL;
    }
}

static void describe_pair(mai_reply_t *reply, const redisReply *from)
{
    const redisReply *const *both = (const redisReply *const *)from->element;

    if (from->elements == 2 && both[0]->type == REDIS_REPLY_STRING &&
        both[1]->type == REDIS_REPLY_STRING) {
        reply->kind = MAI_REPLY_PAIR;
        reply->bytes = both[0]->str;
        reply->size = both[0]->len;
        reply->other = both[1]->str;
        reply->other_size = both[1]->len;
    }
}

static void describe(mai_reply_t *reply, const redisReply *from)
{
    switch (from->type) {
    case REDIS_REPLY_STRING:
        reply->kind = MAI_REPLY_VALUE;
        break;
    case REDIS_REPLY_NIL:
        reply->kind = MAI_REPLY_NIL;
        return;
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_INTEGER:
        reply->kind = MAI_REPLY_DONE;
        return;
    case REDIS_REPLY_ERROR:
        reply->kind = MAI_REPLY_ERROR;
        break;
    case REDIS_REPLY_ARRAY:
        describe_pair(reply, from);
        return;
    default:
        return;
    }
    reply->bytes = from->str;
    reply->size = from->len;
}
