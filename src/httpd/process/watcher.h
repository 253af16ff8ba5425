/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread of each process that looks at the files that settings come from. No
 * other thread reads them while httpd serves, so a file system that hangs
 * blocks this thread and no request.
 */
#ifndef MAI_WATCHER_H
#define MAI_WATCHER_H

#include <httpd.h>

/* Start the thread of this process and wait up to a second for its first look.
 * For child_init, after mai_shared_child. */
void mai_watcher_child(server_rec *s, apr_pool_t *pchild);

#endif
