/* SPDX-License-Identifier: Apache-2.0
 *
 * The content of one carrier of IntrospectTokenFrom in a request, read and
 * removed.
 */
#ifndef MAI_CARRIED_H
#define MAI_CARRIED_H

#include <httpd.h>

#include "config/carrier.h"

/* The token as the carrier has it, well-formed or not, in r's pool; NULL: none.
 * For a query *raw is the token as the query writes it; raw may be NULL, and
 * other carriers leave *raw alone. */
const char *mai_carried_value(const char **raw, const mai_carrier_t *carrier,
                              const request_rec *r);

/* Remove the token from what others see of this request. Authorization stays:
 * credentials.h hides it. */
void mai_carried_remove(request_rec *r, const mai_carrier_t *carrier);

#endif
