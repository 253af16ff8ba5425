/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether httpd's User can read a file that root has read at start.
 */
#ifndef MAI_PERMISSION_H
#define MAI_PERMISSION_H

#include <apr_pools.h>

/* Nonzero: the User of the children, with its groups, can read the file or list
 * the directory at this absolute path, as far as modes say. Also where httpd is
 * not started by root, for then one user does both. `p` is for scratch. */
int mai_permission_to_read(const char *path, apr_pool_t *p);

#endif
