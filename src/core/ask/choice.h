/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of several authorization servers is asked about a token: found by what
 * the token looks like, never by showing it to one after another.
 */
#ifndef TI_CHOICE_H
#define TI_CHOICE_H

#include <apr_tables.h>

struct ti_server_t;

/* The one of `servers` (of const ti_server_t *, finished) that a token of
 * `length` bytes is shown to: the one with the longest prefix that the token
 * begins with; else, where it looks like a JWT that names its issuer, the one
 * of that issuer (read to choose only: the server's answer is what counts);
 * else the first without a prefix. -1: nobody may be asked, with a sentence in
 * *why. `p` is for scratch.
 * *sure: nonzero where prefix or issuer have said it. */
int ti_choice_make(const char **why, int *sure,
                   const apr_array_header_t *servers, const char *token,
                   apr_size_t length, apr_pool_t *p);

/* Is each of them chosen for some token? NULL, or a complaint in `p` that names
 * one which never is, and says what to write. */
const char *ti_choice_complaint(const apr_array_header_t *servers,
                                apr_pool_t *p);

#endif
