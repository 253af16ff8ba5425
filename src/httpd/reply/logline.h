/* SPDX-License-Identifier: Apache-2.0
 *
 * What an administrator is told of a refusal: a log line, and a row of the
 * status page.
 */
#ifndef MAI_LOGLINE_H
#define MAI_LOGLINE_H

#include "context/context.h"

/* Tell that this request is refused with `status`, as context->result says: by
 * us, or by another module with what we found. */
void mai_logline_refused(request_rec *r, mai_context_t *context, int status);

#endif
