/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of our own for a store on another machine, whose calls end in time
 * by themselves.
 */
#ifndef MAI_CLIENT_H
#define MAI_CLIENT_H

#include <apr_errno.h>
#include <apr_pools.h>

#include "store/async.h"

typedef struct mai_client_t {
    /* Read what follows "NAME:" in IntrospectCache, into *self, in `p`. NULL,
     * or a complaint. */
    const char *(*create)(void **self, const char *text, apr_pool_t *p);

    /* post_config: the password that the store knows us by, and that of its
     * Sentinels (or NULL); they live as long as `self`. */
    void (*login)(void *self, const char *password, const char *sentinels);

    /* child_init: the connections of this process, closed when `pchild`
     * goes. */
    apr_status_t (*child)(void *self, apr_pool_t *pchild);

    /* A call's work, as mai_backend_perform says. What is written is kept for
     * `kept`. A failure's reason is in call->why. */
    apr_status_t (*perform)(void *self, mai_async_t *call,
                            apr_interval_time_t kept);
} mai_client_t;

#endif
