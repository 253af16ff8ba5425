/* SPDX-License-Identifier: Apache-2.0
 *
 * One value by its name, of a request's query or cookies: read, and removed
 * with all that repeats it.
 */
#ifndef MAI_PARAMETER_H
#define MAI_PARAMETER_H

#include <httpd.h>

/* The value, decoded, in r's pool; NULL: there is none. Where a name stands
 * there twice, a text that no token can be. *raw (raw may be NULL) is how it is
 * written there. */
const char *mai_parameter_query(const char **raw, const request_rec *r,
                                const char *name);
const char *mai_parameter_cookie(const request_rec *r, const char *name);

/* Remove it, however its name is written: from the query of this request and of
 * those that were redirected to it, from the request lines (%r) and URLs of all
 * that this one continues, from a proxied URL, and from what mod_status shows;
 * or from Cookie. */
void mai_parameter_remove_query(request_rec *r, const char *name);
void mai_parameter_remove_cookie(request_rec *r, const char *name);

#endif
