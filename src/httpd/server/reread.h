/* SPDX-License-Identifier: Apache-2.0
 *
 * Rereads the files of an authorization server's settings when they change: our
 * bearer token, our certificate and its key, the authorities that we trust.
 * Only files that httpd's User can read: a change of any other needs a reload.
 */
#ifndef MAI_REREAD_H
#define MAI_REREAD_H

#include <apr_tables.h>

#include "server/combination.h"

/* Does any of its settings come from a file? */
int mai_reread_applies(const mai_combination_t *server);

/* Look at the files of a server. New content takes effect from the next
 * question on; an unusable file changes nothing. May block in the file system,
 * but holds no lock then: only one thread of a process calls it. Nonzero: the
 * server has a new version. Appends log lines (ti_line_t) to *lines, in `p`. An
 * unusable file gets a line only if the next look finds it unusable too, since
 * programs write one file after the other. */
int mai_reread_look(mai_combination_t *server, apr_array_header_t *lines,
                    apr_pool_t *p);

#endif
