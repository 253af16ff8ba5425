/* SPDX-License-Identifier: Apache-2.0
 *
 * A program that prints a secret: exec:PROGRAM.
 */
#ifndef MAI_PROGRAM_H
#define MAI_PROGRAM_H

#include <httpd.h>
#include <http_config.h>

/* Run a program with its arguments, as `line` has them, and wait for its end.
 * *text is what it printed, at most TI_SECRET_TEXT_MAX bytes, in
 * cmd->temp_pool: the caller wipes it. NULL, or a complaint: it cannot be run,
 * failed, or printed nothing. */
const char *mai_program_run(char **text, cmd_parms *cmd, const char *line);

#endif
