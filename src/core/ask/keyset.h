/* SPDX-License-Identifier: Apache-2.0
 *
 * The authorization server's signature on something it sent: verified by its
 * key set, which is fetched again where no key fits.
 */
#ifndef TI_KEYSET_H
#define TI_KEYSET_H

#include "ask/outcome.h"
#include "base/world.h"
#include "jose/opened.h"

/* A set this young is not fetched again: whoever makes kids up does not make us
 * ask more often than this, all processes together. */
#define TI_KEYSET_INTERVAL apr_time_from_sec(10)

/* Verify the JWS by the keys of question->server (which has a jwks_url, and its
 * own keys) and these algorithms. Always fills *opened, in question->p. Zero:
 * the set could not be fetched, *outcome says why, and *opened refuses. */
int ti_keyset_verify(ti_opened_t *opened, ti_outcome_t *outcome,
                     const ti_world_t *world, const ti_question_t *question,
                     const char *text, ti_algs_t allowed);

#endif
