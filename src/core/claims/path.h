/* SPDX-License-Identifier: Apache-2.0
 *
 * A claim's name as a directive writes it.
 */
#ifndef TI_PATH_H
#define TI_PATH_H

#include <apr_pools.h>

#include "claims/claims.h"

typedef struct ti_path_t {
    const char *whole; /* the name as one member's */
    const char *steps; /* the name as a path (claims.h), or NULL: it has no
                          dots that part names */
    apr_size_t whole_length;
    apr_size_t steps_length;
} ti_path_t;

/* Read a name; `*rest` is what follows: "", or ":..." or "~...". `\.` is a dot
 * that does not part names, `\:` and `\~` do not end them, `\\` is a backslash.
 * A complaint, or NULL. */
const char *ti_path_read(ti_path_t *path, const char **rest, const char *text,
                         apr_pool_t *p);

/* What stands there: the whole name's, else the path's. `object` is an object
 * within an array; NULL: the answer itself. NULL where nothing does, or null.
 */
const ti_value_t *ti_path_find(const ti_path_t *path, const ti_claims_t *claims,
                               const ti_value_t *object);

#endif
