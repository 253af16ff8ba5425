/* SPDX-License-Identifier: Apache-2.0
 *
 * What one of the carriers of IntrospectTokenFrom holds in a request: read, and
 * removed.
 */
#ifndef MAI_CARRIED_H
#define MAI_CARRIED_H

#include <httpd.h>

#include "config/carrier.h"

/* The token as it stands there, well-formed or not, in r's pool; NULL: none.
 * *raw (raw may be NULL, and *raw is left alone but for a query): as the query
 * writes it. */
const char *mai_carried_value(const char **raw, const mai_carrier_t *carrier,
                              const request_rec *r);

/* Remove it from what others see of this request; Authorization is left to who
 * hides that (credentials.h). */
void mai_carried_remove(request_rec *r, const mai_carrier_t *carrier);

#endif
