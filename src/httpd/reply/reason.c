/* SPDX-License-Identifier: Apache-2.0 */
#include "reply/reason.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/messages.h"
#include "claims/excerpt.h"
#include "claims/login.h"
#include "claims/scoping.h"
#include "config/config.h"
#include "reply/hearing.h"
#include "reply/need.h"

/* Claims that are chosen beyond the defaults, in one line; with the excerpts
 * of a difference they leave room for the rest. */
#define CHOSEN_MAX 3

/* The names that stand for what refusals are about. exp stands for nbf and iat
 * as well. */
static const char *const usual[] = {"iss", "aud", "scope", "exp"};
#define USUAL (sizeof(usual) / sizeof(usual[0]))

static const char *of_time(request_rec *r, const mai_context_t *context,
                           const char *name);
static const char *of_issuer(request_rec *r, const mai_context_t *context);
static const char *of_audience(request_rec *r, const mai_context_t *context);
static const char *of_require(request_rec *r, mai_context_t *context);
static const char *of_lines(request_rec *r, mai_context_t *context);
static const char *of_login(request_rec *r, const mai_context_t *context);
static const char *has(request_rec *r, const mai_context_t *context,
                       const char *name);
static const ti_value_t *value_of(const request_rec *r,
                                  const mai_context_t *context,
                                  const char *name);
static int is_listed(const request_rec *r, const char *name);
static int is_usual(const char *name);
static int is_about(const char *line, const char *name);

const char *mai_reason_difference(request_rec *r, mai_context_t *context)
{
    switch (context->result.message) {
    case TI_MSG_EXPIRED:
        return of_time(r, context, "exp");
    case TI_MSG_NOT_YET:
        return of_time(r, context, "nbf");
    case TI_MSG_ISSUED_LATER:
        return of_time(r, context, "iat");
    case TI_MSG_ISSUER:
        return of_issuer(r, context);
    case TI_MSG_AUDIENCE:
        return of_audience(r, context);
    case TI_MSG_INSUFFICIENT:
        return of_require(r, context);
    case TI_MSG_LOGIN:
        return of_login(r, context);
    default:
        return "";
    }
}

const char *mai_reason_chosen(request_rec *r, const mai_context_t *context)
{
    const apr_array_header_t *listed = mai_config_of(r)->log_claims;
    const ti_claims_t *claims = context->result.judged;
    const char *text = "";
    int count = 0;
    int i;

    if (listed == NULL || claims == NULL) {
        return "";
    }
    for (i = 0; i < listed->nelts && count < CHOSEN_MAX; i++) {
        const ti_path_t *path = &APR_ARRAY_IDX(listed, i, mai_selection_t).path;

        if (!is_usual(path->whole)) {
            const ti_value_t *value = ti_path_find(path, claims, NULL);

            text = apr_pstrcat(r->pool, text, "; ", path->whole, " ",
                               ti_excerpt_value(claims, value, r->pool), NULL);
            count++;
        }
    }
    return text;
}

/* The number as the authorization server sent it, and how far it lies beyond
 * the moment of the judgement. */
static const char *of_time(request_rec *r, const mai_context_t *context,
                           const char *name)
{
    const ti_claims_t *claims = context->result.judged;
    int is_past = strcmp(name, "exp") == 0;
    apr_time_t now = context->result.moment.wall;
    const ti_moment_t *moment;
    ti_policy_t policy;
    apr_time_t at;

    if (claims == NULL) {
        return "";
    }
    mai_config_policy(&policy, mai_config_of(r));
    moment = strcmp(name, "nbf") == 0 ? &claims->not_before : &claims->issued;
    at = is_past ? claims->expires.at : moment->at;
    return apr_psprintf(
        r->pool, ": wanted %s no more than %" APR_TIME_T_FMT " s %s%s", name,
        apr_time_sec(policy.leeway), is_past ? "ago" : "ahead",
        is_listed(r, "exp")
            ? apr_psprintf(r->pool,
                           ", the token has %s, %" APR_TIME_T_FMT " s %s",
                           ti_excerpt_value(
                               claims, ti_claims_member(claims, name), r->pool),
                           apr_time_sec(is_past ? now - at : at - now),
                           is_past ? "ago" : "ahead")
            : "");
}

/* Without claims: the authorization server itself is of another issuer. */
static const char *of_issuer(request_rec *r, const mai_context_t *context)
{
    const char *issuer = context->result.issuer;

    return issuer != NULL
               ? apr_pstrcat(r->pool, ": wanted iss ",
                             ti_excerpt_text(issuer, strlen(issuer), r->pool),
                             has(r, context, "iss"), NULL)
               : "";
}

