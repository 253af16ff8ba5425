/* SPDX-License-Identifier: Apache-2.0
 *
 * What a form of ours brings back, so that no page of another site can send it
 * (CSRF): a digest of the user and the hour, keyed with a secret of this httpd.
 */
#ifndef MAI_FORMKEY_H
#define MAI_FORMKEY_H

#include <httpd.h>

/* For a form that is written now, in r->pool; NULL on failure. */
const char *mai_formkey_make(const request_rec *r);

/* Is this one of this user's, of this hour or the one before? */
int mai_formkey_is_good(const request_rec *r, const char *text);

#endif
