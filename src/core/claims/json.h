/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON as text: read within the limits of claims.h, and written. With
 * compile.c and parts.c, which take the values, all that knows jansson.
 */
#ifndef TI_JSON_H
#define TI_JSON_H

#include <jansson.h>
#include <apr_pools.h>

/* Read one object of *length bytes; *text and *length become those of what was
 * read in the end, in which numbers stand as they stand in *text. NULL, with a
 * sentence in *why (static, nothing of the text), when it is none, has
 * duplicate members, bad UTF-8, or is over a limit. A number that neither 64
 * bits nor a double can hold becomes a string of its digits. A byte-order mark
 * is skipped. Lives as long as `p`. RFC 8259. */
json_t *ti_json_parse(const char **why, const char **text, apr_size_t *length,
                      apr_pool_t *p);

/* Write it without control characters, by jansson's `flags`, in `p`; without a
 * NUL at the end. */
const char *ti_json_text(apr_size_t *length, json_t *json, size_t flags,
                         apr_pool_t *p);

/* A text as a JSON string, quotes included; NULL when it is not UTF-8. */
const char *ti_json_string(const char *text, apr_pool_t *p);

/* A text that is JSON, of any type, without needless space; else NULL. */
const char *ti_json_value(const char *text, apr_pool_t *p);

#endif
