/* SPDX-License-Identifier: Apache-2.0
 *
 * The authorization servers and how they are, for the status page.
 */
#ifndef MAI_SERVERS_H
#define MAI_SERVERS_H

#include "pages/sheet.h"

/* Table "servers": those that start made ready. No secret is in it, and no
 * query of a URL. */
void mai_servers_write(mai_sheet_t *sheet);

#endif
