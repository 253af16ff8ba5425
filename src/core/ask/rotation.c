/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/rotation.h"

#include <apr_strings.h>

#include "base/messages.h"
#include "base/ratelimit.h"
#include "http/address.h"
#include "traffic/proof.h"

static int is_accepted(const ti_world_t *world, const ti_server_t *server,
                       const ti_key_t *credentials);

const ti_server_t *ti_rotation_begin(ti_rotation_t *rotation,
                                     const ti_world_t *world,
                                     const ti_server_t *server)
{
    int is_former_first;

    rotation->server = server;
    rotation->tried = server;
    rotation->next = NULL;
    if (server->previous.secret == NULL ||
        !ti_auth_needs_secret(server->auth)) {
        return server;
    }
    rotation->previous = *server;
    rotation->previous.client_secret = server->previous.secret;
    rotation->previous.assertion = server->previous.assertion;
    rotation->previous.credentials = server->previous.credentials;
    is_former_first =
        is_accepted(world, server, &server->previous.credentials) &&
        !is_accepted(world, server, &server->credentials);
    rotation->tried = is_former_first ? &rotation->previous : server;
    rotation->next = is_former_first ? server : &rotation->previous;
    return rotation->tried;
}

const ti_server_t *ti_rotation_next(ti_rotation_t *rotation,
                                    const ti_world_t *world, apr_time_t until)
{
    if (rotation->next == NULL && world->renewed != NULL) {
        rotation->next = world->renewed(rotation->server, until);
    }
    return rotation->next;
}

void ti_rotation_end(const ti_rotation_t *rotation, const ti_world_t *world,
                     const ti_question_t *question, const ti_outcome_t *outcome)
{
    const ti_server_t *server = rotation->server;
    ti_line_t line = {TI_LOG_WARNING, TI_MSG_ROTATED, NULL, NULL};
    int is_new = rotation->next == server;

    if (outcome->kind == TI_KIND_NONE) {
        return;
    }
    if (!ti_key_same(&rotation->tried->credentials,
                     &rotation->next->credentials, sizeof(ti_key_t))) {
        ti_proof_withdraw(world->proofs, server->number,
                          &rotation->tried->credentials);
    }
    if (rotation->tried == &rotation->previous ||
        rotation->next == &rotation->previous) {
        line.subject =
            apr_psprintf(question->p, "%s %s",
                         APR_ARRAY_IDX(server->endpoints, 0, const char *),
                         server->client_id);
        line.text = apr_psprintf(
            question->p,
            "%s accepts the %s secret of IntrospectClientSecret for client "
            "'%s', and refuses the %s%s%s: %s",
            ti_address_shown(APR_ARRAY_IDX(server->endpoints, 0, const char *),
                             question->p),
            is_new ? "first" : "second", server->client_id,
            is_new ? "second" : "first",
            server->where != NULL ? ", as set at " : "",
            server->where != NULL ? server->where : "",
            is_new ? "remove the second"
                   : "the first is not registered there yet, or is wrong");
        ti_ratelimit_log(world->ratelimit, world->steady(), question->log,
                         &line);
    }
}

static int is_accepted(const ti_world_t *world, const ti_server_t *server,
                       const ti_key_t *credentials)
{
    return ti_proof_of(world->proofs, server->number, credentials) !=
           TI_PROOF_NONE;
}
