/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/keyset.h"

#include <string.h>

#include "ask/document.h"
#include "jose/jwks.h"
#include "jose/jws.h"

static int try_keys(ti_opened_t *opened, const ti_outcome_t *outcome,
                    const ti_question_t *question, const char *text,
                    ti_algs_t allowed);

int ti_keyset_verify(ti_opened_t *opened, ti_outcome_t *outcome,
                     const ti_world_t *world, const ti_question_t *question,
                     const char *text, ti_algs_t allowed)
{
    ti_outcome_t newer;

    memset(opened, 0, sizeof(*opened));
    opened->why = "the key set could not be fetched";
    ti_document_keys(outcome, world, question);
    if (outcome->kind != TI_KIND_DOCUMENT) {
        return 0;
    }
    if (try_keys(opened, outcome, question, text, allowed)) {
        return 1;
    }
    /* the server may have new keys since; where they cannot be fetched, what
     * the older ones said holds */
    ti_document_newer_keys(&newer, world, question,
                           world->steady() - TI_KEYSET_INTERVAL);
    if (newer.kind == TI_KIND_DOCUMENT && newer.answered > outcome->answered) {
        try_keys(opened, &newer, question, text, allowed);
    }
    return 1;
}

/* Zero: a newer set may have a key that fits. */
static int try_keys(ti_opened_t *opened, const ti_outcome_t *outcome,
                    const ti_question_t *question, const char *text,
                    ti_algs_t allowed)
{
    const char *why;
    const ti_jwks_t *keys =
        ti_jwks_read(&why, outcome->body, strlen(outcome->body), question->p);

    if (keys == NULL) {
        opened->why = why;
        return 1;
    }
    ti_jws_verify(opened, text, strlen(text), keys, allowed, question->p);
    return opened->opening != TI_OPENING_NO_KEY;
}
