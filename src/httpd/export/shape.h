/* SPDX-License-Identifier: Apache-2.0
 *
 * What a claim looks like outside: as text, as a list with delimiters, in an
 * encoding; and the whole answer as one JSON text.
 */
#ifndef MAI_SHAPE_H
#define MAI_SHAPE_H

#include "claims/claims.h"
#include "config/config.h"

/* Without control characters, NUL-terminated; NULL for null, and for more than
 * TI_CLAIMS_EXPORT_MAX bytes. Within the claims, or in `p`. */
const char *mai_shape_plain(const ti_claims_t *claims, const ti_value_t *value,
                            apr_pool_t *p);

/* Does the place ask for anything else? */
int mai_shape_is_special(const mai_dir_t *dir);

/* The same as the place asks for: NULL also for a list with an element that
 * cannot stand between delimiters. Empty elements, null, arrays and objects
 * cannot, nor a text in which the delimiter is: one claim would become two. */
const char *mai_shape_text(const mai_dir_t *dir, const ti_claims_t *claims,
                           const ti_value_t *value, apr_pool_t *p);

/* All members as one JSON object, in the place's encoding. */
const char *mai_shape_json(const mai_dir_t *dir, const ti_claims_t *claims,
                           apr_pool_t *p);

#endif
