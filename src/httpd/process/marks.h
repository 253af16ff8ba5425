/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of revocation marks, and of what is good once: a reload
 * keeps it, a stop forgets it.
 */
#ifndef MAI_MARKS_H
#define MAI_MARKS_H

#include <httpd.h>

#include "base/world.h"

/* In post_config: make both, or take over those of before a reload, for
 * *world. Where a process stands still in a lock of theirs, the new ones get a
 * copy, and what is remembered is revoked, for a mark may be lost. The handles
 * are in `pconf`. */
apr_status_t mai_marks_open(ti_world_t *world, const server_rec *s,
                            const ti_key_secrets_t *secrets, apr_pool_t *pconf);

#endif
