/* SPDX-License-Identifier: Apache-2.0
 *
 * A client's Authorization header: found, hidden from others where
 * IntrospectForwardToken is Off, and lent to those who need it to decide.
 */
#ifndef MAI_CREDENTIALS_H
#define MAI_CREDENTIALS_H

#include <httpd.h>

/* The client's Authorization header, also where it is hidden, or was replaced
 * for a backend in a request that this one continues; NULL: there was none. */
const char *mai_credentials_of(const request_rec *r);

/* The same, kept for all that continue this request. */
const char *mai_credentials_keep(request_rec *r);

/* post_config: whether any section (of mai_dir_t *) hides them. */
void mai_credentials_learn(const apr_array_header_t *sections);

/* post_perdir_config, before any hook that a .htaccess has a say in: where
 * this place or the request that this one continues hides them, take the
 * header out, and every variable and note that repeats it or the token. An
 * error document of a request that failed before its place was known never
 * sees them. */
int mai_credentials_hide(request_rec *r);

/* Where a sub-request has taken this request's place: as that place says. */
void mai_credentials_settle(request_rec *r);

/* create_request, of a sub-request, and post_read_request, of a redirect: put
 * hidden ones back until mai_credentials_hide, for `<If>` to look at and for
 * mod_cache to see that there are some. */
int mai_credentials_show_lookup(request_rec *r);
int mai_credentials_show_redirect(request_rec *r);

/* log_transaction: hide those that nobody has hidden again; and of a request
 * whose place was never known, where any place hides them. */
int mai_credentials_log(request_rec *r);

/* Let the hooks of another AuthType see them: nonzero, and *seen is what
 * mai_credentials_return has to put back; 0: they see them anyway. */
int mai_credentials_lend(request_rec *r, const char **seen);
void mai_credentials_return(request_rec *r, const char *seen);

#endif
