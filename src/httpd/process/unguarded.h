/* SPDX-License-Identifier: Apache-2.0
 *
 * Places that turn the module on and demand nothing: AuthType Introspect
 * without a Require line, so that everybody is let in without a token.
 */
#ifndef MAI_UNGUARDED_H
#define MAI_UNGUARDED_H

#include <httpd.h>

/* For post_config: where each such section stands, FILE:LINE, of const char *
 * in `p`. A section with a Require line of its own is none, whatever that says;
 * nor is one if a Require line that takes a user could hold together with it:
 * in a section around or within it, in one of another kind, or in a .htaccess.
 */
const apr_array_header_t *mai_unguarded_find(apr_pool_t *p);

#endif
