/* SPDX-License-Identifier: Apache-2.0 */
#include "context/context.h"

#include "config/config.h"
#include "context/visit.h"

static const request_rec *inherited_from(const request_rec *r);

mai_context_t *mai_context_make(request_rec *r)
{
    mai_step_t *step = mai_visit_enter(r);

    if (step->context == NULL && r->main != NULL && r->prev == NULL) {
        mai_visit_look_up(step);
    }
    step->context = apr_pcalloc(r->pool, sizeof(*step->context));
    return step->context;
}

mai_context_t *mai_context_of(const request_rec *r)
{
    const mai_step_t *step = mai_visit_step(r);

    return step != NULL ? step->context : NULL;
}

int mai_context_continue(mai_context_t *context, request_rec *r)
{
    const request_rec *origin = mai_visit_origin(r);
    const mai_context_t *before =
        origin != NULL ? mai_context_of(origin) : NULL;

    if (before == NULL || before->result.verdict != TI_GRANTED ||
        mai_config_of(origin) != mai_config_of(r)) {
        return 0;
    }
    *context = *before;
    context->refusal = NULL;
    context->login = NULL;
    context->need = NULL;
    return 1;
}

int mai_context_inherit(request_rec *r)
{
    const request_rec *from = inherited_from(r);
    mai_context_t *before = NULL;

    while (from != NULL && before == NULL) {
        before = mai_context_of(from);
        from = inherited_from(from);
    }
    if (r->user == NULL || before == NULL ||
        before->result.verdict != TI_GRANTED) {
        return 0;
    }
    mai_visit_enter(r)->context = before;
    return 1;
}

/* As httpd's ap_process_request_internal has it. */
static const request_rec *inherited_from(const request_rec *r)
{
    if (r->prev != NULL && r->prev->per_dir_config == r->per_dir_config) {
        return r->prev;
    }
    if (r->main != NULL && r->main->per_dir_config == r->per_dir_config) {
        return r->main;
    }
    return NULL;
}

int mai_context_replace(request_rec *r)
{
    mai_step_t *step = mai_visit_step(r);
    const mai_step_t *taken;

    if (step == NULL || step->place == r->per_dir_config) {
        return 0;
    }
    taken = mai_visit_taken(step);
    step->place = r->per_dir_config;
    /* never another place's decision: its server may not be trusted here */
    step->context = taken != NULL ? taken->context : NULL;
    if (step->context == NULL || step->context->result.verdict != TI_GRANTED) {
        return 0;
    }
    r->user = taken->r->user;
    r->ap_auth_type = taken->r->ap_auth_type;
    return 1;
}
