/* SPDX-License-Identifier: Apache-2.0
 *
 * Places that turn the module on but demand nothing: AuthType Introspect
 * without a Require line lets everyone in, without a token.
 */
#ifndef MAI_UNGUARDED_H
#define MAI_UNGUARDED_H

#include <httpd.h>

/* For post_config: the location FILE:LINE of each such section, const char * in
 * `p`. A section with a Require line of its own does not count, whatever that
 * line says. Nor does one to which a Require line that needs a user might also
 * apply: in a section around or within it, in one of another kind, or in a
 * .htaccess. */
const apr_array_header_t *mai_unguarded_find(apr_pool_t *p);

#endif
