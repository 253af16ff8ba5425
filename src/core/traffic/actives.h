/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens that were active within the last hour, in shared memory. Permits are
 * reserved for them during a flood of made-up tokens: a client that cannot log
 * in has none of them. It grants nothing to be among them.
 */
#ifndef TI_ACTIVES_H
#define TI_ACTIVES_H

#include <apr_pools.h>

#include "base/key.h"

/* How many are remembered; a newer one takes the place of an older. */
#define TI_ACTIVES_MAX 16384

typedef struct ti_actives_t ti_actives_t;

/* Bytes of shared memory that they need. */
apr_size_t ti_actives_size(void);

/* Make or take over what lies at `memory`, zeroed when it is new, shared and
 * aligned to 64. */
ti_actives_t *ti_actives_open(void *memory);

/* It was active at `now` (steady). No lock; NULL does nothing. */
void ti_actives_add(ti_actives_t *actives, const ti_key_t *key, apr_time_t now);

/* Was it active within the hour before `now` (steady)? NULL: no. */
int ti_actives_has(const ti_actives_t *actives, const ti_key_t *key,
                   apr_time_t now);

#endif
