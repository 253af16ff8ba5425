/* SPDX-License-Identifier: Apache-2.0
 *
 * A client's Authorization header: found, hidden from others where
 * IntrospectForwardToken is Off, and lent to hooks that decide by it.
 */
#ifndef MAI_CREDENTIALS_H
#define MAI_CREDENTIALS_H

#include <httpd.h>

/* The client's Authorization header, also if it is hidden, or if a request that
 * this one continues has replaced it for a backend. NULL: there was none. */
const char *mai_credentials_of(const request_rec *r);

/* The same, kept for all requests that continue this one. */
const char *mai_credentials_keep(request_rec *r);

/* post_config: whether any section (of mai_dir_t *) hides them. */
void mai_credentials_learn(const apr_array_header_t *sections);

/* post_perdir_config, before any hook that a .htaccess can influence. If this
 * place hides the credentials, or the request that this one continues does:
 * remove the header, and every variable and note that repeats it or the token.
 * The error document of a request that failed before its place was known never
 * sees them. */
int mai_credentials_hide(request_rec *r);

/* A sub-request has taken this request's place: hide or show as its place says.
 */
void mai_credentials_settle(request_rec *r);

/* create_request for a sub-request, and post_read_request for a redirect: put
 * hidden credentials back until mai_credentials_hide. `<If>` may test them, and
 * mod_cache has to see that there are some. */
int mai_credentials_show_lookup(request_rec *r);
int mai_credentials_show_redirect(request_rec *r);

/* log_transaction: hide credentials that were put back and not hidden again. Of
 * a request whose place was never known they are hidden if any place does so.
 */
int mai_credentials_log(request_rec *r);

/* Let the hooks of another AuthType see the credentials. Nonzero: *seen is what
 * mai_credentials_return has to put back. 0: the hooks see them anyway. */
int mai_credentials_lend(request_rec *r, const char **seen);
void mai_credentials_return(request_rec *r, const char *seen);

#endif
