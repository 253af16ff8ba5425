/* SPDX-License-Identifier: Apache-2.0 */
#include "token/token.h"

#include <string.h>

#include <apr_cstr.h>

#include "base/messages.h"
#include "config/config.h"
#include "context/visit.h"
#include "token/credentials.h"
#include "token/forgery.h"
#include "token/source.h"

static ti_verdict_t reuse(mai_context_t *context, const mai_visit_t *visit,
                          const request_rec *r);
static ti_verdict_t use(mai_context_t *context, const mai_source_t *source,
                        request_rec *r);
static ti_verdict_t read_header(mai_context_t *context, const char *header);
static int has_bearer_behind(const char *header);
static ti_verdict_t refuse(mai_context_t *context, ti_verdict_t verdict,
                           int message, const char *cause);

ti_verdict_t mai_token_find(mai_context_t *context, request_rec *r)
{
    mai_visit_t *visit = mai_visit_enter(r)->visit;
    const mai_source_t *source = mai_source_of(r);
    ti_verdict_t verdict = TI_UNDECIDED;

    if (mai_visit_origin(r) == NULL || visit->token == NULL) {
        verdict = source != NULL
                      ? use(context, source, r)
                      : read_header(context, mai_credentials_keep(r));
        if (visit->token == NULL) {
            visit->token = context->token;
            visit->token_source = source;
        }
        return verdict;
    }
    return reuse(context, visit, r);
}

static ti_verdict_t read_header(mai_context_t *context, const char *header)
{
    const char *token;

    if (header == NULL) {
        return refuse(context, TI_NO_TOKEN, TI_MSG_NO_TOKEN,
                      "there is no Authorization header");
    }
    /* first as everybody writes it: each request asks */
    if (strncmp(header, "Bearer ", 7) != 0 &&
        (apr_cstr_casecmpn(header, "Bearer", 6) != 0 ||
         (header[6] != ' ' && header[6] != '\0'))) {
        if (has_bearer_behind(header)) {
            return refuse(context, TI_MALFORMED, TI_MSG_TWO_TOKENS,
                          "there are two Authorization headers");
        }
        return refuse(context, TI_NO_TOKEN, TI_MSG_NO_TOKEN,
                      "the Authorization header has another scheme");
    }
    token = header + 6;
    while (*token == ' ') {
        token++;
    }
    if (*token == '\0') {
        return refuse(context, TI_MALFORMED, TI_MSG_MALFORMED,
                      "the Bearer credentials are empty");
    }
    /* httpd joins several headers of one name with a comma */
    if (strchr(token, ',') != NULL) {
        return refuse(context, TI_MALFORMED, TI_MSG_TWO_TOKENS,
                      "there are two Authorization headers");
    }
    context->token = token;
    return TI_UNDECIDED;
}

/* That of a request before, for which another page may have been allowed to
 * send it than here. */
static ti_verdict_t reuse(mai_context_t *context, const mai_visit_t *visit,
                          const request_rec *r)
{
    const char *forged = visit->token_source != NULL
                             ? mai_forgery_cause(visit->token_source, r)
                             : NULL;

    if (forged != NULL) {
        return refuse(context, TI_FOREIGN, TI_MSG_FORGED, forged);
    }
    context->token = visit->token;
    return TI_UNDECIDED;
}

/* A token from where IntrospectTokenFrom says. */
static ti_verdict_t use(mai_context_t *context, const mai_source_t *source,
                        request_rec *r)
{
    const char *forged = mai_forgery_cause(source, r);

    if (source->token == NULL) {
        return refuse(context, TI_NO_TOKEN, TI_MSG_NO_TOKEN,
                      "there is no token where IntrospectTokenFrom looks");
    }
    /* httpd joins several headers of one name with a comma */
    if (source->is_double || strchr(source->token, ',') != NULL) {
        return refuse(context, TI_MALFORMED, TI_MSG_TWO_TOKENS,
                      "there are two tokens");
    }
    if (forged != NULL) {
        return refuse(context, TI_FOREIGN, TI_MSG_FORGED, forged);
    }
    if (source->is_query) { /* RFC 6750 2.3, RFC 9700 4.2 */
        mai_visit_enter(r)->visit->by_query = 1;
        apr_table_setn(r->err_headers_out, "Cache-Control", "private");
        apr_table_setn(r->err_headers_out, "Referrer-Policy", "no-referrer");
    }
    context->token = source->token;
    return TI_UNDECIDED;
}

/* Is there a token behind credentials of another scheme? httpd joins headers
 * with a comma; within one of another scheme commas are nothing unusual. */
static int has_bearer_behind(const char *header)
{
    const char *at = strchr(header, ',');

    while (at != NULL) {
        at += 1 + strspn(at + 1, " \t");
        if (apr_cstr_casecmpn(at, "Bearer ", 7) == 0) {
            return 1;
        }
        at = strchr(at, ',');
    }
    return 0;
}

static ti_verdict_t refuse(mai_context_t *context, ti_verdict_t verdict,
                           int message, const char *cause)
{
    context->result.verdict = verdict;
    context->result.message = message;
    context->result.cause = cause;
    return verdict;
}
