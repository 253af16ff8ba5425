/* SPDX-License-Identifier: Apache-2.0
 *
 * A request that no client has sent, to try a token at a place: it has a
 * sub-request looked up, so that virtual host, Location, If and .htaccess
 * count. It shares nothing with the page's own request: not its user, its
 * headers, its variables, its token.
 */
#ifndef MAI_STAGE_H
#define MAI_STAGE_H

#include <httpd.h>

/* What is tried. */
typedef struct mai_attempt_t {
    const char *method;
    const char *target; /* a path with its query; or an absolute URL, for the
                           virtual host that serves it */
    const char *token;
    int by_password; /* sent as AuthType Basic has it */
} mai_attempt_t;

/* Look it up, in a pool below page->pool. NULL, with a sentence in *why, where
 * that cannot be done. As for any request, the authorization server is asked
 * where nothing is remembered. No refusal is logged. */
request_rec *mai_stage_look_up(const char **why, request_rec *page,
                               const mai_attempt_t *attempt);

/* Free it, and the stage under it. Texts of it are gone then. */
void mai_stage_end(request_rec *looked_up);

#endif
