/* SPDX-License-Identifier: Apache-2.0
 *
 * The certificates of the authorities to trust, as a file or a hashed directory
 * holds them: PEM.
 */
#ifndef TI_AUTHORITIES_H
#define TI_AUTHORITIES_H

#include <apr_pools.h>

/* Bytes of all of them. A system's whole bundle has a quarter of it. */
#define TI_AUTHORITIES_MAX ((apr_size_t)1024 * 1024)

/* All certificates of the file at `path`, or of those files in the directory
 * that `openssl rehash` has named, as one PEM text in `p`. NULL: *why says in a
 * sentence what is wrong with it. A directory in which one file cannot be used
 * is used without that. OpenSSL's error queue stays as it was. */
const char *ti_authorities_read(const char **why, const char *path,
                                apr_pool_t *p);

#endif
