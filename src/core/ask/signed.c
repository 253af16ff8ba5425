/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/signed.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/keyset.h"
#include "ask/mediatype.h"
#include "ask/server.h"
#include "base/messages.h"
#include "claims/introspection.h"
#include "jose/compact.h"
#include "jose/jwe.h"

/* Keycloak's name for a signed answer within JSON. */
#define WITHIN "jwt"

/* One answer while it is read. */
typedef struct signed_t {
    ti_outcome_t *outcome;
    const ti_world_t *world;
    const ti_question_t *question;
    const char *text; /* the JWT */
    apr_size_t length;
} signed_t;

static int find_text(signed_t *answer, const ti_http_response_t *response);
static int find_within(signed_t *answer, const ti_http_response_t *response);
static int decrypt(signed_t *answer);
static int is_encrypted(const signed_t *answer);
static int verify(signed_t *answer, ti_opened_t *opened);
static void take(const signed_t *answer, const ti_opened_t *opened);
static void take_claims(ti_outcome_t *outcome, const ti_claims_t *claims,
                        int is_bare);
static void attach(const signed_t *answer);
static int refuse(const signed_t *answer, const char *why);
static int is_bare(const signed_t *answer);

int ti_signed_concerns(const ti_server_t *server,
                       const ti_http_response_t *response)
{
    return ti_signing_is_on(&server->signing) &&
           response->failure == TI_HTTP_OK &&
           (response->status == 200 ||
            (response->status == 204 &&
             server->signing.form == TI_SIGNING_BARE));
}

void ti_signed_read(ti_outcome_t *outcome, const ti_world_t *world,
                    const ti_question_t *question,
                    const ti_http_response_t *response)
{
    signed_t answer = {outcome, world, question, NULL, 0};
    ti_opened_t opened;

    if (response->status == 204) { /* Curity: nothing is said of it */
        outcome->kind = TI_KIND_INACTIVE;
        outcome->message = TI_MSG_INACTIVE;
        outcome->cause = "the authorization server says that the token is not "
                         "active (HTTP 204)";
        return;
    }
    if (find_text(&answer, response) && decrypt(&answer) &&
        verify(&answer, &opened)) {
        take(&answer, &opened);
    }
}

/* Zero, as in what follows: *outcome says why not. */
static int find_text(signed_t *answer, const ti_http_response_t *response)
{
    const char *type = response->type;
    const char *wanted = ti_signing_accept(&answer->question->server->signing);

    if (ti_mediatype_is(type, wanted)) {
        answer->text = response->body;
        answer->length = response->length;
        return 1;
    }
    if (is_bare(answer) && ti_mediatype_is(type, "application/json")) {
        return find_within(answer, response);
    }
    ti_outcome_fail(answer->outcome, TI_MISCONFIGURED, TI_MSG_UNSIGNED,
                    apr_psprintf(answer->question->p,
                                 "it answered 200 with the media type "
                                 "'%.60s', not %s: it does not sign its "
                                 "answers to this client",
                                 type, wanted));
    return 0;
}

/* What stands beside it is not signed: of that counts only a no. */
static int find_within(signed_t *answer, const ti_http_response_t *response)
{
    ti_outcome_t *outcome = answer->outcome;
    const ti_value_t *jwt;

    ti_outcome_read(outcome, response, 0, answer->question->p);
    if (outcome->kind != TI_KIND_CLAIMS) {
        return 0;
    }
    jwt = ti_claims_member(outcome->claims, WITHIN);
    if (jwt == NULL || jwt->type != TI_STRING) {
        ti_outcome_fail(outcome, TI_MISCONFIGURED, TI_MSG_UNSIGNED,
                        "its answer in JSON has no member jwt: it does not "
                        "sign its answers to this client");
        return 0;
    }
    answer->text = ti_claims_string(outcome->claims, jwt);
    answer->length = jwt->length;
    outcome->kind = TI_KIND_NONE;
    outcome->claims = NULL;
    return 1;
}

