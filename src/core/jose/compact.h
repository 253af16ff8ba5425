/* SPDX-License-Identifier: Apache-2.0
 *
 * The compact serialization: parts between dots, the first of which is a
 * header that nothing authenticates yet. RFC 7515 7.1, RFC 7516 7.1.
 */
#ifndef TI_COMPACT_H
#define TI_COMPACT_H

#include <jansson.h>

#include "jose/alg.h"
#include "jose/base64url.h"
#include "jose/opened.h"

#define TI_COMPACT_JWS 3 /* parts of a JWS */
#define TI_COMPACT_JWE 5 /* and of a JWE */

/* The longest text that is read: a body of TI_BODY_MAX, encrypted. */
#define TI_COMPACT_MAX ((apr_size_t)96 * 1024)

typedef struct ti_compact_t {
    const char *text;
    apr_size_t signed_length;         /* of the parts before the last */
    apr_size_t header_length;         /* of the first part */
    ti_bytes_t parts[TI_COMPACT_JWE]; /* decoded, in the pool */
    const json_t *header;
    ti_alg_t alg; /* TI_ALG_UNKNOWN: none of ours */
    ti_alg_t enc;
    const char *kid; /* these three may be NULL */
    const char *typ;
    const char *cty;
} ti_compact_t;

/* Take a text of `count` parts apart, into `p`. NULL, or a sentence (static):
 * the parts are fewer, more, or not base64url; the header is no object, has a
 * duplicate member, or one that we do not understand (crit, b64, zip). */
const char *ti_compact_read(ti_compact_t *compact, const char *text,
                            apr_size_t length, int count, apr_pool_t *p);

/* Begin an opening with that: *opened has what the header says, and why the
 * text cannot be read. Zero: it cannot. */
int ti_compact_open(ti_opened_t *opened, ti_compact_t *compact,
                    const char *text, apr_size_t length, int count,
                    apr_pool_t *p);

#endif
