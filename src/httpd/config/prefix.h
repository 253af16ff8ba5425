/* SPDX-License-Identifier: Apache-2.0
 *
 * Names under which claims are exported.
 */
#ifndef MAI_PREFIX_H
#define MAI_PREFIX_H

#include <apr_pools.h>

#include "claims/names.h"

/* What the variables that only the module sets begin with. */
#define MAI_PREFIX_OURS "INTROSPECT_"

/* A claim's name as a variable: letters, digits, '_', all else as '_'. */
const char *mai_prefix_variable(const char *claim, apr_pool_t *p);

/* A prefix for headers: each character that is no letter or digit as '-'. */
const char *mai_prefix_header(const char *prefix, apr_pool_t *p);

/* Under one prefix the names of members that many answers have, by their
 * numbers (claims/names.h): made once, so that a request need not put them
 * together. */
typedef struct mai_names_t {
    const char *variables[TI_NAMES_END];
    const char *headers[TI_NAMES_END];
} mai_names_t;

/* These names, in `p`. */
const mai_names_t *mai_prefix_names(const char *prefix, apr_pool_t *p);

/* May claims be exported under this prefix? NULL, or why not. A claim's name
 * comes from outside, so a prefix must not make LD_PRELOAD of it. `is_free`:
 * the administrator chose it; else, in a .htaccess, only one that begins like
 * the usual one: a list of what programs read has no end. */
const char *mai_prefix_complaint(const char *prefix, int is_free);

/* Does a name begin with the prefix, when case does not count and neither
 * does which character stands where there is no letter or digit? So do CGI
 * and backends compare headers. */
int mai_prefix_of(const char *name, const char *prefix);

#endif
