/* SPDX-License-Identifier: Apache-2.0
 *
 * Credentials that are replaced while questions go on: which of them a question
 * is asked with, and which is tried once where the authorization server refuses
 * the first (invalid_client, RFC 6749 5.2).
 */
#ifndef TI_ROTATION_H
#define TI_ROTATION_H

#include "ask/outcome.h"
#include "ask/server.h"
#include "base/world.h"

/* One question while it tries. The caller owns it, and copies it nowhere:
 * `previous` is what questions point to. */
typedef struct ti_rotation_t {
    const ti_server_t *server; /* as it is set up */
    const ti_server_t *tried;  /* first */
    const ti_server_t *next;   /* after that, or NULL */
    ti_server_t previous;      /* with the secret of before */
} ti_rotation_t;

/* The server with the credentials to begin with: with the previous secret only
 * where that one is known to be accepted and the new one is not, so that a
 * reload before the server's own change causes no refusal. Good as long as
 * *rotation. */
const ti_server_t *ti_rotation_begin(ti_rotation_t *rotation,
                                     const ti_world_t *world,
                                     const ti_server_t *server);

/* The credentials tried have been refused: the server with those to try once
 * more, or NULL. They are the other secret, or a newer version of what is read
 * from files, which may take until this moment (steady). */
const ti_server_t *ti_rotation_next(ti_rotation_t *rotation,
                                    const ti_world_t *world, apr_time_t until);

/* What came of that: where the server took them, note it, and log which of the
 * secrets works, at a pace. */
void ti_rotation_end(const ti_rotation_t *rotation, const ti_world_t *world,
                     const ti_question_t *question,
                     const ti_outcome_t *outcome);

#endif
