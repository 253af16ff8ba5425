/* SPDX-License-Identifier: Apache-2.0
 *
 * A file that a setting is read from: its bytes, and a stamp by which a change
 * is seen.
 */
#ifndef TI_FILE_H
#define TI_FILE_H

#include <apr_pools.h>

/* Where a setting is from. It owns nothing. */
typedef struct ti_file_t {
    const char *path;   /* absolute; NULL: from no file that can change */
    apr_uint64_t stamp; /* of before it was read */
} ti_file_t;

/* What a file looks like from outside now, or a directory with all files in it,
 * as a number: it is another one after each change. 0, which is no stamp: it is
 * neither, it cannot be looked at, or it changed within the last two seconds,
 * so that a further change might not be seen. `p` is for scratch. */
apr_uint64_t ti_file_stamp(const char *path, apr_pool_t *p);

/* Read all of a regular file, with a NUL behind the last byte, into *bytes in
 * `p`. APR_ENOSPC: it has more than `max` bytes; APR_EOF: it is empty;
 * APR_EINVAL: it is no regular file. */
apr_status_t ti_file_read(char **bytes, apr_size_t *size, const char *path,
                          apr_size_t max, apr_pool_t *p);

/* Can everybody on this machine read or write it? */
int ti_file_is_open_to_all(const char *path, apr_pool_t *p);

#endif
