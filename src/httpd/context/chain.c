/* SPDX-License-Identifier: Apache-2.0 */
#include "context/chain.h"

/* The lists differ in their types only: all these hooks take a request. */
#define CHAIN(function, hook)                                                  \
    int function(request_rec *r, ap_HOOK_##hook##_t *self)                     \
    {                                                                          \
        const apr_array_header_t *hooks = ap_hook_get_##hook();                \
        int passed = 0;                                                        \
        int i;                                                                 \
                                                                               \
        for (i = 0; hooks != NULL && i < hooks->nelts; i++) {                  \
            ap_HOOK_##hook##_t *next =                                         \
                APR_ARRAY_IDX(hooks, i, ap_LINK_##hook##_t).pFunc;             \
            int status = passed ? next(r) : DECLINED;                          \
                                                                               \
            if (status != DECLINED) {                                          \
                return status;                                                 \
            }                                                                  \
            passed = passed || next == self;                                   \
        }                                                                      \
        return DECLINED;                                                       \
    }

CHAIN(mai_chain_check_authn, check_user_id)
CHAIN(mai_chain_auth_checker, auth_checker)
CHAIN(mai_chain_access_checker_ex, access_checker_ex)
