/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives of signed answers: how they have to be signed, and what of
 * them is handed on. Functions of rows (setter.h).
 */
#ifndef MAI_SIGNING_H
#define MAI_SIGNING_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

const char *mai_signing_form(ti_server_t *server, cmd_parms *cmd,
                             const char *word, const char *issuer);
const char *mai_signing_algs(ti_server_t *server, cmd_parms *cmd, int argc,
                             char *const argv[]);
const char *mai_signing_audience(ti_server_t *server, cmd_parms *cmd,
                                 const char *text);
const char *mai_signing_export(mai_dir_t *dir, cmd_parms *cmd, const char *word,
                               const char *name);

/* At start: is there something to hand on, where anything is to be? NULL, or a
 * complaint (static). */
const char *mai_signing_complaint(void);

#endif
