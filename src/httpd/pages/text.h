/* SPDX-License-Identifier: Apache-2.0
 *
 * A page of ours that is only read: GET, HEAD and OPTIONS.
 */
#ifndef MAI_TEXT_H
#define MAI_TEXT_H

#include <httpd.h>

/* Answer what does not read the page, and set Allow. OK: it is a GET or a HEAD,
 * and the handler goes on; else what the handler returns. */
int mai_text_begin(request_rec *r);

/* Send the whole of the page, without a body for a HEAD. OK. */
int mai_text_send(request_rec *r, const char *type, const char *text);

#endif
