/* SPDX-License-Identifier: Apache-2.0
 *
 * What the application sees: clear first, then set.
 */
#ifndef MAI_EXPORT_H
#define MAI_EXPORT_H

#include "config/config.h"
#include "context/context.h"

/* access_checker: clear what this place exports, also for anonymous ones. What
 * we exported in a request that this one continues stays. */
int mai_export_clear(request_rec *r);

/* Set what the application of this place sees of granted claims, in place of
 * what that of the request before saw; nothing where that is the same. */
void mai_export_claims(request_rec *r, const mai_context_t *context);

/* fixups, first and last: the same for a request that took over its user from
 * the one that it continues, and for one whose place a sub-request has taken
 * (DirectoryIndex, FallbackResource, MultiViews), as that one's place says. */
int mai_export_settle(request_rec *r);

#endif
