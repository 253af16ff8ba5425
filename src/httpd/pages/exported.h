/* SPDX-License-Identifier: Apache-2.0
 *
 * What the application of a request would get, for the status page.
 */
#ifndef MAI_EXPORTED_H
#define MAI_EXPORTED_H

#include <httpd.h>

#include "pages/sheet.h"

/* Table "exported": variables and headers, of a granted request that was looked
 * up. Long values are cut. */
void mai_exported_write(mai_sheet_t *sheet, request_rec *r);

#endif
