/* SPDX-License-Identifier: Apache-2.0
 *
 * REMOTE_USER, from the claims: nobody can choose it.
 */
#ifndef MAI_USER_H
#define MAI_USER_H

#include "claims/claims.h"
#include "config/config.h"
#include "context/context.h"

/* What httpd is told when no claim names the user: it needs some user. With
 * parentheses, so that nobody takes it for a person. */
#define MAI_USER_NONE "(no-user)"

/* In front of the name of a program, which may have chosen it: no person's name
 * begins like this. */
#define MAI_USER_CLIENT "(client)"

/* The first of the place's IntrospectRemoteUser that is present as a string
 * without control characters, or a number; where the place has none, the
 * person's name in sub or username, else the program's; else MAI_USER_NONE. A
 * program's name stands behind MAI_USER_CLIENT, but where client_id alone is
 * listed, so that all are names of programs. A name that begins with a
 * parenthesis, or begins or ends with a space, counts as absent.
 * Where several servers may vouch, "@" and the name of the one that did stand
 * behind it. Within the claims, or in `p`. context->subject becomes whose token
 * it is. For a granted token. */
char *mai_user_of(mai_context_t *context, const mai_dir_t *dir, apr_pool_t *p);

#endif
