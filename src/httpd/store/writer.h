/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread that writes to a store what requests leave with it, so that no
 * client waits for that.
 */
#ifndef MAI_WRITER_H
#define MAI_WRITER_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct mai_writer_t mai_writer_t;

/* Entries that wait for the thread, at most. Further ones are not written:
 * other machines ask for themselves. */
#define MAI_WRITER_WAITING 256

/* One thing to write, in a pool of its own that ends after `write`. */
typedef struct mai_written_t {
    void (*write)(struct mai_written_t *written);
    apr_pool_t *p;
} mai_written_t;

/* Start the thread of this process. It ends with `pchild`, after its current
 * write; entries that wait are dropped. */
apr_status_t mai_writer_create(mai_writer_t **writer, apr_pool_t *pchild);

/* Leave an entry with the thread, which owns it from then on. APR_EAGAIN: too
 * many wait, and the caller still owns it. */
apr_status_t mai_writer_add(mai_writer_t *writer, mai_written_t *written);

#endif
