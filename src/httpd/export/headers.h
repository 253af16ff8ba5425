/* SPDX-License-Identifier: Apache-2.0
 *
 * The headers that a place emits for a backend, and a client's own of these
 * names, which are removed.
 */
#ifndef MAI_HEADERS_H
#define MAI_HEADERS_H

#include "config/config.h"

/* post_read_request: remove from the client's request every header that any
 * place of this httpd could emit, in every spelling, on every path. */
int mai_headers_clean(request_rec *r);

/* At start: learn the names that the configuration's sections use. */
void mai_headers_learn(const apr_array_header_t *sections, apr_pool_t *pconf);

/* Does a place emit headers, of claims or of what was signed? Does another emit
 * those of the same names? */
int mai_headers_emitted(const mai_dir_t *dir);
int mai_headers_same(const mai_dir_t *one, const mai_dir_t *other);

/* What the names of its claims begin with. */
const char *mai_headers_prefix(const mai_dir_t *dir);

/* Whole names of its claims that are ready for use, by their numbers
 * (claims/names.h); NULL: none are. */
const char *const *mai_headers_names(const mai_dir_t *dir);

/* Remove the headers of these places' names; the other may be NULL. */
void mai_headers_scrub(request_rec *r, const mai_dir_t *one,
                       const mai_dir_t *other);

#endif
