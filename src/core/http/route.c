/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include <string.h>

#include <apr_strings.h>

#include "base/key.h"

static const char *or_none(const char *text);

const char *ti_route_trust(const ti_route_t *route, apr_pool_t *p)
{
    return apr_psprintf(p, "%s\n%s\n%d\n%d", or_none(route->ca_file),
                        or_none(route->pins), route->insecure != 0,
                        route->tls13 != 0);
}

apr_uint64_t ti_route_hash(const ti_route_t *route, apr_pool_t *p)
{
    char *text = apr_pstrcat(
        p, ti_route_trust(route, p), "\n", or_none(route->ca), "\n",
        or_none(route->certificate), "\n", or_none(route->certificate_key),
        "\n", or_none(route->proxy), "\n", or_none(route->proxy_login), "\n",
        or_none(route->no_proxy), NULL);
    ti_key_t digest;
    apr_status_t rv = ti_key_digest(&digest, text, strlen(text));
    apr_uint64_t hash = 0;

    explicit_bzero(text, strlen(text));
    if (rv == APR_SUCCESS) {
        memcpy(&hash, digest.bytes, sizeof(hash));
    }
    return hash;
}

static const char *or_none(const char *text)
{
    return text != NULL ? text : "";
}
