/* SPDX-License-Identifier: Apache-2.0
 *
 * The trace that a question belongs to, for the authorization server's own
 * records. W3C Trace Context.
 */
#ifndef TI_TRACE_H
#define TI_TRACE_H

#include "base/world.h"

/* The value of traceparent for this question: the request's own, where it has
 * a valid one; else, where the server's settings say so, a new one, in the
 * question's pool; else NULL. Nothing that is not of its exact form is passed
 * on: a client writes it. */
const char *ti_trace_of(const ti_question_t *question);

#endif
