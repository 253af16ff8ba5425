/* SPDX-License-Identifier: Apache-2.0
 *
 * The lane of a request in fair queuing: that of its client's address.
 */
#ifndef TI_LANE_H
#define TI_LANE_H

#include <apr_network_io.h>

#include "base/key.h"

/* The lane of a client: of its IPv4 address, or of its IPv6 network of 64 bits,
 * since whoever has one address of that has all. Keyed, so that nobody can look
 * for addresses that share another's turns. Without a client (a renewal) each
 * token has its own. */
apr_uint32_t ti_lane_of(const apr_sockaddr_t *client,
                        const ti_keyring_t *keyring, const ti_key_t *token);

#endif
