/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that only we may set, removed from what a client or a configuration
 * has set before.
 */
#ifndef MAI_SCRUB_H
#define MAI_SCRUB_H

#include <httpd.h>

/* Remove each row whose name begins with the prefix, as mai_prefix_of has it.
 * What is kept stays in its order; `p` outlives the table's values. */
void mai_scrub_table(apr_table_t *table, const char *prefix, apr_pool_t *p);

/* Remove a client's own headers of this prefix, and their names in Connection:
 * a proxy removes what stands there, and so would remove ours (RFC 9110
 * 7.6.1). */
void mai_scrub_headers(request_rec *r, const char *prefix);

#endif
