/* SPDX-License-Identifier: Apache-2.0
 *
 * The authorization server as sections of the configuration set it: raw
 * settings that inherit field by field, and what is made ready of them at
 * start, so that no request has to.
 */
#ifndef MAI_COMBINATION_H
#define MAI_COMBINATION_H

#include <httpd.h>

#include "ask/server.h"

struct mai_merge_t;

/* Of sections within sections so many combinations are made ready in one
 * process; further ones are made ready by each request for itself. */
#define MAI_COMBINATIONS_MAX 256

/* The files that settings are from, which may change while httpd runs. */
typedef enum mai_file_t {
    MAI_FILE_BEARER = 0,
    MAI_FILE_CERTIFICATE,
    MAI_FILE_KEY,
    MAI_FILE_AUTHORITIES,
    MAI_FILES /* how many there are */
} mai_file_t;

/* One combination of settings. It lives as long as the configuration, for no
 * directive that makes one may stand in .htaccess; or, where requests merge
 * sections, as long as the process or, not `outlives_requests`, the request. */
typedef struct mai_combination_t {
    ti_server_t *raw;      /* as written, not set fields unset */
    const server_rec *s;   /* where the (innermost) section of it stands */
    ti_server_t *ready;    /* finished, with its keys; NULL before post_config.
                              Its endpoints are never NULL. Another one takes
                              its place when metadata change: read it by
                              mai_combination_now */
    const char *complaint; /* why it cannot be asked, or NULL; with ready */
    const char *keys_complaint; /* the same for its key set */
    int outlives_requests;      /* nonzero: it lives as long as the process */
    apr_time_t discovered;      /* when its metadata were had, of the steady
                                   clock; 0: not yet */
    apr_time_t retry_at;        /* left alone, where they could not be had */
    struct mai_version_t *versions; /* those that metadata and files made */
    apr_uint64_t stamps[MAI_FILES]; /* of the files, when they were read last;
                                       0: not known. As the next, known to
                                       reread.c, of one thread */
    int doubts[MAI_FILES];          /* looks that found one reason not to use
                                       the file */
    unsigned reasons[MAI_FILES];    /* hashes of these */
    int is_looked_at;               /* atomic; nonzero: a look at its files may
                                       hold any version of it */
    int is_wanted;                  /* atomic; nonzero: its credentials were
                                       refused, and its files are looked at */
    struct mai_merge_t *merges;     /* what it is over others, once known */
} mai_combination_t;

/* Nothing set yet, in a section of `s`, for a configuration in `p`. */
mai_combination_t *mai_combination_create(const server_rec *s, apr_pool_t *p);

/* `add` over `base`. Found among what start and earlier requests have made
 * ready, so that merging sections costs a request no lock and no memory; else
 * made ready and kept, or, where that cannot be, made in `p`. */
mai_combination_t *mai_combination_merge(mai_combination_t *base,
                                         mai_combination_t *add, apr_pool_t *p);

/* For a request: make it ready if it is not. One that outlives the request was
 * made ready before, or there is an error. */
apr_status_t mai_combination_ready(mai_combination_t *server, apr_pool_t *p);

/* The server as it is now, until the end of the question. For one that is
 * ready. */
static inline const ti_server_t *mai_combination_now(
    const mai_combination_t *server)
{
    return __atomic_load_n(&server->ready, __ATOMIC_ACQUIRE);
}

/* The servers of this process that can become others, by metadata or files,
 * and last: the one at `i`, or NULL. */
mai_combination_t *mai_combination_changing(int i);

/* The file that one setting is from; its path is NULL where it is from none. */
const ti_file_t *mai_combination_file(const mai_combination_t *server,
                                      mai_file_t which);

/* At start: make ready, in a pool that lives as long as the configuration,
 * one server (NULL: nothing to do); the combination of two, which is then
 * known to mai_combination_merge. */
apr_status_t mai_combination_prepare_one(mai_combination_t *server,
                                         apr_pool_t *p);
apr_status_t mai_combination_prepare(mai_combination_t *base,
                                     mai_combination_t *add, apr_pool_t *p);

/* From post_config on: what was combined for the reading before is no more. */
void mai_combination_begin(void);

/* From child_init on: keep in `pchild` what requests combine. Where that fails,
 * each request combines for itself. */
void mai_combination_child(apr_pool_t *pchild);

/* The longest that any answer is remembered by the servers that start made
 * ready, IntrospectStaleIfError included. */
apr_interval_time_t mai_combination_age_max(void);

#endif
