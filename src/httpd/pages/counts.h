/* SPDX-License-Identifier: Apache-2.0
 *
 * What has been counted, for the status page: look-ups, the table's fill,
 * refusals.
 */
#ifndef MAI_COUNTS_H
#define MAI_COUNTS_H

#include "pages/sheet.h"

/* Tables "lookups", "cache", "causes" and "refusals". */
void mai_counts_write(mai_sheet_t *sheet);

#endif
