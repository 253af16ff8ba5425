/* SPDX-License-Identifier: Apache-2.0
 *
 * The origin of the page that sends a request, and the headers that let this
 * page read the response (Fetch, CORS).
 */
#ifndef MAI_ORIGIN_H
#define MAI_ORIGIN_H

#include <httpd.h>

/* The origin of this request if IntrospectOrigins of this place lists it, else
 * NULL. */
const char *mai_origin_listed(const request_rec *r);

/* May pages of listed origins send this place's cookies, and read the response?
 * Only where a cookie carries the token: elsewhere the pages would reach what
 * the application protects by its own cookies. */
int mai_origin_credentials(const request_rec *r);

/* Let a page of this origin read a refusal; with `credentials` also the refusal
 * of a request with cookies. */
void mai_origin_expose(request_rec *r, const char *origin, int credentials);

#endif
