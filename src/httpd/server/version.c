/* SPDX-License-Identifier: Apache-2.0 */
#include "server/version.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/discovery.h"
#include "base/atomic.h"
#include "base/clock.h"
#include "base/secret.h"
#include "server/guarded.h"
#include "server/ready.h"

/* A version of a server, made by metadata and files. Questions that began with
 * it finish with it. */
typedef struct mai_version_t {
    apr_pool_t *p;
    const char *text;   /* the metadata; NULL: there are none yet */
    apr_time_t retired; /* when it was replaced; 0: it is current */
    struct mai_version_t *next;
} version_t;

/* How long a replaced version is kept: longer than any question or background
 * renewal takes. */
#define RETIRED_FOR apr_time_from_sec(3600)

/* The pool of all versions, which are written only inside it. */
static mai_guarded_t own;

static const char *adopt_anew(mai_combination_t *server, const char *text,
                              const ti_server_t *read, apr_pool_t *p);
static const char *make_version(ti_server_t **made, mai_combination_t *server,
                                const char *text, const ti_server_t *read,
                                apr_pool_t *p);
static void take_files(ti_server_t *ready, const ti_server_t *raw,
                       const ti_server_t *read, apr_pool_t *p);
static void copy_bytes(ti_bytes_t *bytes, const ti_bytes_t *from,
                       apr_pool_t *p);
static apr_status_t wipe(void *bytes);
static void retire(mai_combination_t *server, apr_time_t when);

void mai_version_child(apr_pool_t *pchild)
{
    mai_guarded_create(&own, pchild);
}

const char *mai_version_adopt(mai_combination_t *server, const char *text,
                              apr_time_t when, apr_pool_t *p)
{
    const char *complaint;

    if (!server->outlives_requests) {
        return make_version(&server->ready, server, text,
                            mai_combination_now(server), p);
    }
    if (!mai_guarded_enter(&own)) {
        return "this process could not be set up";
    }
    if (when <= server->discovered) {
        complaint = NULL; /* another thread has adopted newer ones */
    } else if (server->versions != NULL && server->versions->text != NULL &&
               strcmp(server->versions->text, text) == 0) {
        server->discovered = when;
        complaint = NULL;
    } else {
        complaint = adopt_anew(server, text, mai_combination_now(server), p);
        server->discovered = complaint == NULL ? when : server->discovered;
    }
    mai_guarded_leave(&own);
    return complaint;
}

const char *mai_version_reread(mai_combination_t *server,
                               const ti_server_t *read, apr_pool_t *p)
{
    const char *complaint;

    if (!mai_guarded_enter(&own)) {
        return "this process could not be set up";
    }
    /* adopt_anew copies *read before it frees a version, under this mutex */
    TI_STORE(server->is_looked_at, 0);
    complaint = adopt_anew(
        server, server->versions != NULL ? server->versions->text : NULL, read,
        p);
    if (complaint == NULL) {
        mai_ready_renewed(mai_combination_now(server));
    }
    mai_guarded_leave(&own);
    return complaint;
}

/* Inside `own`. */
static const char *adopt_anew(mai_combination_t *server, const char *text,
                              const ti_server_t *read, apr_pool_t *p)
{
    ti_server_t *made = NULL;
    const char *complaint;
    version_t *version;
    apr_pool_t *fresh;

    if (apr_pool_create(&fresh, own.p) != APR_SUCCESS) {
        return "out of memory";
    }
    complaint = make_version(&made, server, text, read, fresh);
    if (complaint != NULL) {
        complaint = apr_pstrdup(p, complaint);
        apr_pool_destroy(fresh);
        return complaint;
    }
    version = apr_pcalloc(fresh, sizeof(*version));
    version->p = fresh;
    version->text = apr_pstrdup(fresh, text);
    version->next = server->versions;
    retire(server, ti_clock_steady());
    server->versions = version;
    __atomic_store_n(&server->ready, made, __ATOMIC_RELEASE);
    return NULL;
}

static const char *make_version(ti_server_t **made, mai_combination_t *server,
                                const char *text, const ti_server_t *read,
                                apr_pool_t *p)
{
    ti_server_t *ready = apr_pmemdup(p, server->raw, sizeof(*ready));
    const ti_server_t *before = mai_combination_now(server);
    const char *complaint = NULL;

    take_files(ready, server->raw, read, p);
    if (mai_ready_make(ready, p) != APR_SUCCESS) {
        return "its settings could not be prepared";
    }
    if (text != NULL) {
        complaint = ti_discovery_apply(ready, text, strlen(text), p);
    }
    if (ready->endpoints == NULL) {
        ready->endpoints = apr_array_make(p, 1, sizeof(const char *));
    }
    ready->owner = server;
    ready->outlives_requests = before->outlives_requests;
    ready->number = before->number;
    ready->displayname = before->displayname;
    ready->row = before->row;
    if (complaint == NULL) {
        mai_ready_measure(ready, p);
        *made = ready;
    }
    return complaint;
}

/* Copies what was read from files, except what belongs to the configuration. */
static void take_files(ti_server_t *ready, const ti_server_t *raw,
                       const ti_server_t *read, apr_pool_t *p)
{
    if (read->bearer != raw->bearer) {
        char *bearer = apr_pstrdup(p, read->bearer);

        ti_secret_wipe_with(p, bearer);
        ready->bearer = bearer;
    }
    if (read->tls_ca != raw->tls_ca) {
        ready->tls_ca = apr_pstrdup(p, read->tls_ca);
    }
    copy_bytes(&ready->certificate.file, &read->certificate.file, p);
    copy_bytes(&ready->certificate.key_file, &read->certificate.key_file, p);
}

static void copy_bytes(ti_bytes_t *bytes, const ti_bytes_t *from, apr_pool_t *p)
{
    if (from->data == NULL || from->data == bytes->data) {
        return;
    }
    bytes->data = apr_pmemdup(p, from->data, from->size + 1);
    bytes->size = from->size;
    apr_pool_cleanup_register(p, apr_pmemdup(p, bytes, sizeof(*bytes)), wipe,
                              apr_pool_cleanup_null);
}

static apr_status_t wipe(void *bytes)
{
    ti_bytes_wipe(bytes);
    return APR_SUCCESS;
}

/* Retire the newest version, and free those that were retired long ago. Free
 * none during a look at files, which may hang in the file system and still use
 * one of them. */
static void retire(mai_combination_t *server, apr_time_t when)
{
    version_t *version = server->versions;

    if (version != NULL) {
        version->retired = when;
    }
    if (TI_LOAD(server->is_looked_at)) {
        return;
    }
    while (version != NULL && version->next != NULL) {
        version_t *old = version->next;

        if (old->retired + RETIRED_FOR < when) {
            version->next = old->next;
            apr_pool_destroy(old->p);
        } else {
            version = old;
        }
    }
}
