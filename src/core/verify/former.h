/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer under its former name, while the secret of the keys is rotated.
 * Each function does nothing, and finds nothing, where there is no former
 * secret.
 */
#ifndef TI_FORMER_H
#define TI_FORMER_H

#include "base/world.h"
#include "cache/cache.h"

/* Find it under its former name, and give it the present one too, so that it is
 * found when the former secret is gone. Nonzero with *entry filled; its bytes
 * are in the question's pool, and its times and `now` the steady clock's. */
int ti_former_fetch(ti_entry_t *entry, const ti_world_t *world,
                    const ti_question_t *question, apr_time_t now);

/* The same of one younger than *entry, by a machine that has not begun the
 * rotation. Zero: *entry is as it was. */
int ti_former_fetch_younger(ti_entry_t *entry, const ti_world_t *world,
                            const ti_question_t *question, apr_time_t now);

/* Keep it under its former name, for those machines. */
void ti_former_store(const ti_world_t *world, const ti_question_t *question,
                     const ti_entry_t *entry, apr_time_t now);

#endif
