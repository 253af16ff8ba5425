/* SPDX-License-Identifier: Apache-2.0
 *
 * Require mcp-tool and Require mcp-method: what an MCP client may call, beside
 * Require lines that say with which token.
 */
#ifndef MAI_TOOL_H
#define MAI_TOOL_H

#include <httpd.h>

/* Register both lines. They are met by a POST whose headers IntrospectMCP has
 * checked; any other request meets neither a line nor its opposite. Alone they
 * let in every client with a token, and none without one. */
void mai_tool_register(apr_pool_t *pconf);

#endif
