/* SPDX-License-Identifier: Apache-2.0
 *
 * When the answer about a hot token is renewed, so that no request waits.
 */
#ifndef TI_REFRESH_H
#define TI_REFRESH_H

#include "base/key.h"
#include "base/world.h"
#include "cache/cache.h"

/* Is this answer, in use at `now` (steady), so near its end that it is to be
 * renewed? Its end is that of IntrospectCacheMaxAge, or earlier where the place
 * demands fresher ones. One that ends because its token does is not renewed. */
int ti_refresh_due(const ti_world_t *world, const ti_question_t *question,
                   const ti_entry_t *entry, apr_time_t now);

/* If it is due, and no renewal is under way or has just failed, have it
 * renewed in the background. */
void ti_refresh_start(const ti_world_t *world, const ti_question_t *question,
                      const ti_entry_t *entry, apr_time_t now);

#endif
