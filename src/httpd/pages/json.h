/* SPDX-License-Identifier: Apache-2.0
 *
 * A sheet as JSON, for programs.
 */
#ifndef MAI_JSON_H
#define MAI_JSON_H

#include <httpd.h>

#include "pages/sheet.h"

/* One object: a member for each table, an array of objects, or one object
 * where the table is one row; and "form_key", "error" and "told" where the
 * sheet has them. Nothing but ASCII leaves; what is not UTF-8 becomes U+FFFD.
 */
void mai_json_write(request_rec *r, const mai_sheet_t *sheet);

#endif
