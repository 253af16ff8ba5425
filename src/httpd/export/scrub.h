/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that only we may set, removed from what a client or a configuration
 * has set before.
 */
#ifndef MAI_SCRUB_H
#define MAI_SCRUB_H

#include <httpd.h>

/* Prefixes to look for, all at once: most names are seen not to have one by
 * their first or third character (the second is often '-'). All zero: none. */
#define MAI_SCRUB_MAX 4
typedef struct mai_scrub_t {
    const char *few[MAI_SCRUB_MAX]; /* room for those of one request */
    const apr_array_header_t *many; /* of const char *; or NULL */
    int count;                      /* of the few */
    apr_uint32_t first; /* what they have there: a bit for some characters each
                         */
    apr_uint32_t third;
} mai_scrub_t;

/* One more prefix; at most MAI_SCRUB_MAX. NULL is none. */
void mai_scrub_add(mai_scrub_t *scrub, const char *prefix);

/* All of these, which outlive *scrub; and the few. */
void mai_scrub_list(mai_scrub_t *scrub, const apr_array_header_t *prefixes);

/* Remove each row whose name begins with a prefix, as mai_prefix_of has it.
 * What is kept stays in its order; `p` outlives the table's values. */
void mai_scrub_table(apr_table_t *table, const mai_scrub_t *scrub,
                     apr_pool_t *p);

/* Remove a client's own headers of these prefixes, and their names in
 * Connection: a proxy removes what stands there, and so would remove ours (RFC
 * 9110 7.6.1). */
void mai_scrub_headers(request_rec *r, const mai_scrub_t *scrub);

#endif