static const char *of_audience(request_rec *r, const mai_context_t *context)
{
    ti_policy_t policy;

    mai_config_policy(&policy, mai_config_of(r));
    return policy.audiences != NULL
               ? apr_pstrcat(r->pool, ": wanted aud ",
                             ti_excerpt_texts(policy.audiences, r->pool),
                             has(r, context, "aud"), NULL)
               : "";
}

static const char *of_require(request_rec *r, mai_context_t *context)
{
    const char *scopes = mai_need_scope(r, context);

    return scopes != NULL
               ? apr_pstrcat(r->pool, ": wanted scope ",
                             ti_excerpt_text(scopes, strlen(scopes), r->pool),
                             has(r, context, "scope"), NULL)
               : of_lines(r, context);
}

/* Where scopes would not help: the lines themselves, and what the token has of
 * the claims that they are about. */
static const char *of_lines(request_rec *r, mai_context_t *context)
{
    const apr_array_header_t *lines = mai_hearing_fail(r, context);
    apr_array_header_t *texts =
        apr_array_make(r->pool, lines->nelts, sizeof(const char *));
    const char *values = "";
    apr_size_t i;
    int j;

    if (lines->nelts == 0) {
        return "";
    }
    for (j = 0; j < lines->nelts; j++) {
        APR_ARRAY_PUSH(texts, const char *) =
            APR_ARRAY_IDX(lines, j, mai_line_t).text;
    }
    for (i = 0; i < USUAL; i++) {
        for (j = 0; j < texts->nelts &&
                    !is_about(APR_ARRAY_IDX(texts, j, const char *), usual[i]);
             j++) {
        }
        if (j < texts->nelts) {
            values = has(r, context, usual[i]);
            break; /* one is enough: the line is short */
        }
    }
    return apr_pstrcat(r->pool, ": wanted ", ti_excerpt_texts(texts, r->pool),
                       values, NULL);
}

static const char *of_login(request_rec *r, const mai_context_t *context)
{
    const ti_login_t *login = context->login;
    const char *text = "";

    if (login != NULL && login->levels != NULL) {
        text = apr_pstrcat(
            r->pool, ": wanted acr ",
            ti_excerpt_text(login->levels, strlen(login->levels), r->pool),
            NULL);
    }
    if (login != NULL && login->age != 0) {
        text = apr_psprintf(
            r->pool, "%s%s no more than %" APR_TIME_T_FMT " s ago", text,
            *text != '\0' ? " and auth_time" : ": wanted auth_time",
            apr_time_sec(login->age));
    }
    return text;
}

/* What the token has of one of the usual claims, if it may be told. */
static const char *has(request_rec *r, const mai_context_t *context,
                       const char *name)
{
    const ti_claims_t *claims = context->result.judged;

    return claims != NULL && is_listed(r, name)
               ? apr_pstrcat(r->pool, ", the token has ",
                             ti_excerpt_value(
                                 claims, value_of(r, context, name), r->pool),
                             NULL)
               : "";
}

static const ti_value_t *value_of(const request_rec *r,
                                  const mai_context_t *context,
                                  const char *name)
{
    const ti_claims_t *claims = context->result.judged;

    return strcmp(name, "scope") == 0
               ? ti_scoping_value(mai_config_of(r)->scoping, claims)
               : ti_claims_member(claims, name);
}

static int is_listed(const request_rec *r, const char *name)
{
    const apr_array_header_t *listed = mai_config_of(r)->log_claims;
    int i;

    for (i = 0; listed != NULL && i < listed->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(listed, i, mai_selection_t).path.whole,
                   name) == 0) {
            return 1;
        }
    }
    return listed == NULL;
}

static int is_usual(const char *name)
{
    apr_size_t i;

    for (i = 0; i < USUAL && strcmp(usual[i], name) != 0; i++) {
    }
    return i < USUAL;
}

/* A Require line as it was written, such as "claim iss:x" or "audience x". */
static int is_about(const char *line, const char *name)
{
    apr_size_t length = strlen(name);

    line += strncmp(line, "not ", 4) == 0 ? 4 : 0;
    if (strncmp(line, "audience ", 9) == 0) {
        return strcmp(name, "aud") == 0;
    }
    if (strncmp(line, "scope ", 6) == 0) {
        return strcmp(name, "scope") == 0;
    }
    line += strncmp(line, "claim ", 6) == 0 ? 6 : 0;
    line += strspn(line, " \"'");
    return strncmp(line, name, length) == 0 &&
           (line[length] == '\0' || strchr(":~<>=", line[length]) != NULL);
}
