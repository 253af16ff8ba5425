/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiled claims record: one answer of the authorization server, parsed
 * once and then read in place by policy, rules and export, from whatever
 * memory it lies in. No pointers inside, so it can be copied and stored.
 *
 *      0 +--------------------+
 *        | header             |  magic, size, counts, the times
 *        +--------------------+
 *        | entries[entries]   |  members, sorted by path
 *        | elements[elements] |  elements of arrays, in order, and members of
 *        |                    |  objects within arrays
 *        +--------------------+
 *        | strings            |  NUL-terminated, found by offset
 *        +--------------------+  size
 *
 * A path is the names of the members from the outside in, joined by
 * TI_CLAIMS_SEPARATOR. Names that hold control characters are left out, so no
 * name can pretend to be a path. No path leads into an array: an object there
 * has its members as a run of the elements, by their names; where these make
 * the record too large, one null stands for all objects and arrays of an array.
 * The original JSON is not kept: every object and array outside of arrays
 * carries its own JSON text, which is all that is exported of it.
 */
#ifndef TI_CLAIMS_H
#define TI_CLAIMS_H

#include <apr_pools.h>
#include <apr_time.h>

#include "claims/names.h"

#define TI_CLAIMS_SEPARATOR '\x1f'

/* Limits of one answer, each against an answer made to exhaust us. */
#define TI_CLAIMS_VALUES_MAX 3000 /* members and elements, at all depths */
#define TI_CLAIMS_DEPTH_MAX 16    /* objects and arrays within each other */
/* bytes of a record: a 64 KiB answer with nested members compiles to at most
 * this, or is refused */
#define TI_CLAIMS_SIZE_MAX ((apr_size_t)192 * 1024)
#define TI_CLAIMS_EXPORT_MAX 8192 /* bytes of one exported value */

/* The JSON type of a value. Zero is null, which counts as absent. */
typedef enum ti_type_t {
    TI_NULL = 0,
    TI_FALSE,
    TI_TRUE,
    TI_INTEGER,
    TI_REAL,
    TI_STRING,
    TI_ARRAY,
    TI_OBJECT
} ti_type_t;

/* The name for export of a member. */
typedef enum ti_naming_t {
    TI_NAMING_NONE = 0, /* not at top level, or another member has the name */
    TI_NAMING_SAME,     /* the path: TI_CLAIMS_PREFIX stands in front of it */
    TI_NAMING_CHANGED   /* stands behind the path, with TI_CLAIMS_PREFIX */
} ti_naming_t;

/* One member, or one element of an array. Offsets count from the record's
 * start; 0 stands for "none". */
typedef struct ti_value_t {
    apr_uint32_t path; /* members only: an offset, or below TI_NAMES_END the
                          number of a name; within arrays the name alone */
    apr_uint32_t text; /* of strings, numbers and compounds: NUL-terminated
                          text for export */
    union {
        struct {                 /* TI_STRING, TI_ARRAY, TI_OBJECT */
            apr_uint32_t string; /* its bytes, or a compound's JSON text */
            apr_uint32_t length; /* of string, bytes */
        };
        union {
            apr_int64_t integer; /* TI_INTEGER */
            double real;         /* TI_REAL */
        } as;
    };
    struct {
        apr_uint16_t first; /* index into the elements */
        apr_uint16_t count;
    } elements; /* TI_ARRAY; of TI_OBJECT within an array its members */
    apr_uint16_t path_length;
    unsigned char type;   /* ti_type_t */
    unsigned char naming; /* ti_naming_t */
} ti_value_t;

/* How a time claim was read. */
typedef enum ti_moment_state_t {
    TI_MOMENT_ABSENT = 0,
    TI_MOMENT_READ,
    TI_MOMENT_UNREADABLE /* neither a number nor an integral string */
} ti_moment_state_t;

typedef struct ti_moment_t {
    apr_time_t at; /* microseconds; clamped to +-100,000 years */
    apr_uint64_t state;
} ti_moment_t;

/* The header of the block; its bytes follow. Its allocator owns it. */
typedef struct ti_claims_t {
    apr_uint32_t magic;
    apr_uint32_t size; /* of the whole block */
    apr_uint32_t entries;
    apr_uint32_t elements;
    apr_uint32_t ordinary;  /* nonzero: no cnf, no token_use, and token_type, if
                               any, says bearer or access token */
    apr_uint32_t attached;  /* offset of what ti_claims_attach put behind the
                               strings; 0: nothing */
    ti_moment_t expires;    /* exp; 0 means "never" and reads as absent */
    ti_moment_t not_before; /* nbf */
    ti_moment_t issued;     /* iat */
} ti_claims_t;

