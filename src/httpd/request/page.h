/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests that pages of other origins make: refused where IntrospectOrigins
 * does not list them, before anything is asked; and a browser's preflight
 * (Fetch 3.2.2), which cannot carry a token.
 */
#ifndef MAI_PAGE_H
#define MAI_PAGE_H

#include <httpd.h>

/* httpd's post_perdir_config hook: whatever Satisfy says. Then rpc's check. */
int mai_page_check(request_rec *r);

/* httpd's access_checker_ex hook, after export's. */
int mai_page_preflight(request_rec *r);

#endif
