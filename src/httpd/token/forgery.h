/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests that a page of another site has a browser send, with what browsers
 * add by themselves (cross-site request forgery).
 */
#ifndef MAI_FORGERY_H
#define MAI_FORGERY_H

#include <httpd.h>

struct mai_source_t;

/* The origin of a request, as the browser reports it. */
typedef enum mai_sender_t {
    MAI_SENDER_UNKNOWN = 0, /* it says nothing: hardly a browser */
    MAI_SENDER_OWN,         /* a page of this host, or the user */
    MAI_SENDER_FOREIGN
} mai_sender_t;

/* By Sec-Fetch-Site (Fetch Metadata 2.3) and Origin (Fetch). */
mai_sender_t mai_forgery_sender(const request_rec *r);

/* May the token that was found there be used for this request, as this place
 * has it? One that browsers do not add by themselves always, and any with a
 * safe method: that of the client's request, not of a look-up for it. Else the
 * request has to come from a page of this host or of a listed origin. NULL, or
 * why not. */
const char *mai_forgery_cause(const struct mai_source_t *source,
                              const request_rec *r);

#endif
