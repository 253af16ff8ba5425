/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of members that many answers have: RFC 7662, RFC 9068, OpenID Connect
 * Core, and what common servers add. A record holds their number in place of
 * their text. Who changes the list changes TI_RECORD_MAGIC with it.
 */
#ifndef TI_NAMES_H
#define TI_NAMES_H

#include <apr.h>

/* In front of every name for export, so that a usual request need not put any
 * together: a variable's own name begins behind it. */
#define TI_CLAIMS_PREFIX "INTROSPECT_CLAIM_"
#define TI_CLAIMS_PREFIX_LENGTH (sizeof(TI_CLAIMS_PREFIX) - 1)

typedef struct ti_name_t {
    const char *variable; /* for export: TI_CLAIMS_PREFIX, then the name */
    apr_size_t length;    /* of the name */
} ti_name_t;

/* The names, sorted as paths are (record.h). Number 0 is the empty name, which
 * nobody has. */
#define TI_NAMES_END 56
extern const ti_name_t ti_names[TI_NAMES_END];

/* The numbers of those that each request looks for. */
#define TI_NAMES_SUB 14
#define TI_NAMES_USERNAME 34
#define TI_NAMES_CLIENT_ID 38

/* The number of a name, 0: it is none of these. */
apr_uint32_t ti_names_find(const char *name, apr_size_t length);

#endif
