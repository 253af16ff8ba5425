/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of revocation marks and of identifiers that are valid once.
 * A reload keeps it, a stop drops it.
 */
#ifndef MAI_MARKS_H
#define MAI_MARKS_H

#include <httpd.h>

#include "base/world.h"

/* In post_config: make both for *world, or take over those from before a
 * reload. If a stopped process holds one of their locks, new processes get a
 * copy, and all remembered answers are revoked, because a mark may be lost. The
 * handles are in `pconf`. */
apr_status_t mai_marks_open(ti_world_t *world, const server_rec *s,
                            const ti_key_secrets_t *secrets, apr_pool_t *pconf);

#endif
