/* SPDX-License-Identifier: Apache-2.0
 *
 * Responses of an authorization server, for tests.
 */
#ifndef T_RESPONSES_H
#define T_RESPONSES_H

#include "ask/retrieval.h"

#include "base/messages.h"
#include "records.h"

static ti_outcome_t outcome;

static inline ti_http_response_t response_of(int status, const char *type,
                                             const char *body)
{
    ti_http_response_t answer = {0};

    answer.status = status;
    answer.type = type;
    answer.length = strlen(body);
    answer.body = exact(body, answer.length + 1);
    return answer;
}

static int is_known; /* the credentials have been accepted */

static inline const ti_outcome_t *read_response(int status, const char *type,
                                                const char *body)
{
    ti_http_response_t answer = response_of(status, type, body);

    memset(&outcome, 0, sizeof(outcome));
    ti_outcome_read(&outcome, &answer, is_known, pool);
    ck_assert_int_ne(outcome.verdict, TI_GRANTED);
    return &outcome;
}

static inline const ti_outcome_t *json(const char *body)
{
    return read_response(200, "application/json", body);
}

static inline const ti_outcome_t *keys(int status, const char *body)
{
    ti_http_response_t answer = response_of(status, "application/json", body);

    memset(&outcome, 0, sizeof(outcome));
    ti_retrieval_read_keys(&outcome, &answer, pool);
    return &outcome;
}

#endif
