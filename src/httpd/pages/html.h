/* SPDX-License-Identifier: Apache-2.0
 *
 * A sheet as one HTML page without scripts, in light and dark.
 */
#ifndef MAI_HTML_H
#define MAI_HTML_H

#include <httpd.h>

#include "pages/sheet.h"

/* The whole page, with its headers: a policy that lets the browser run no
 * script, load nothing and send forms to this host only, in no other site's
 * frame. Every text is escaped. A failure is HTTP_INTERNAL_SERVER_ERROR. */
int mai_html_write(request_rec *r, const mai_sheet_t *sheet);

#endif
