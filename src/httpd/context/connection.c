/* SPDX-License-Identifier: Apache-2.0 */
#include "context/connection.h"

#include <http_config.h>

#include "module.h"

ti_recent_t *mai_connection_recent(const request_rec *r)
{
    conn_rec *connection = r->connection;
    ti_recent_t *recent;

    if (connection->master != NULL) {
        return NULL;
    }
    recent =
        ap_get_module_config(connection->conn_config, &auth_introspect_module);
    if (recent == NULL) {
        recent = apr_pcalloc(connection->pool, sizeof(*recent));
        ap_set_module_config(connection->conn_config, &auth_introspect_module,
                             recent);
    }
    return recent;
}
