/* SPDX-License-Identifier: Apache-2.0 */
#include "process/consult.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "ask/ask.h"
#include "ask/discovery.h"
#include "ask/document.h"
#include "base/messages.h"
#include "base/world.h"
#include "claims/policy.h"
#include "config/config.h"
#include "http/address.h"
#include "http/http.h"

/* The size limit of the token, with its newline and NUL. */
#define TOKEN_MAX ((apr_size_t)64 * 1024)

/* Members of an answer whose values are shown. */
static const char *const shown[] = {"iss",       "aud", "scope",     "exp",
                                    "client_id", "nbf", "token_type"};

static int discover(ti_outcome_t *outcome, ti_question_t *question,
                    const ti_world_t *world, ti_server_t *server);
static void tell_answer(const ti_outcome_t *outcome, apr_pool_t *p);
static void tell_claims(const ti_claims_t *claims, apr_pool_t *p);
static int is_shown(const char *name);
static const char *read_token(apr_pool_t *p);
static void write_line(void *self, const ti_log_line_t *line);

void mai_consult_describe(const ti_server_t *server, apr_pool_t *p)
{
    int i;

    for (i = 0; server->endpoints != NULL && i < server->endpoints->nelts;
         i++) {
        mai_consult_tell(
            "address",
            ti_address_shown(APR_ARRAY_IDX(server->endpoints, i, const char *),
                             p));
    }
    if (server->discovery != NULL) {
        mai_consult_tell("metadata of", server->discovery);
    }
    mai_consult_tell("method", ti_auth_name(server->auth));
    mai_consult_tell("client",
                     server->client_id != NULL ? server->client_id : "none");
    mai_consult_tell("proxy", server->proxy != NULL && *server->proxy != '\0'
                                  ? ti_address_shown(server->proxy, p)
                                  : "none");
    mai_consult_tell("trusts", server->tls_verify == TI_SWITCH_OFF
                                   ? "any certificate"
                               : server->tls_ca_file.path != NULL
                                   ? server->tls_ca_file.path
                                   : "the authorities of the system");
}

void mai_consult(ti_server_t *server, apr_pool_t *p)
{
    static const ti_log_t log = {write_line, NULL, TI_LOG_DEBUG};
    const char *token = read_token(p);
    ti_question_t question = {0};
    ti_world_t world = {0};
    ti_outcome_t outcome = {0};

    world.clock = apr_time_now;
    world.steady = ti_clock_steady;
    world.log = &log;
    question.server = server;
    question.token = token;
    question.length = token != NULL ? strlen(token) : 0;
    question.log = &log;
    question.p = p;
    if (token == NULL) {
        mai_consult_tell("complaint", "there is no token on standard input");
        mai_consult_end(TI_FAULT_TOKEN);
        return;
    }
    if (ti_http_create(&world.http, 1, p) != APR_SUCCESS) {
        mai_consult_tell("complaint", "the network could not be opened");
        mai_consult_end(TI_FAULT_NETWORK);
        return;
    }
    if (ti_key_derive(&question.key, server->tokens, token, question.length) !=
        APR_SUCCESS) {
        outcome.verdict = TI_MALFORMED;
        outcome.message = TI_MSG_MALFORMED;
        outcome.cause = "the credentials are not a b64token (RFC 6750 2.1)";
        tell_answer(&outcome, p);
        return;
    }
    if (!discover(&outcome, &question, &world, server)) {
        tell_answer(&outcome, p);
        return;
    }
    question.until = world.steady() + server->timeout;
    ti_ask(&outcome, &world, &question);
    tell_answer(&outcome, p);
}

/* Fetch and apply the metadata, if the server needs them. Zero: that failed,
 * and *outcome says why. */
