/* SPDX-License-Identifier: Apache-2.0 */
#include "request/context.h"

#include "module.h"

static const request_rec *origin(const request_rec *r);

mai_context_t *mai_context_make(request_rec *r)
{
    mai_context_t *context = apr_pcalloc(r->pool, sizeof(*context));

    ap_set_module_config(r->request_config, &auth_introspect_module, context);
    return context;
}

mai_context_t *mai_context_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &auth_introspect_module);
}

mai_context_t *mai_context_inherited(const request_rec *r)
{
    while (r != NULL) {
        const request_rec *before = origin(r);

        if (mai_context_of(r) != NULL) {
            return mai_context_of(r);
        }
        if (before == NULL || before->per_dir_config != r->per_dir_config) {
            return NULL;
        }
        r = before;
    }
    return NULL;
}

const char *mai_context_earlier_token(const request_rec *r)
{
    for (r = origin(r); r != NULL; r = origin(r)) {
        const mai_context_t *context = mai_context_of(r);

        if (context != NULL && context->token != NULL) {
            return context->token;
        }
    }
    return NULL;
}

/* The request that this one is a part or a continuation of. */
static const request_rec *origin(const request_rec *r)
{
    return r->main != NULL ? r->main : r->prev;
}
