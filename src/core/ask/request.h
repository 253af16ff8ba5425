/* SPDX-License-Identifier: Apache-2.0
 *
 * The introspection request: its form, and who we say we are.
 */
#ifndef TI_REQUEST_H
#define TI_REQUEST_H

#include "base/world.h"
#include "http/exchange.h"

/* Fill in form, Authorization and Accept for this question. RFC 7662 2.1;
 * client authentication of RFC 6749 2.3.1. In the question's pool. */
void ti_request_compose(ti_http_request_t *request,
                        const ti_question_t *question);

#endif
