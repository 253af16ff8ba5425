/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens that were active within the last hour, in shared memory. Places are
 * reserved for them during a flood of made-up tokens: a client that cannot log
 * in has none of them. A mark grants nothing.
 */
#ifndef TI_MARK_H
#define TI_MARK_H

#include <apr_pools.h>

#include "base/key.h"

/* How many are remembered; a newer one takes the place of an older. */
#define TI_MARKS 16384

typedef struct ti_marks_t ti_marks_t;

/* Bytes of shared memory that the marks need. */
apr_size_t ti_marks_size(void);

/* Make or take over the marks at `memory`, zeroed when it is new, shared and
 * aligned to 64. */
ti_marks_t *ti_marks_open(void *memory);

/* It was active at `now` (steady). No lock; NULL does nothing. */
void ti_mark_set(ti_marks_t *marks, const ti_key_t *key, apr_time_t now);

/* Was it active within the hour before `now` (steady)? NULL: no. */
int ti_mark_has(const ti_marks_t *marks, const ti_key_t *key, apr_time_t now);

#endif
