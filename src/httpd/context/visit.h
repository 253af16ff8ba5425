/* SPDX-License-Identifier: Apache-2.0
 *
 * A visit: a client's request and the requests that continue it, which are
 * sub-requests, internal redirects and error documents. A visit has one token,
 * and asks each authorization server about it once.
 */
#ifndef MAI_VISIT_H
#define MAI_VISIT_H

#include <httpd.h>
#include <http_config.h>

#include "base/result.h"
#include "base/world.h"
#include "module.h"

struct mai_context_t;
struct mai_dir_t;
struct mai_answer_t;
struct mai_source_t;
struct mai_sighting_t;

/* State that all requests of a visit share, in the pool of the client's. */
typedef struct mai_visit_t {
    apr_pool_t *p;
    const char *credentials; /* its Authorization header, once it was looked
                                at; NULL: not yet, or there was none */
    const char *token;       /* the first that was found, or, as a password,
                                granted; NULL: none yet */
    const struct mai_source_t *token_source; /* where IntrospectTokenFrom found
                                                it; NULL: elsewhere */
    const struct mai_source_t *source; /* what was found so last, or NULL */
    struct mai_sighting_t *sightings;  /* and all that was seen so */
    const struct mai_rpc_t *rpc;       /* what an MCP client calls, checked, or
                                          NULL */
    int by_query;                      /* its token stood in the query */
    int uncached;                 /* no shared cache may keep what it gets */
    int authenticated;            /* some request of it was let in by a token */
    int is_trial;                 /* no client's: see pages/stage.h */
    struct mai_answer_t *answers; /* what servers said, last first */
    struct mai_answer_t *spare;   /* for the first of them */
    struct {
        apr_uint32_t row;
        int word;               /* 0: none */
    } uncounted;                /* a look-up, see tally.h */
    struct mai_step_t *lookups; /* sub-requests that were decided alone and
                                   may still take their main's place */
} mai_visit_t;

/* One request of a visit; in its own pool. */
typedef struct mai_step_t {
    mai_visit_t *visit; /* NULL: no step, see mai_visit_pass */
    const request_rec *r;
    const ap_conf_vector_t *place; /* where it was when that was last noted */
    int is_placed;                 /* and that was its place, not httpd's
                                      defaults */
    struct mai_context_t *context; /* what was decided about it, or NULL */
    const struct mai_source_t *source; /* where IntrospectTokenFrom of its
                                          place says, or NULL */
    int hidden; /* its credentials are not for others to see */

    /* Under which settings claims lie in its variables and its headers, and
     * which claims; NULL: as in the request that it continues. */
    const struct mai_dir_t *exported;
    const struct ti_claims_t *claims;

    struct mai_step_t *next; /* in lookups */
} mai_step_t;

/* The request that this one continues. A redirect within a sub-request
 * continues the redirected one. NULL: this one is the client's own. */
static inline request_rec *mai_visit_origin(const request_rec *r)
{
    return r->prev != NULL ? r->prev : r->main;
}

/* This request's step, or NULL where nothing had to be noted. */
static inline mai_step_t *mai_visit_step(const request_rec *r)
{
    mai_step_t *step =
        ap_get_module_config(r->request_config, &auth_introspect_module);

    return step != NULL && step->visit != NULL ? step : NULL;
}

/* Make the step of a request that has none. For mai_visit_enter. */
mai_step_t *mai_visit_begin(request_rec *r);

/* This request's step, made if there is none; never NULL. */
static inline mai_step_t *mai_visit_enter(request_rec *r)
{
    mai_step_t *step = mai_visit_step(r);

    return step != NULL ? step : mai_visit_begin(r);
}

/* Note that this request's place is known; and ask whether that was noted. It
 * needs no step. A request that fails earlier has no place, even if requests
 * that continue it have made a step for it. */
void mai_visit_pass(request_rec *r);
int mai_visit_passed(const request_rec *r);

/* Nonzero: in this visit the question's server has answered about this token,
 * or failed. The answer is from this visit, or was young enough for the
 * question's place and the server's settings when it was recalled. *result is
 * the verdict of this place at that moment: a client that was let in stays let
 * in for the whole visit. */
int mai_visit_recall(ti_result_t *result, apr_uint32_t *fingerprint,
                     const mai_visit_t *visit, const ti_question_t *question);

/* Keep the result of a question whose pool was visit->p. `is_kept`: the token
 * lives as long as the visit. */
void mai_visit_keep(mai_visit_t *visit, const ti_question_t *question,
                    const ti_result_t *result, apr_uint32_t fingerprint,
                    int is_kept);

/* `text`, which lies in r's pool, in memory that lives as long as the visit. */
const char *mai_visit_text(const mai_visit_t *visit, const request_rec *r,
                           const char *text);

/* Note a sub-request with a decision of its own: httpd may let it take the
 * place of its main request. The note goes with the sub-request's pool. */
void mai_visit_look_up(mai_step_t *step);

/* The look-up that has taken the place of this step's request: one of the
 * request's own, or of another look-up's. r->per_dir_config is the look-up's
 * then. NULL: no look-up with a decision of its own. Its context is NULL if
 * another look-up without a decision has taken its place in turn. */
const mai_step_t *mai_visit_taken(const mai_step_t *step);

#endif
