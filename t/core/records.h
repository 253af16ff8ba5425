/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers for tests: texts in exact-size blocks, where AddressSanitizer sees
 * each byte read beyond them, and claims compiled from JSON.
 */
#ifndef T_RECORDS_H
#define T_RECORDS_H

#include <string.h>

#include "claims/claims.h"
#include "claims/validity.h"
#include "tap.h"

static inline apr_status_t release(void *block)
{
    free(block);
    return APR_SUCCESS;
}

/* A copy of these bytes, without a NUL behind them; freed with the pool. */
static inline char *exact(const void *bytes, apr_size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);

    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    apr_pool_cleanup_register(pool, copy, release, apr_pool_cleanup_null);
    return copy;
}

/* What compile complains about in this text; NULL: it takes it. */
static inline const char *complaint_of(const char *json, apr_size_t length)
{
    const ti_claims_t *claims;
    const char *why;
    apr_status_t rv =
        ti_claims_compile(&claims, &why, exact(json, length), length, pool);

    ck_assert_int_eq(rv, why == NULL ? APR_SUCCESS : APR_EINVAL);
    ck_assert_int_eq(claims != NULL, why == NULL);
    return why;
}

/* The record of a JSON text of this length, in an exact-size block. */
static inline const ti_claims_t *compiled(const char *json, apr_size_t length)
{
    const ti_claims_t *claims;
    const char *why;

    ck_assert_int_eq(
        ti_claims_compile(&claims, &why, exact(json, length), length, pool),
        APR_SUCCESS);
    ck_assert(ti_validity_check(claims, claims->size));
    return (const ti_claims_t *)(const void *)exact(claims, claims->size);
}

static inline const ti_claims_t *claims_of(const char *json)
{
    return compiled(json, strlen(json));
}

#endif
