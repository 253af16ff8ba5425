/* SPDX-License-Identifier: Apache-2.0
 *
 * What would happen to a request with a token, step by step, for the status
 * page.
 */
#ifndef MAI_TRIAL_H
#define MAI_TRIAL_H

#include <httpd.h>

#include "pages/sheet.h"
#include "pages/stage.h"

/* Try it, and write what came of it into the sheet: tables "check", "exported"
 * and "requirements"; or sheet->error. The token is in none of them. */
void mai_trial_write(mai_sheet_t *sheet, request_rec *page,
                     const mai_attempt_t *attempt);

#endif
