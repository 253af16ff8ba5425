/* SPDX-License-Identifier: Apache-2.0
 *
 * NUL in names of members of a JSON text, which no C string can hold.
 */
#ifndef TI_NUL_H
#define TI_NUL_H

#include <apr_pools.h>

/* Where the name of a member holds a NUL, put another control character in its
 * place: the parser takes such a text, and a member of such a name is left out.
 * *text and *length become those of a copy in `p`. Values stay as they are. */
void ti_nul_replace(const char **text, apr_size_t *length, apr_pool_t *p);

#endif
