/* SPDX-License-Identifier: Apache-2.0
 *
 * The form in the body of a POST to a handler of ours.
 */
#ifndef MAI_FORM_H
#define MAI_FORM_H

#include <httpd.h>
#include <http_protocol.h>

/* Does the request say that its body is a form? */
int mai_form_is(const request_rec *r);

/* Read it, within limits: OK, and its fields (of ap_form_pair_t) in *pairs,
 * NULL where there are none; else the status to answer with. */
int mai_form_read(apr_array_header_t **pairs, request_rec *r);

/* The text of a field, with a NUL behind its *length bytes (NULL: not asked
 * for), in `p`. */
char *mai_form_value(apr_size_t *length, const ap_form_pair_t *pair,
                     apr_pool_t *p);

#endif