/* RFC 9701 5: signed first, then encrypted. */
static int decrypt(signed_t *answer)
{
    const ti_question_t *question = answer->question;
    const ti_jwks_t *keys = question->server->assertion.keys;
    ti_opened_t opened;

    if (!is_encrypted(answer)) {
        return 1;
    }
    opened.opening = TI_OPENING_REFUSED;
    opened.why = "there is no IntrospectClientKey";
    if (keys != NULL) {
        ti_jwe_decrypt(&opened, answer->text, answer->length, keys,
                       TI_ALGS_ENCRYPTION | TI_ALGS_CONTENT, question->p);
    }
    if (opened.opening != TI_OPENING_DONE) {
        ti_outcome_fail(
            answer->outcome, TI_MISCONFIGURED, TI_MSG_ENCRYPTED,
            apr_psprintf(question->p,
                         "its answer is encrypted, and cannot be read: %s",
                         opened.why));
        return 0;
    }
    answer->text = (const char *)opened.content.data;
    answer->length = opened.content.size;
    return 1;
}

static int is_encrypted(const signed_t *answer)
{
    apr_size_t dots = 0;
    apr_size_t i;

    for (i = 0; i < answer->length; i++) {
        dots += answer->text[i] == '.';
    }
    return dots == TI_COMPACT_JWE - 1;
}

static int verify(signed_t *answer, ti_opened_t *opened)
{
    const ti_question_t *question = answer->question;
    ti_outcome_t keys;

    if (memchr(answer->text, '\0', answer->length) != NULL) {
        return refuse(answer, "it is not a JWT");
    }
    if (!ti_keyset_verify(opened, &keys, answer->world, question, answer->text,
                          ti_signing_algs(&question->server->signing))) {
        ti_outcome_fail(answer->outcome, TI_UNAVAILABLE, TI_MSG_NO_KEYS,
                        apr_psprintf(question->p,
                                     "the signature of its answer cannot be "
                                     "verified: %s",
                                     keys.cause));
        answer->outcome->retry_after = keys.retry_after;
        return 0;
    }
    if (opened->opening != TI_OPENING_DONE) {
        return refuse(answer, opened->why);
    }
    return ti_introspection_is_type(opened->typ, is_bare(answer))
               ? 1
               : refuse(answer, "its typ is that of another kind of JWT");
}

static void take(const signed_t *answer, const ti_opened_t *opened)
{
    const ti_server_t *server = answer->question->server;
    ti_introspection_demand_t demand = {0};
    const ti_claims_t *claims;
    const char *why;

    demand.issuer = server->signing.iss;
    demand.audience = server->signing.aud;
    demand.is_bare = is_bare(answer);
    why = ti_introspection_read(&claims, (const char *)opened->content.data,
                                opened->content.size, &demand,
                                answer->world->clock(), answer->question->p);
    if (why != NULL) {
        refuse(answer, why);
        return;
    }
    take_claims(answer->outcome, claims, demand.is_bare);
    if (answer->outcome->kind == TI_KIND_CLAIMS) {
        attach(answer);
    }
}

/* One that says nothing of `active` is about an active token: of others there
 * is none. */
static void take_claims(ti_outcome_t *outcome, const ti_claims_t *claims,
                        int is_bare)
{
    if (is_bare && ti_introspection_is_other(claims)) {
        outcome->kind = TI_KIND_INACTIVE;
        outcome->message = TI_MSG_TOKEN_TYPE;
        outcome->cause = "it is not an access token (typ)";
        return;
    }
    if (!is_bare || ti_claims_member(claims, "active") != NULL) {
        ti_outcome_of_claims(outcome, claims);
        return;
    }
    ti_outcome_of_active(outcome, claims);
}

static void attach(const signed_t *answer)
{
    ti_outcome_t *outcome = answer->outcome;

    outcome->claims = ti_claims_attach(outcome->claims, answer->text,
                                       answer->length, answer->question->p);
    if (outcome->claims == NULL) {
        refuse(answer, "it is too large");
    }
}

static int refuse(const signed_t *answer, const char *why)
{
    ti_outcome_fail(answer->outcome, TI_UNAVAILABLE, TI_MSG_SIGNED,
                    apr_psprintf(answer->question->p,
                                 "its signed answer cannot be used: %s", why));
    return 0;
}

static int is_bare(const signed_t *answer)
{
    return answer->question->server->signing.form == TI_SIGNING_BARE;
}
