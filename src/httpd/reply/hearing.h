/* SPDX-License-Identifier: Apache-2.0
 *
 * Which Require lines of ours hold for a request, for the status page. httpd
 * stops asking as soon as a section is decided; so its authorization is asked
 * again and again, with lines supposed to hold or not, until no line comes that
 * has not been asked before.
 */
#ifndef MAI_HEARING_H
#define MAI_HEARING_H

#include <httpd.h>
#include <mod_auth.h>

#include "context/context.h"

/* Lines that are listed; each costs two questions more. */
#define MAI_HEARING_MAX 32

/* One line that was asked; in the request's pool. */
typedef struct mai_line_t {
    const void *parsed; /* by which it is known */
    const char *text;   /* as it stands behind Require */
    int holds;          /* it lets in, as far as it is concerned */
} mai_line_t;

typedef struct mai_hearing_t mai_hearing_t;

/* The lines of ours that this request of a granted token meets, of
 * mai_line_t. */
const apr_array_header_t *mai_hearing_hold(request_rec *r,
                                           mai_context_t *context);

/* The lines of ours that refused this request of a granted token, of
 * mai_line_t: those that httpd asks until it is decided, and that do not hold.
 * It is asked once. */
const apr_array_header_t *mai_hearing_fail(request_rec *r,
                                           mai_context_t *context);

/* Where context->need is set: a line's provider would say `status`; returns
 * what it has to say. `negated`: it must not be met. */
authz_status mai_hearing_answer(const mai_context_t *context,
                                const mai_line_t *line, int negated,
                                authz_status status);

/* Are lines listed now? */
int mai_hearing_goes_on(const mai_context_t *context);

#endif
