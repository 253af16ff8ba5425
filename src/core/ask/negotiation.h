/* SPDX-License-Identifier: Apache-2.0
 *
 * How we say who we are to an authorization server whose metadata list what it
 * takes: the method and the algorithm, RFC 8414 2.
 */
#ifndef TI_NEGOTIATION_H
#define TI_NEGOTIATION_H

#include <apr_pools.h>

struct ti_claims_t;
struct ti_server_t;

/* Choose method and algorithm of a finished server with an endpoint, by what it
 * lists for introspection, else for its token endpoint, and by what we have:
 * certificate, key, secret, token. What is set stays; where the server does not
 * list that, ->remark says so. NULL, or a complaint in `p`: nothing that we
 * have is among what it takes. */
const char *ti_negotiation_settle(struct ti_server_t *server,
                                  const struct ti_claims_t *metadata,
                                  apr_pool_t *p);

#endif
