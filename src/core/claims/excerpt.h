/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as a log line may show them: short, each in quotes, and with nothing
 * in them that a terminal obeys or that could pass for the rest of the line.
 */
#ifndef TI_EXCERPT_H
#define TI_EXCERPT_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "claims/claims.h"

/* Bytes of one excerpt, but for the count of what was left out at its end:
 * with the two or three of a line there is room for the rest of it. */
#define TI_EXCERPT_MAX 120

/* One text of `length` bytes, in `p`. Each character that is not printable
 * ASCII, each quote and each backslash becomes '?'; "..." stands for the end
 * of a longer text. */
const char *ti_excerpt_text(const char *bytes, apr_size_t length,
                            apr_pool_t *p);

/* The same for texts (const char *), one after the other: "'a' 'b' and 7
 * more". */
const char *ti_excerpt_texts(const apr_array_header_t *texts, apr_pool_t *p);

/* The value of a claim: of an array its elements, of an object that it is one.
 * "none" for NULL, null and an empty array. Takes no longer for a large value
 * than for a small one. */
const char *ti_excerpt_value(const ti_claims_t *claims, const ti_value_t *value,
                             apr_pool_t *p);

#endif
