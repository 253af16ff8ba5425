/* SPDX-License-Identifier: Apache-2.0
 *
 * The syntax of a bearer token. What has another is refused without a question.
 */
#ifndef TI_BEARER_H
#define TI_BEARER_H

#include <apr.h>

/* Longer tokens are refused; request headers are 8 KiB by default. */
#define TI_BEARER_MAX 8192

/* Is this a b64token of at most TI_BEARER_MAX bytes? RFC 6750 2.1:
 * 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" */
int ti_bearer_valid(const char *text, apr_size_t length);

#endif
