/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectMCP: the revisions of the Model Context Protocol whose servers
 * promise to compare the headers of a request with its body.
 */
#ifndef MAI_REVISION_H
#define MAI_REVISION_H

#include <httpd.h>
#include <http_config.h>

/* The first that promises it. */
#define MAI_REVISION_FIRST "2026-07-28"

/* The directive: On, Off, or On and further revisions. NULL, or a complaint
 * that says what to write. */
const char *mai_revision_read(cmd_parms *cmd, void *config, int argc,
                              char *const argv[]);

/* Is this value of MCP-Protocol-Version among them (of const char *)? NULL is
 * not. */
int mai_revision_listed(const apr_array_header_t *revisions,
                        const char *version);

#endif
