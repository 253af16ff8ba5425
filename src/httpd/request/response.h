/* SPDX-License-Identifier: Apache-2.0
 *
 * What shared caches may keep of a response to an authenticated request: only
 * what says so itself (RFC 9111 3.5). mod_cache looks for the Authorization
 * header, which we may have hidden.
 */
#ifndef MAI_RESPONSE_H
#define MAI_RESPONSE_H

#include <httpd.h>

/* Register the filters. */
void mai_response_register(void);

/* At start: is mod_cache there? */
void mai_response_learn(void);

/* insert_filter, last: watch over responses of a visit that a token let in, or
 * whose credentials we hide, or of a guest where those of others are. Where the
 * token stood in the query, they are private (RFC 6750 2.3), and what they lead
 * to is not told their URL (RFC 9700 4.2), whatever the application says. */
void mai_response_watch(request_rec *r);

/* A token lets a sub-request in. Where it is the first of its visit, the page
 * that it is part of may have begun, as one for everybody: mod_cache discards
 * at its end what it has stored of it (r->no_cache). */
void mai_response_part(request_rec *r);

#endif
