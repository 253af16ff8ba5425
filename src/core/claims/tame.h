/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of members in a JSON text that no C string can hold.
 */
#ifndef TI_TAME_H
#define TI_TAME_H

#include <apr_pools.h>

/* Where the name of a member holds a NUL, put another control character in its
 * place: the parser takes such a text, and a member of such a name is left out.
 * *text and *length become those of a copy in `p`. Values stay as they are. */
void ti_tame_names(const char **text, apr_size_t *length, apr_pool_t *p);

#endif
