/* SPDX-License-Identifier: Apache-2.0
 *
 * SetHandler introspect-status: one page that shows servers, counts, refusals
 * and places, and whose form says what would happen to a token.
 */
#ifndef MAI_OVERVIEW_H
#define MAI_OVERVIEW_H

#include <httpd.h>

/* SetHandler introspect-status, see handler.h: GET and HEAD, and POST of a form
 * with path, method, token, form_key and action, check or forget. HTML, or JSON
 * by Accept. Served to an authenticated user, or where IntrospectAdmin On says
 * that something else protects the place. */
int mai_overview_handle(request_rec *r);

#endif
