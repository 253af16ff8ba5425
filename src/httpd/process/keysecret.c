/* SPDX-License-Identifier: Apache-2.0 */
#include "process/keysecret.h"

apr_status_t mai_keysecret_open(mai_keysecret_t *secret, ti_seal_t **seal,
                                const mai_cache_config_t *config,
                                apr_pool_t *pconf)
{
    apr_status_t rv = APR_SUCCESS;

    *seal = NULL;
    if (!secret->is_made) {
        rv = ti_key_random(secret->bytes, sizeof(secret->bytes));
        secret->is_made = rv == APR_SUCCESS;
    }
    if (rv != APR_SUCCESS || config->socache == NULL) {
        return rv;
    }
    rv = ti_seal_create(seal, config->secret, config->previous_secret, pconf);
    if (rv == APR_SUCCESS && config->secret != NULL) {
        ti_seal_key_secret(*seal, secret->bytes);
    }
    return rv; /* a store of this httpd only: our own secret will do */
}