/* Compile a JSON object of `length` bytes into a record in `p`. Returns
 * APR_SUCCESS, or APR_EINVAL with a sentence in *why (in `p`, without any of
 * the text) when the text is not a JSON object, has duplicate members, bad
 * UTF-8, or is over a limit. RFC 7662 2.2, RFC 8259. */
apr_status_t ti_claims_compile(const ti_claims_t **claims, const char **why,
                               const char *json, apr_size_t length,
                               apr_pool_t *p);

/* The same for the object that is the member `name` of this one. */
apr_status_t ti_claims_compile_member(const ti_claims_t **claims,
                                      const char **why, const char *name,
                                      const char *json, apr_size_t length,
                                      apr_pool_t *p);

/* The record with a text of `length` bytes attached, in `p`: what it was made
 * of, as others want to see it. NULL: it would be too large. */
const ti_claims_t *ti_claims_attach(const ti_claims_t *claims, const char *text,
                                    apr_size_t length, apr_pool_t *p);

/* The text attached to a record, NUL-terminated, which lives as long; NULL:
 * none is. */
const char *ti_claims_attached(const ti_claims_t *claims);

/* The member at a path, or NULL. */
const ti_value_t *ti_claims_find(const ti_claims_t *claims, const char *path,
                                 apr_size_t length);

/* The member at a path within an object that lies in an array, or NULL. */
const ti_value_t *ti_claims_within(const ti_claims_t *claims,
                                   const ti_value_t *object, const char *path,
                                   apr_size_t length);

/* The top-level member of a name, or NULL; null counts as absent. */
const ti_value_t *ti_claims_member(const ti_claims_t *claims, const char *name);

/* The same for a member of ti_names, by its number, in less time. */
const ti_value_t *ti_claims_numbered(const ti_claims_t *claims,
                                     apr_uint32_t number);

/* The bytes of a string, NUL-terminated, or a compound's JSON text, which ends
 * after value->length bytes: that of a nested one goes on with its parent's. */
const char *ti_claims_string(const ti_claims_t *claims,
                             const ti_value_t *value);

/* The name of a member for export: TI_CLAIMS_PREFIX and the name with '_' for
 * all but letters and digits. NULL: it has none. Lives as long as the record.
 */
static inline const char *ti_claims_variable(const ti_claims_t *claims,
                                             const ti_value_t *value)
{
    if (value->naming == TI_NAMING_SAME) { /* nearly always */
        return value->path < TI_NAMES_END ? ti_names[value->path].variable
                                          : (const char *)claims + value->path -
                                                TI_CLAIMS_PREFIX_LENGTH;
    }
    return value->naming == TI_NAMING_CHANGED
               ? (const char *)claims + value->path + value->path_length + 1
               : NULL;
}

/* The path of a member; its length is value->path_length. */
const char *ti_claims_path(const ti_claims_t *claims, const ti_value_t *value);

/* Is this member within another one? */
int ti_claims_nested(const ti_claims_t *claims, const ti_value_t *value);

/* What is exported of a value, NUL-terminated and without control characters;
 * NULL for null, and for what is too long. */
static inline const char *ti_claims_text(const ti_claims_t *claims,
                                         const ti_value_t *value)
{
    if (value->text != 0) {
        return (const char *)claims + value->text;
    }
    if (value->type == TI_TRUE) {
        return "true";
    }
    return value->type == TI_FALSE ? "false" : NULL;
}

/* A string member without NUL or other control characters, or NULL. */
const char *ti_claims_plain(const ti_claims_t *claims, const char *name);

/* All members, and element `i` of an array; of an object within an array,
 * member `i`. */
static inline const ti_value_t *ti_claims_entries(const ti_claims_t *claims)
{
    return (const ti_value_t *)(claims + 1);
}
const ti_value_t *ti_claims_element(const ti_claims_t *claims,
                                    const ti_value_t *array, apr_uint32_t i);

/* Does this value equal the text exactly, or, as an array, hold a string
 * that does? */
int ti_claims_holds(const ti_claims_t *claims, const ti_value_t *value,
                    const char *text);

/* The same for `length` bytes of text. */
int ti_claims_holds_bytes(const ti_claims_t *claims, const ti_value_t *value,
                          const char *text, apr_size_t length);

/* Is this word among the space-separated words of the string, or an element
 * of the array? RFC 6749 3.3; arrays as some servers send them. */
int ti_claims_has_word(const ti_claims_t *claims, const ti_value_t *value,
                       const char *word);

#endif
