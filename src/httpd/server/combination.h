/* SPDX-License-Identifier: Apache-2.0
 *
 * An authorization server as sections of the configuration set it: raw
 * settings, which inherit field by field, and the finished server, which start
 * makes so that no request has to.
 */
#ifndef MAI_COMBINATION_H
#define MAI_COMBINATION_H

#include <httpd.h>

#include "ask/server.h"

struct mai_merge_t;

/* The most combinations of nested sections that the requests of one process
 * make and keep. Beyond that each request makes its own. */
#define MAI_COMBINATIONS_MAX 256

/* Files that settings come from, and which may change while httpd runs. */
typedef enum mai_file_t {
    MAI_FILE_BEARER = 0,
    MAI_FILE_CERTIFICATE,
    MAI_FILE_KEY,
    MAI_FILE_AUTHORITIES,
    MAI_FILES /* how many there are */
} mai_file_t;

/* One combination of settings. It lives as long as the configuration, since no
 * directive that makes one is allowed in .htaccess. One that a request merges
 * from sections lives as long as the process, or, without `outlives_requests`,
 * as long as the request. */
typedef struct mai_combination_t {
    ti_server_t *raw;      /* as written; other fields are unset */
    const server_rec *s;   /* the vhost of its (innermost) section */
    ti_server_t *ready;    /* finished, with its keys; NULL before post_config.
                              Its endpoints are never NULL. New metadata or
                              files replace it: read it by
                              mai_combination_now */
    const char *complaint; /* why it cannot be asked, or NULL; with ready */
    const char *keys_complaint; /* the same for its key set */
    int outlives_requests;      /* nonzero: it lives as long as the process */
    apr_time_t discovered;      /* when its metadata were fetched (steady); 0:
                                   not yet */
    apr_time_t retry_at;        /* after a failure: no fetch before (steady) */
    struct mai_version_t *versions; /* made by metadata and files */
    apr_uint64_t stamps[MAI_FILES]; /* of the files when last read; 0: not
                                       known. Like doubts and reasons, used
                                       only by the thread that rereads files */
    int doubts[MAI_FILES];          /* looks in a row that found the same
                                       reason not to use the file */
    unsigned reasons[MAI_FILES];    /* hashes of these reasons */
    int is_looked_at;               /* atomic; nonzero: a look at its files may
                                       hold any version of it */
    int is_wanted;                  /* atomic; nonzero: its credentials were
                                       refused, so its files need a look */
    struct mai_merge_t *merges;     /* combinations with it as `add` */
} mai_combination_t;

/* Settings of a section of `s` with nothing set yet, in `p`. */
mai_combination_t *mai_combination_create(const server_rec *s, apr_pool_t *p);

/* `add` over `base`. Returns the combination that start or an earlier request
 * has made, which costs neither a lock nor memory. Otherwise makes it ready and
 * keeps it, or, where that is impossible, makes it in `p` and not ready. */
mai_combination_t *mai_combination_merge(mai_combination_t *base,
                                         mai_combination_t *add, apr_pool_t *p);

/* For a request: make its own combination ready if it is not. APR_EGENERAL: one
 * that outlives requests should be ready, but is not. */
apr_status_t mai_combination_ready(mai_combination_t *server, apr_pool_t *p);

/* The current version of a server that is ready. It is valid until the end of
 * the question. */
static inline const ti_server_t *mai_combination_now(
    const mai_combination_t *server)
{
    return __atomic_load_n(&server->ready, __ATOMIC_ACQUIRE);
}

/* The i-th server of this process that metadata or files can change and that
 * outlives requests; NULL behind the last one. */
mai_combination_t *mai_combination_changing(int i);

/* The file that a setting comes from. Its path is NULL if there is none. */
const ti_file_t *mai_combination_file(const mai_combination_t *server,
                                      mai_file_t which);

/* At start: make one server ready (NULL: nothing to do), or the combination of
 * two, which mai_combination_merge finds afterwards. `p` lives as long as the
 * configuration. */
apr_status_t mai_combination_prepare_one(mai_combination_t *server,
                                         apr_pool_t *p);
apr_status_t mai_combination_prepare(mai_combination_t *base,
                                     mai_combination_t *add, apr_pool_t *p);

/* In post_config: forget the combinations of the previous configuration. */
void mai_combination_begin(void);

/* In child_init: from now on keep the combinations of requests in `pchild`. If
 * this fails, each request makes its own. */
void mai_combination_child(apr_pool_t *pchild);

/* The longest time that any server keeps an answer, with IntrospectStaleIfError
 * and with the wait of requests for an answer. */
apr_interval_time_t mai_combination_age_max(void);

#endif
