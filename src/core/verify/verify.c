/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/verify.h"

#include <string.h>

#include "base/messages.h"
#include "base/recent.h"
#include "traffic/actives.h"
#include "verify/answer.h"
#include "verify/inquiry.h"
#include "verify/refresh.h"
#include "verify/stale.h"

void ti_verify(ti_result_t *result, apr_uint32_t *fingerprint,
               const ti_world_t *world, ti_question_t *question)
{
    ti_answer_t answer;
    apr_status_t rv;

    memset(result, 0, sizeof(*result));
    *fingerprint = 0;
    rv = ti_recent_key(&question->key, question->recent,
                       question->server->tokens, question->token,
                       question->length);
    if (rv == APR_EINVAL) {
        result->verdict = TI_MALFORMED;
        result->message = TI_MSG_MALFORMED;
        result->cause = "the credentials are not a b64token (RFC 6750 2.1)";
        result->description = "The token has characters that no token may have";
        return;
    }
    if (rv != APR_SUCCESS) {
        result->verdict = TI_UNAVAILABLE;
        result->message = TI_MSG_INTERNAL;
        result->cause = "the token's digest could not be made";
        return;
    }
    *fingerprint = ti_key_fingerprint(&question->key);

    ti_answer_recall(&answer, world, question);
    if (answer.state == TI_ANSWER_FRESH) {
        ti_answer_judge(result, question, &answer);
        ti_refresh_start(world, question, &answer.entry, answer.now.steady);
        return;
    }
    if (answer.state == TI_ANSWER_STALE &&
        ti_stale_serve_at_once(result, world, question, &answer)) {
        return;
    }
    question->was_active =
        answer.entry.kind == TI_KIND_CLAIMS ||
        ti_actives_has(world->actives, &question->key, world->steady());
    ti_inquiry_make(result, world, question, &answer);
}

int ti_verify_refresh(const ti_world_t *world, ti_question_t *question)
{
    return ti_inquiry_renew(world, question);
}
