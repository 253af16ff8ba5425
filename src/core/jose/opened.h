/* SPDX-License-Identifier: Apache-2.0
 *
 * What came of opening a JWS or a JWE.
 */
#ifndef TI_OPENED_H
#define TI_OPENED_H

#include "jose/alg.h"
#include "jose/base64url.h"

/* Zero refuses. */
typedef enum ti_opening_t {
    TI_OPENING_REFUSED = 0,
    TI_OPENING_DONE,
    TI_OPENING_NO_KEY /* refused, for want of a key that fits its header: a
                         newer set may have one */
} ti_opening_t;

/* All of it is in the pool of the opening. */
typedef struct ti_opened_t {
    ti_opening_t opening;
    const char *why; /* NULL when done, else a sentence (static) */
    ti_alg_t alg;
    const char *kid; /* of its header, as the next two; NULL: it has none */
    const char *typ;
    const char *cty;
    ti_bytes_t content; /* only when done; a NUL follows it */
} ti_opened_t;

#endif
