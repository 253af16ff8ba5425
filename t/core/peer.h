/* SPDX-License-Identifier: Apache-2.0
 *
 * A server inside the test: listens on a free port of 127.0.0.1, gives each
 * connection a thread, and lets a script say whatever bytes it likes.
 */
#ifndef T_PEER_H
#define T_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Not every test uses everything. */
#define PEER_MAYBE __attribute__((unused))

#define PEER_CONNECTIONS_MAX 256
#define PEER_REQUEST_MAX (2 * 1024 * 1024)

typedef struct peer_t peer_t;
typedef struct peer_talk_t peer_talk_t;

/* What one connection does; it is closed when the script returns. */
typedef void peer_script_t(peer_talk_t *talk);

/* One connection. */
struct peer_talk_t {
    peer_t *peer;
    int fd;
    int number; /* of this connection, from 1 */
    pthread_t thread;
    char coming[PEER_REQUEST_MAX];  /* a request while it is read */
    char request[PEER_REQUEST_MAX]; /* the last whole one */
};

struct peer_t {
    int listener;
    int port;
    peer_script_t *script;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int connections; /* ever accepted */
    int open;        /* now */
    int most;        /* ever open at once */
    int requests;    /* read whole */
    int marks;       /* set by scripts */
    int stopping;
    peer_talk_t *talks[PEER_CONNECTIONS_MAX];
};

static void *peer_accept(void *data);
static void *peer_talk(void *data);

/* Listen; port 0 of `address` is replaced by the one that was free. */
static int peer_listen(int *port)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        abort();
    }
    *port = ntohs(address.sin_port);
    return fd;
}

PEER_MAYBE static peer_t *peer_start(peer_script_t *script)
{
    peer_t *peer = calloc(1, sizeof(*peer));

    peer->script = script;
    peer->listener = peer_listen(&peer->port);
    pthread_mutex_init(&peer->lock, NULL);
    pthread_cond_init(&peer->changed, NULL);
    pthread_create(&peer->thread, NULL, peer_accept, peer);
    return peer;
}

/* End all that is going on, and wait for it. */
static void peer_stop(peer_t *peer)
{
    int i;

    pthread_mutex_lock(&peer->lock);
    peer->stopping = 1;
    pthread_cond_broadcast(&peer->changed);
    shutdown(peer->listener, SHUT_RDWR);
    for (i = 0; i < peer->connections; i++) {
        if (peer->talks[i]->fd >= 0) {
            shutdown(peer->talks[i]->fd, SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&peer->lock);

    pthread_join(peer->thread, NULL);
    for (i = 0; i < peer->connections; i++) {
        pthread_join(peer->talks[i]->thread, NULL);
        free(peer->talks[i]);
    }
    close(peer->listener);
    pthread_cond_destroy(&peer->changed);
    pthread_mutex_destroy(&peer->lock);
    free(peer);
}

static void *peer_accept(void *data)
{
    peer_t *peer = data;

    for (;;) {
        int fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC);
        peer_talk_t *talk;

        if (fd < 0) {
            return NULL;
        }
        pthread_mutex_lock(&peer->lock);
        if (peer->stopping || peer->connections == PEER_CONNECTIONS_MAX) {
            pthread_mutex_unlock(&peer->lock);
            close(fd);
            continue;
        }
        talk = calloc(1, sizeof(*talk));
        talk->peer = peer;
        talk->fd = fd;
        peer->talks[peer->connections++] = talk;
        talk->number = peer->connections;
        peer->open++;
        peer->most = peer->open > peer->most ? peer->open : peer->most;
        pthread_create(&talk->thread, NULL, peer_talk, talk);
        pthread_mutex_unlock(&peer->lock);
    }
}

static void *peer_talk(void *data)
{
    peer_talk_t *talk = data;
    peer_t *peer = talk->peer;

    peer->script(talk);
    pthread_mutex_lock(&peer->lock);
    close(talk->fd);
    talk->fd = -1;
    peer->open--;
    pthread_cond_broadcast(&peer->changed);
    pthread_mutex_unlock(&peer->lock);
    return NULL;
}

/* A count, read while the server runs. */
PEER_MAYBE static int peer_count(peer_t *peer, const int *count)
{
    int value;

    pthread_mutex_lock(&peer->lock);
    value = *count;
    pthread_mutex_unlock(&peer->lock);
    return value;
}

/* Wait until a count has come to (at least, or down to) a value; 0: it did
 * not within 10 s. */
PEER_MAYBE static int peer_wait(peer_t *peer, const int *count, int value,
                                int down)
{
    struct timespec end;
    int reached;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 10;
    pthread_mutex_lock(&peer->lock);
    while ((down ? *count > value : *count < value) &&
           pthread_cond_timedwait(&peer->changed, &peer->lock, &end) == 0) {
    }
    reached = down ? *count <= value : *count >= value;
    pthread_mutex_unlock(&peer->lock);
    return reached;
}

/* The last whole request on a connection, counted from 1. */
PEER_MAYBE static const char *peer_request(peer_t *from, int connection)
{
    const char *request;

    pthread_mutex_lock(&from->lock);
    request = from->talks[connection - 1]->request;
    pthread_mutex_unlock(&from->lock);
    return request;
}

/* The size of the whole request if its header section is there, else 0. */
static size_t peer_request_size(const char *text)
{
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strcasestr(text, "\r\nContent-Length:");

    if (end == NULL) {
        return 0;
    }
    return (size_t)(end + 4 - text) +
           (length != NULL && length < end
                ? (size_t)strtoul(length + 17, NULL, 10)
                : 0);
}

/* Read one request; 0: the client went away first. */
PEER_MAYBE static int peer_read(peer_talk_t *talk)
{
    size_t length = 0;

    talk->coming[0] = '\0';
    while (peer_request_size(talk->coming) == 0 ||
           length < peer_request_size(talk->coming)) {
        ssize_t got = recv(talk->fd, talk->coming + length,
                           PEER_REQUEST_MAX - length - 1, 0);

        if (got <= 0) {
            return 0;
        }
        length += (size_t)got;
        talk->coming[length] = '\0';
    }

    pthread_mutex_lock(&talk->peer->lock);
    memcpy(talk->request, talk->coming, length + 1);
    talk->peer->requests++;
    pthread_cond_broadcast(&talk->peer->changed);
    pthread_mutex_unlock(&talk->peer->lock);
    return 1;
}

/* Say these bytes; 0: nobody listens. */
PEER_MAYBE static int peer_say(peer_talk_t *talk, const char *text)
{
    size_t length = strlen(text);
    size_t said = 0;

    while (said < length) {
        ssize_t sent = send(talk->fd, text + said, length - said, MSG_NOSIGNAL);

        if (sent <= 0) {
            return 0;
        }
        said += (size_t)sent;
    }
    return 1;
}

/* Tell the test that the script has come to this place. */
PEER_MAYBE static void peer_mark(peer_talk_t *talk)
{
    pthread_mutex_lock(&talk->peer->lock);
    talk->peer->marks++;
    pthread_cond_broadcast(&talk->peer->changed);
    pthread_mutex_unlock(&talk->peer->lock);
}

/* Be silent until the client goes away. */
PEER_MAYBE static void peer_hang(peer_talk_t *talk)
{
    char byte;

    while (recv(talk->fd, &byte, 1, 0) > 0) {
    }
}

#endif
