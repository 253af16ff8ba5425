/* SPDX-License-Identifier: Apache-2.0 */
#include "context/chain.h"

int mai_chain_check_authn(request_rec *r, ap_HOOK_check_user_id_t *self)
{
    const apr_array_header_t *hooks = ap_hook_get_check_user_id();
    int passed = 0;
    int i;

    for (i = 0; hooks != NULL && i < hooks->nelts; i++) {
        ap_HOOK_check_user_id_t *hook =
            APR_ARRAY_IDX(hooks, i, ap_LINK_check_user_id_t).pFunc;
        int status = passed ? hook(r) : DECLINED;

        if (status != DECLINED) {
            return status;
        }
        passed = passed || hook == self;
    }
    return DECLINED;
}

int mai_chain_auth_checker(request_rec *r, ap_HOOK_auth_checker_t *self)
{
    const apr_array_header_t *hooks = ap_hook_get_auth_checker();
    int passed = 0;
    int i;

    for (i = 0; hooks != NULL && i < hooks->nelts; i++) {
        ap_HOOK_auth_checker_t *hook =
            APR_ARRAY_IDX(hooks, i, ap_LINK_auth_checker_t).pFunc;
        int status = passed ? hook(r) : DECLINED;

        if (status != DECLINED) {
            return status;
        }
        passed = passed || hook == self;
    }
    return DECLINED;
}

int mai_chain_access_checker_ex(request_rec *r,
                                ap_HOOK_access_checker_ex_t *self)
{
    const apr_array_header_t *hooks = ap_hook_get_access_checker_ex();
    int passed = 0;
    int i;

    for (i = 0; hooks != NULL && i < hooks->nelts; i++) {
        ap_HOOK_access_checker_ex_t *hook =
            APR_ARRAY_IDX(hooks, i, ap_LINK_access_checker_ex_t).pFunc;
        int status = passed ? hook(r) : DECLINED;

        if (status != DECLINED) {
            return status;
        }
        passed = passed || hook == self;
    }
    return DECLINED;
}