static int discover(ti_outcome_t *outcome, ti_question_t *question,
                    const ti_world_t *world, ti_server_t *server)
{
    const char *complaint;

    memset(outcome, 0, sizeof(*outcome));
    if (!server->undiscovered) {
        return 1;
    }
    question->until = world->steady() + server->timeout;
    ti_document_metadata(outcome, world, question, 0);
    if (outcome->kind != TI_KIND_DOCUMENT) {
        return 0;
    }
    complaint = ti_discovery_apply(server, outcome->body, strlen(outcome->body),
                                   question->p);
    if (complaint != NULL) {
        memset(outcome, 0, sizeof(*outcome));
        outcome->verdict = TI_MISCONFIGURED;
        outcome->message = TI_MSG_DISCOVERY;
        outcome->cause = complaint;
        return 0;
    }
    mai_consult_describe(server, question->p);
    return 1;
}

/* Judges the token alone; a place may demand more. */
static void tell_answer(const ti_outcome_t *outcome, apr_pool_t *p)
{
    static const ti_policy_t policy = {NULL, 0, NULL, MAI_LEEWAY, -1};
    ti_result_t result = {0};

    result.verdict = outcome->verdict;
    result.message = outcome->message;
    result.cause = outcome->cause;
    if (outcome->kind == TI_KIND_CLAIMS) {
        tell_claims(outcome->claims, p);
        ti_policy_judge(&result, &policy, outcome->claims, apr_time_now());
    } else if (outcome->kind == TI_KIND_INACTIVE) {
        result.verdict = TI_INACTIVE;
    }
    mai_consult_tell("verdict", result.verdict == TI_GRANTED    ? "active"
                                : result.verdict == TI_INACTIVE ? "inactive"
                                : result.verdict == TI_REJECTED
                                    ? "active, but refused"
                                    : "none");
    if (result.verdict != TI_GRANTED && result.cause != NULL) {
        mai_consult_tell("reason", apr_psprintf(p, "MAI%04d: %s",
                                                result.message, result.cause));
    }
    mai_consult_end(ti_fault_of(result.verdict, result.message));
}

/* Shows the names of all members, but only the values that places compare: not
 * who the person is. */
static void tell_claims(const ti_claims_t *claims, apr_pool_t *p)
{
    const ti_value_t *entries = ti_claims_entries(claims);
    const char *others = "";
    apr_uint32_t i;

    for (i = 0; i < claims->entries; i++) {
        const char *name = ti_claims_path(claims, &entries[i]);
        const char *text = ti_claims_text(claims, &entries[i]);

        if (ti_claims_nested(claims, &entries[i])) {
            continue;
        }
        if (is_shown(name)) {
            mai_consult_tell(apr_pstrcat(p, "answer ", name, NULL),
                             text != NULL ? text : "null");
        } else {
            others =
                apr_pstrcat(p, others, *others != '\0' ? " " : "", name, NULL);
        }
    }
    mai_consult_tell("answer also has", *others != '\0' ? others : "nothing");
}

static int is_shown(const char *name)
{
    apr_size_t i;

    for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        if (strcmp(name, shown[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The first line of standard input. NULL: it is empty or too long. */
static const char *read_token(apr_pool_t *p)
{
    char *line = apr_pcalloc(p, TOKEN_MAX);
    apr_size_t length;

    if (fgets(line, (int)TOKEN_MAX, stdin) == NULL) {
        return NULL;
    }
    length = strcspn(line, "\r\n");
    if (length == 0 || length == TOKEN_MAX - 1) {
        return NULL;
    }
    line[length] = '\0';
    return line;
}

/* No value may start a new line or control the terminal. */
void mai_consult_tell(const char *name, const char *value)
{
    const unsigned char *at = (const unsigned char *)value;

    printf("%s: ", name);
    for (; *at != '\0'; at++) {
        putchar(*at < ' ' || *at == 0x7f ? '?' : *at);
    }
    putchar('\n');
}

void mai_consult_end(ti_fault_t fault)
{
    mai_consult_tell("fault", ti_fault_name(fault));
}

static void write_line(void *self, const ti_log_line_t *line)
{
    (void)self;
    mai_consult_tell("log", line->text);
}
