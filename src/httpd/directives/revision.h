/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectMCP: the revisions of the Model Context Protocol whose servers
 * promise to compare the headers of a request with its body.
 */
#ifndef MAI_REVISION_H
#define MAI_REVISION_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* The function of a row (setter.h): On, Off, or On and further revisions. */
const char *mai_revision_read(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[]);

#endif
