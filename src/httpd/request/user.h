/* SPDX-License-Identifier: Apache-2.0
 *
 * REMOTE_USER, from the claims: nobody can choose it.
 */
#ifndef MAI_USER_H
#define MAI_USER_H

#include "claims/claims.h"
#include "config/config.h"

/* What httpd is told when no claim names the user: it needs some user. With
 * parentheses, so that nobody takes it for a person. */
#define MAI_USER_NONE "(no-user)"

/* The first of the place's IntrospectRemoteUser that is present as a string
 * without control characters, or a number; else MAI_USER_NONE. Within the
 * claims, or in `p`. */
char *mai_user_of(const mai_dir_t *dir, const ti_claims_t *claims,
                  apr_pool_t *p);

/* The value of a selected claim, or NULL when it is absent or null. */
const ti_value_t *mai_user_find(const mai_selection_t *selection,
                                const ti_claims_t *claims);

#endif
