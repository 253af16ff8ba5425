/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether httpd's User can read a file that root has read at start.
 */
#ifndef MAI_PERMISSION_H
#define MAI_PERMISSION_H

#include <apr_pools.h>

/* Nonzero: by the modes, httpd's User and its groups can read the file, or list
 * the directory, at this absolute path. Also nonzero if root has not started
 * httpd: then parent and children run as one user. `p` is for scratch. */
int mai_permission_to_read(const char *path, apr_pool_t *p);

#endif
