/* SPDX-License-Identifier: Apache-2.0
 *
 * What the headers of a POST to an MCP server say about the JSON-RPC message
 * in its body: its method, and the name of the tool, resource or prompt. They
 * decide only where nothing can be read out of them in two ways, and where the
 * server promises to compare them with the body (MCP 2026-07-28, Streamable
 * HTTP).
 */
#ifndef MAI_RPC_H
#define MAI_RPC_H

#include <httpd.h>

#define MAI_RPC_CALL "tools/call"

/* One message; in the pool of the client's request. */
typedef struct mai_rpc_t {
    const char *method;
    const char *name; /* decoded; NULL: of a method without one */
    int announced;    /* a browser's preflight: what will come is not known */
} mai_rpc_t;

/* Part of the post_perdir_config hook, where IntrospectMCP is On: DECLINED, or
 * 400 for a POST whose headers are missing, sent twice, malformed, or of a
 * revision that promises no comparison. Other methods pass, as requests that
 * call nothing. */
int mai_rpc_check(request_rec *r);

/* The message of this request, or of the client's request that it continues;
 * NULL: there is none that was checked. */
const mai_rpc_t *mai_rpc_of(const request_rec *r);

/* While a preflight asks httpd's authorization about the request that it
 * announces; NULL afterwards. */
void mai_rpc_announce(request_rec *r, mai_rpc_t *rpc);

#endif
