/* SPDX-License-Identifier: Apache-2.0
 *
 * The authorization server as sections of the configuration set it: raw
 * settings that inherit field by field, and what is made ready of them at
 * start, so that no request has to.
 */
#ifndef MAI_COMBINATION_H
#define MAI_COMBINATION_H

#include <httpd.h>

#include "server.h"

struct ti_breakers_t;

/* One combination of settings. */
typedef struct mai_server_t {
    ti_server_t *raw;      /* as written, not set fields unset */
    ti_server_t *ready;    /* finished and armed; NULL before post_config */
    const char *complaint; /* why it cannot be asked, or NULL; with ready */
    apr_array_header_t *merges; /* combinations known since start */
} mai_server_t;

/* Nothing set yet, in `p`. */
mai_server_t *mai_server_create(apr_pool_t *p);

/* `add` over `base`. Found among what start has made ready, so that merging
 * sections costs a request nothing; else made in `p`. */
mai_server_t *mai_server_merge(mai_server_t *base, mai_server_t *add,
                               apr_pool_t *p);

/* Make it ready (at start, or for one request), if it is not. */
apr_status_t mai_server_ready(mai_server_t *server, int lasting, apr_pool_t *p);

/* Make ready the combination of both, for mai_server_merge to find. */
apr_status_t mai_server_prepare(mai_server_t *base, mai_server_t *add,
                                apr_pool_t *p);

/* From post_config on: the secret of the keys, who numbers endpoints, and how
 * many requests httpd can serve at once. */
void mai_server_arm(const unsigned char *secret, struct ti_breakers_t *breakers,
                    int workers);

#endif
