/* SPDX-License-Identifier: Apache-2.0
 *
 * A client's request with all that continue it: sub-requests, internal
 * redirects, error documents. They are one visit: one token, and each
 * authorization server is asked about it once.
 */
#ifndef MAI_VISIT_H
#define MAI_VISIT_H

#include <httpd.h>
#include <http_config.h>

#include "base/result.h"
#include "base/world.h"

struct mai_context_t;
struct mai_dir_t;
struct mai_answer_t;
struct mai_source_t;
struct mai_sighting_t;

/* What all requests of a visit share; in the pool of the client's. */
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
    mai_visit_t *visit;
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

/* The request that this one continues: that of a redirect before that of a
 * sub-request; NULL for a client's own. */
request_rec *mai_visit_origin(const request_rec *r);

/* This request's step, or NULL where nothing had to be noted. */
mai_step_t *mai_visit_step(const request_rec *r);

/* The same, made if there is none; never NULL. */
mai_step_t *mai_visit_enter(request_rec *r);

/* Note that this request's place is known, in its step if it has one, else
 * without; and whether that was noted. A request that fails before has none,
 * also where others that continue it have made it a step. */
void mai_visit_pass(request_rec *r);
int mai_visit_passed(const request_rec *r);

/* Nonzero: the question's server has answered, or failed, in this visit about
 * this token, and its answer was asked for in this visit, or no older when it
 * was recalled than the question's place and its server's settings allow.
 * *result is the verdict of this place about it at that moment, so that who was
 * let in stays let in. */
int mai_visit_recall(ti_result_t *result, apr_uint32_t *label,
                     const mai_visit_t *visit, const ti_question_t *question);

/* Keep what came of a question whose pool was visit->p. `is_kept`: the token
 * lives as long as the visit. */
void mai_visit_keep(mai_visit_t *visit, const ti_question_t *question,
                    const ti_result_t *result, apr_uint32_t label, int is_kept);

/* `text` for as long as the visit; it lies in r's pool. */
const char *mai_visit_text(const mai_visit_t *visit, const request_rec *r,
                           const char *text);

/* A sub-request was decided for itself: httpd may let it take the place of its
 * main request. Forgotten when its pool goes. */
void mai_visit_look_up(mai_step_t *step);

/* Which lookup of r's, or of one of those, has taken r's place, so that
 * r->per_dir_config is that one's; NULL: none that was decided for itself. Its
 * context is NULL where another has taken its place in turn, undecided. */
const mai_step_t *mai_visit_taken(const mai_step_t *step);

#endif
