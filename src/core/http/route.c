/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include <string.h>

#include <apr_strings.h>

const char *ti_route_trust(const ti_route_t *route, apr_pool_t *p)
{
    return apr_psprintf(p, "%s\n%s\n%d\n%d",
                        route->ca_file != NULL ? route->ca_file : "",
                        route->pins != NULL ? route->pins : "",
                        route->insecure != 0, route->tls13 != 0);
}

int ti_route_is_directory(const char *ca_file)
{
    apr_size_t length = strlen(ca_file);

    return length > 0 && ca_file[length - 1] == '/';
}
