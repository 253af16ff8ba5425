/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that settings of an authorization server are from, read again when they
 * have changed: our bearer token, our certificate and its key, the authorities
 * that we trust. Those only that httpd's User can read: what root alone can
 * read takes a reload.
 */
#ifndef MAI_REREAD_H
#define MAI_REREAD_H

#include <apr_tables.h>

#include "server/combination.h"

/* Does any of its settings come from a file? */
int mai_reread_applies(const mai_combination_t *server);

/* Look at its files, and let it be as those that have changed say, from the
 * next question on; what cannot be used changes nothing. It takes as long as
 * the file system does, and no lock: one thread of a process calls it. Nonzero:
 * it is another now. What is to be said of it is appended to *lines, of
 * ti_line_t, in `p`; of what cannot be used only when it is still so at the
 * next look, for programs write one file after the other. */
int mai_reread_look(mai_combination_t *server, apr_array_header_t *lines,
                    apr_pool_t *p);

#endif
