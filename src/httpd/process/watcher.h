/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread of each process that looks at the files of settings. No other thread
 * touches them while httpd serves: a file system that hangs holds up this one
 * alone, and no request.
 */
#ifndef MAI_WATCHER_H
#define MAI_WATCHER_H

#include <httpd.h>

/* Start the thread of this process, and wait for its first look, bounded; for
 * child_init, after mai_shared_child. */
void mai_watcher_child(server_rec *s, apr_pool_t *pchild);

#endif
