/* SPDX-License-Identifier: Apache-2.0 */
#include "context/visit.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/server.h"
#include "claims/policy.h"

/* What one server said about one token, or why it said nothing. */
typedef struct mai_answer_t {
    ti_key_t server; /* its identity: settings may end before the visit */
    apr_uint64_t by; /* our credentials */
    const char *token;
    ti_result_t result; /* of the place that asked */
    apr_uint32_t fingerprint;
    struct mai_answer_t *next;
} answer_t;

/* Nearly all visits have one answer. */
typedef struct first_t {
    mai_step_t step;
    mai_visit_t visit;
    answer_t answer;
} first_t;

/* In place of a step, without a visit: see mai_visit_pass. Never written to. */
static mai_step_t passed;

static mai_step_t *first_step(request_rec *r);
static answer_t *find(const mai_visit_t *visit, const ti_question_t *question);
static int is_too_old(const ti_result_t *result, const ti_question_t *question);
static answer_t *add(mai_visit_t *visit);
static apr_status_t forget(void *data);
static int is_part(const request_rec *r, const request_rec *whole);

mai_step_t *mai_visit_begin(request_rec *r)
{
    request_rec *origin = mai_visit_origin(r);
    int is_placed = mai_visit_passed(r);
    mai_step_t *step;

    if (origin == NULL) {
        step = first_step(r);
    } else {
        step = apr_pcalloc(r->pool, sizeof(*step));
        step->visit = mai_visit_enter(origin)->visit;
    }
    step->r = r;
    step->place = r->per_dir_config;
    step->is_placed = is_placed;
    ap_set_module_config(r->request_config, &auth_introspect_module, step);
    return step;
}

static mai_step_t *first_step(request_rec *r)
{
    first_t *first = apr_pcalloc(r->pool, sizeof(*first));

    first->visit.p = r->pool;
    first->visit.spare = &first->answer;
    first->step.visit = &first->visit;
    return &first->step;
}

void mai_visit_pass(request_rec *r)
{
    mai_step_t *step = mai_visit_step(r);

    if (step == NULL) {
        ap_set_module_config(r->request_config, &auth_introspect_module,
                             &passed);
        return;
    }
    step->place = r->per_dir_config;
    step->is_placed = 1;
}

int mai_visit_passed(const request_rec *r)
{
    const mai_step_t *step =
        ap_get_module_config(r->request_config, &auth_introspect_module);

    return step == &passed || (step != NULL && step->is_placed);
}

int mai_visit_recall(ti_result_t *result, apr_uint32_t *fingerprint,
                     const mai_visit_t *visit, const ti_question_t *question)
{
    const answer_t *answer = find(visit, question);

    if (answer == NULL || is_too_old(&answer->result, question)) {
        return 0;
    }
    *fingerprint = answer->fingerprint;
    if (answer->result.judged == NULL) {
        *result = answer->result; /* inactive, or a failure: for all places */
        return 1;
    }
    memset(result, 0, sizeof(*result));
    result->source = answer->result.source;
    result->answered = answer->result.answered;
    result->moment = answer->result.moment;
    ti_policy_judge(result, question->policy, answer->result.judged,
                    answer->result.moment.wall);
    return 1;
}

/* Would this place have found it so in the cache? Its server may be another
 * one's equal and yet be remembered for less. */
static int is_too_old(const ti_result_t *result, const ti_question_t *question)
{
    const ti_server_t *server = question->server;
    apr_interval_time_t demanded = question->policy->max_age;
    apr_interval_time_t age = result->moment.steady - result->answered;
    apr_interval_time_t cap = result->judged != NULL ? server->cache_max_age
                                                     : server->negative_max_age;

    if (result->source == TI_SOURCE_ASKED || result->answered == 0) {
        return 0;
    }
    if (demanded >= 0 && age > demanded) {
        return 1;
    }
    if (result->source == TI_SOURCE_STALE && cap > 0) {
        cap += server->stale_if_error;
    }
    return result->source != TI_SOURCE_WAITED && age >= cap;
}

void mai_visit_keep(mai_visit_t *visit, const ti_question_t *question,
                    const ti_result_t *result, apr_uint32_t fingerprint,
                    int is_kept)
{
    answer_t *answer = find(visit, question);

    if (answer == NULL) {
        answer = add(visit);
        answer->server = question->server->identity;
        answer->by = ti_server_credentials_id(question->server);
        answer->token =
            is_kept ? question->token : apr_pstrdup(visit->p, question->token);
    }
    answer->result = *result;
    answer->fingerprint = fingerprint;
}

static answer_t *find(const mai_visit_t *visit, const ti_question_t *question)
{
    answer_t *answer = visit->answers;

    while (answer != NULL &&
           ((answer->token != question->token &&
             strcmp(answer->token, question->token) != 0) ||
            memcmp(&answer->server, &question->server->identity,
                   sizeof(answer->server)) != 0 ||
            answer->by != ti_server_credentials_id(question->server))) {
        answer = answer->next;
    }
    return answer;
}

static answer_t *add(mai_visit_t *visit)
{
    answer_t *answer = visit->spare;

    visit->spare = NULL;
    if (answer == NULL) {
        answer = apr_pcalloc(visit->p, sizeof(*answer));
    }
    answer->next = visit->answers;
    visit->answers = answer;
    return answer;
}

const char *mai_visit_text(const mai_visit_t *visit, const request_rec *r,
                           const char *text)
{
    return r->pool == visit->p ? text : apr_pstrdup(visit->p, text);
}

void mai_visit_look_up(mai_step_t *step)
{
    step->next = step->visit->lookups;
    step->visit->lookups = step;
    apr_pool_cleanup_register(step->r->pool, step, forget,
                              apr_pool_cleanup_null);
}

static apr_status_t forget(void *data)
{
    mai_step_t *step = data;
    mai_step_t **at = &step->visit->lookups;

    while (*at != NULL && *at != step) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = step->next;
    }
    return APR_SUCCESS;
}

const mai_step_t *mai_visit_taken(const mai_step_t *step)
{
    const mai_step_t *other = step->visit->lookups;

    while (other != NULL && (other->place != step->r->per_dir_config ||
                             !is_part(other->r, step->r))) {
        other = other->next;
    }
    return other;
}

/* A sub-request of it, or of one of those. */
static int is_part(const request_rec *r, const request_rec *whole)
{
    do {
        r = r->main;
    } while (r != NULL && r != whole);
    return r != NULL;
}
