/* SPDX-License-Identifier: Apache-2.0
 *
 * Mistakes in a Require line that can be read, but was hardly meant so.
 */
#ifndef TI_MISTAKE_H
#define TI_MISTAKE_H

#include <apr_pools.h>

/* One word of "Require claim", taken apart: its relation is ':', '~', '{', '<'
 * for all that compares numbers, or NUL for a name alone; `only`: it is the
 * only word of its line. NULL, or a sentence (in `p`) that says what to write.
 */
const char *ti_mistake_find(const char *word, const char *name, char relation,
                            const char *value, int only, apr_pool_t *p);

#endif
