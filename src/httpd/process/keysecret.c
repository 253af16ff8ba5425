/* SPDX-License-Identifier: Apache-2.0 */
#include "process/keysecret.h"

#include <string.h>

apr_status_t mai_keysecret_open(ti_key_secrets_t *secrets, mai_seals_t *seals,
                                mai_keysecret_t *secret,
                                const mai_cache_config_t *config,
                                apr_pool_t *pconf)
{
    apr_status_t rv = APR_SUCCESS;

    memset(seals, 0, sizeof(*seals));
    memset(secrets, 0, sizeof(*secrets));
    secrets->own = secret->own;
    secrets->current = secret->own;
    if (!secret->is_made) {
        rv = ti_key_random(secret->own, sizeof(secret->own));
        secret->is_made = rv == APR_SUCCESS;
    }
    if (rv != APR_SUCCESS || config->socache == NULL) {
        return rv;
    }
    rv = ti_seal_create(&seals->current, config->secret, pconf);
    if (rv != APR_SUCCESS || config->secret == NULL) {
        return rv; /* the store is not shared: our own secret suffices */
    }
    ti_seal_key_secret(seals->current, secret->current);
    secrets->current = secret->current;
    if (config->previous_secret != NULL) {
        rv = ti_seal_create(&seals->former, config->previous_secret, pconf);
        if (rv == APR_SUCCESS) {
            ti_seal_key_secret(seals->former, secret->former);
            secrets->former = secret->former;
        }
    }
    return rv;
}
