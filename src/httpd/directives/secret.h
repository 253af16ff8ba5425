/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets in directives: as text, file:PATH, env:NAME or exec:PROGRAM.
 */
#ifndef MAI_SECRET_H
#define MAI_SECRET_H

#include <httpd.h>
#include <http_config.h>

#include "base/file.h"

/* Read the secret that `text` says, into the configuration's pool. A byte
 * order mark before what a file or program gives, and white space after it, are
 * left out. The configuration's own text of it is wiped at once, the secret
 * when the pool goes. NULL, or a complaint that never holds the secret. */
const char *mai_secret_read(const char **secret, cmd_parms *cmd,
                            const char *text);

/* The same for a secret of several lines, as a key in PEM. */
const char *mai_secret_read_lines(const char **secret, cmd_parms *cmd,
                                  const char *text);

/* Where the secret that `text` says is from: *source, NULL where it is the text
 * itself; and the file, if it is one that can be read again. */
void mai_secret_source(ti_file_t *file, const char **source, cmd_parms *cmd,
                       const char *text);

/* Warn, once the log is open, of files that others can read. */
void mai_secret_warn(server_rec *s);

/* In a child: take the variables of env: secrets out of its environment, where
 * an expression in a .htaccess could read them (osenv). The parent keeps them,
 * for the next reload. */
void mai_secret_child(void);

#endif
