/* SPDX-License-Identifier: Apache-2.0
 *
 * A JSON object of JOSE: a header, a key, a set of keys. Read strictly,
 * since its author may be hostile. RFC 7515 4, RFC 7517 4: member names are
 * unique.
 */
#ifndef TI_OBJECT_H
#define TI_OBJECT_H

#include <jansson.h>
#include <apr_pools.h>

#include "jose/base64url.h"

/* The longest text that is read, in bytes. */
#define TI_OBJECT_MAX ((apr_size_t)64 * 1024)

/* Why ti_object_read gives none. */
#define TI_OBJECT_UNREADABLE                                                   \
    "it is not a JSON object, or has a duplicate member"

/* Read one object, which lives as long as `p`. NULL when it is none, has a
 * duplicate member, a NUL or bad UTF-8, or is longer than TI_OBJECT_MAX. */
json_t *ti_object_read(const char *text, apr_size_t length, apr_pool_t *p);

/* A member that is a string, or absent (*text is NULL). Zero when it is
 * neither. The text lives as long as the object. */
int ti_object_text(const char **text, const json_t *object, const char *name);

/* A member that is bytes in base64url, in `p`. Zero when it is absent or
 * anything else. */
int ti_object_bytes(ti_bytes_t *bytes, const json_t *object, const char *name,
                    apr_pool_t *p);

/* Does an array of strings hold this one? */
int ti_object_lists(const json_t *array, const char *text);

/* Write an object, compact, its members sorted, in `p`; NULL for a NULL one. */
const char *ti_object_write(const json_t *object, apr_pool_t *p);

/* Overwrite the values of a key's private members. */
void ti_object_wipe(const json_t *object);

#endif
