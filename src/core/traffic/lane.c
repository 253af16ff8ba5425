/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/lane.h"

#include <string.h>

#define IPV6 16   /* bytes of such an address */
#define NETWORK 8 /* of these, that name a network */

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

apr_uint32_t ti_lane_of(const apr_sockaddr_t *client,
                        const ti_keyring_t *keyring, const ti_key_t *token)
{
    const char *bytes;
    apr_size_t length;
    apr_uint32_t lane;
    ti_key_t key;

    memcpy(&lane, token->bytes, sizeof(lane));
    if (client == NULL) {
        return lane;
    }

    bytes = client->ipaddr_ptr;
    length = (apr_size_t)client->ipaddr_len;
    if (length == IPV6 && memcmp(bytes, mapped, sizeof(mapped)) == 0) {
        bytes += sizeof(mapped);
        length -= sizeof(mapped);
    } else if (length == IPV6) {
        length = NETWORK;
    }
    if (ti_key_derive(&key, keyring, bytes, length) == APR_SUCCESS) {
        memcpy(&lane, key.bytes, sizeof(lane));
    }
    return lane;
}
