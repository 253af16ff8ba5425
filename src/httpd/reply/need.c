/* SPDX-License-Identifier: Apache-2.0 */
#include "reply/need.h"

#include <string.h>

#include <apr_strings.h>
#include <http_log.h>
#include <http_request.h>

#include "claims/login.h"
#include "config/config.h"

/* Lines of ours in one place; each costs a refusal one more question. */
#define LINES_MAX 32

/* One line of ours that was asked. */
typedef struct line_t {
    const ti_rule_t *rule;   /* or NULL */
    const ti_login_t *login; /* or NULL */
    int met;                 /* suppose that the token meets it */
} line_t;

struct mai_need_t {
    const ti_claims_t *claims; /* of the token, or NULL: there is none */
    apr_array_header_t *lines; /* of line_t */
    int learning;              /* note each line that is asked */
    int login; /* suppose another sign-in, instead of other scopes */
    apr_time_t now;
    const ti_scoping_t *scoping; /* of the place, or NULL */
    int any_claim; /* suppose that lines without a scope are met, too */
    struct mai_hearing_t *hearing; /* lines are listed; or NULL */
};

static mai_need_t *make(request_rec *r, const mai_context_t *context);
static authz_status answer(mai_need_t *need, const ti_rule_t *rule,
                           const ti_login_t *login);
static int learn(mai_need_t *need, request_rec *r, int any_claim);
static int has_scope(const mai_need_t *need);
static void drop_needless(mai_need_t *need, request_rec *r, int status);
static int lacks_one(const mai_need_t *need);
static const char *scopes_of(const mai_need_t *need, apr_pool_t *p);
static int has_word(const char *words, const char *word);

const char *mai_need_scope(request_rec *r, mai_context_t *context)
{
    mai_need_t *need = make(r, context);
    int status;

    context->need = need;
    /* first as it would be with a token that we have: then as it could be */
    status = learn(need, r, need->claims == NULL);
    if (!has_scope(need) || (status != OK && status != DECLINED)) {
        status = learn(need, r, need->claims != NULL);
    }
    if (has_scope(need) && (status == OK || status == DECLINED)) {
        drop_needless(need, r, status);
    } else {
        need->lines->nelts = 0;
    }
    context->need = NULL;
    return lacks_one(need) ? scopes_of(need, r->pool) : NULL;
}

const ti_login_t *mai_need_login(request_rec *r, mai_context_t *context)
{
    mai_need_t *need = make(r, context);
    ti_login_t *missing = NULL;
    int i;

    need->login = 1;
    context->need = need;
    if (learn(need, r, 0) == OK) {
        drop_needless(need, r, OK);
    } else {
        need->lines->nelts = 0;
    }
    context->need = NULL;
    for (i = 0; i < need->lines->nelts; i++) {
        const line_t *line = &APR_ARRAY_IDX(need->lines, i, line_t);

        if (!line->met || ti_login_met(line->login, need->claims, need->now)) {
            continue;
        }
        if (missing == NULL) {
            missing = apr_pcalloc(r->pool, sizeof(*missing));
        }
        ti_login_add(missing, line->login, r->pool);
    }
    return missing;
}

static mai_need_t *make(request_rec *r, const mai_context_t *context)
{
    mai_need_t *need = apr_pcalloc(r->pool, sizeof(*need));

    need->claims = context->result.claims;
    need->scoping = mai_config_of(r)->scoping;
    need->lines = apr_array_make(r->pool, 4, sizeof(line_t));
    need->now = apr_time_now();
    return need;
}

authz_status mai_need_answer(mai_need_t *need, const ti_rule_t *rule,
                             int negated)
{
    if (need->login || negated ||
        (!need->any_claim && ti_rule_scope(rule) == NULL)) {
        int is_met =
            need->claims != NULL
                ? ti_rule_met_by(rule, need->claims, need->scoping, need->now)
                : 0;

        return is_met == 1 || (negated && is_met < 0) ? AUTHZ_GRANTED
                                                      : AUTHZ_DENIED;
    }
    return answer(need, rule, NULL);
}

authz_status mai_need_answer_login(mai_need_t *need, const ti_login_t *login,
                                   int negated)
{
    if (negated || need->hearing != NULL) {
        return need->claims != NULL &&
                       ti_login_met(login, need->claims, apr_time_now())
                   ? AUTHZ_GRANTED
                   : AUTHZ_DENIED;
    }
    /* which sign-in is needed is another question than which scopes */
    return need->login ? answer(need, NULL, login) : AUTHZ_GRANTED;
}

/* Another token may be of another server. */
authz_status mai_need_answer_other(const mai_need_t *need, int is_met,
                                   int negated)
{
    int supposed = need->any_claim && !need->login && !negated;

    return is_met || supposed ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

/* While lines are learned, each is met; then, those that are still needed. */
static authz_status answer(mai_need_t *need, const ti_rule_t *rule,
                           const ti_login_t *login)
{
    line_t *line = (line_t *)need->lines->elts;
    int i;

    for (i = 0; i < need->lines->nelts &&
                (line[i].rule != rule || line[i].login != login);
         i++) {
    }
    if (i < need->lines->nelts) {
        return line[i].met ? AUTHZ_GRANTED : AUTHZ_DENIED;
    }
    if (!need->learning || i == LINES_MAX) {
        return AUTHZ_DENIED;
    }
    line = apr_array_push(need->lines);
    line->rule = rule;
    line->login = login;
    line->met = 1;
    return AUTHZ_GRANTED;
}

/* Which lines are asked until httpd lets the request in? */
static int learn(mai_need_t *need, request_rec *r, int any_claim)
{
    int status;

    need->lines->nelts = 0;
    need->any_claim = any_claim;
    need->learning = 1;
    status = mai_need_ask(r);
    need->learning = 0;
    return status;
}

mai_need_t *mai_need_of_hearing(struct mai_hearing_t *hearing, request_rec *r,
                                const mai_context_t *context)
{
    mai_need_t *need = make(r, context);

    need->hearing = hearing;
    need->login = 1; /* what lines say is what they say of this token */
    return need;
}

struct mai_hearing_t *mai_need_hearing(const mai_need_t *need)
{
    return need->hearing;
}

/* Ask httpd's authorization as it asks before a user is known: OK, DECLINED
 * (it depends on the user), or a status. Nothing of it is logged: what it
 * refuses is a supposition. */
int mai_need_ask(request_rec *r)
{
    static const struct ap_logconf silence = {NULL, APLOG_EMERG};
    const struct ap_logconf *log = r->log;
    const apr_array_header_t *hooks = ap_hook_get_access_checker_ex();
    int status = DECLINED;
    int i;

    r->log = &silence;
    for (i = 0; hooks != NULL && i < hooks->nelts; i++) {
        const ap_LINK_access_checker_ex_t *hook =
            &APR_ARRAY_IDX(hooks, i, ap_LINK_access_checker_ex_t);

        if (hook->szName != NULL &&
            strcmp(hook->szName, "mod_authz_core.c") == 0) {
            status = hook->pFunc(r);
        }
    }
    r->log = log;
    return status;
}

static int has_scope(const mai_need_t *need)
{
    int i;

    for (i = 0; i < need->lines->nelts; i++) {
        if (ti_rule_scope(APR_ARRAY_IDX(need->lines, i, line_t).rule) != NULL) {
            return 1;
        }
    }
    return 0;
}

/* A line of a branch that was left, for its method did not fit, is not
 * needed: without it the request is let in as well. */
static void drop_needless(mai_need_t *need, request_rec *r, int status)
{
    int i;

    for (i = 0; i < need->lines->nelts; i++) {
        line_t *line = &APR_ARRAY_IDX(need->lines, i, line_t);

        if (line->login != NULL || ti_rule_scope(line->rule) != NULL) {
            line->met = 0;
            line->met = mai_need_ask(r) != status;
        }
    }
}

/* Would other scopes help? Always, where there is no token. */
static int lacks_one(const mai_need_t *need)
{
    int lacks = need->claims == NULL;
    int i;

    for (i = 0; i < need->lines->nelts && !lacks; i++) {
        const line_t *line = &APR_ARRAY_IDX(need->lines, i, line_t);

        lacks = line->met && ti_rule_scope(line->rule) != NULL &&
                ti_rule_met_by(line->rule, need->claims, need->scoping,
                               need->now) != 1;
    }
    return lacks;
}

static const char *scopes_of(const mai_need_t *need, apr_pool_t *p)
{
    const char *scopes = NULL;
    int i;

    for (i = 0; i < need->lines->nelts; i++) {
        const line_t *line = &APR_ARRAY_IDX(need->lines, i, line_t);
        const char *scope = line->met ? ti_rule_scope(line->rule) : NULL;
        char *rest = scope != NULL ? apr_pstrdup(p, scope) : NULL;
        const char *word;
        char *state;

        word = rest != NULL ? apr_strtok(rest, " ", &state) : NULL;
        for (; word != NULL; word = apr_strtok(NULL, " ", &state)) {
            if (scopes == NULL) {
                scopes = word;
            } else if (!has_word(scopes, word)) {
                scopes = apr_pstrcat(p, scopes, " ", word, NULL);
            }
        }
    }
    return scopes;
}

static int has_word(const char *words, const char *word)
{
    apr_size_t length = strlen(word);

    while (*words != '\0') {
        apr_size_t next = strcspn(words, " ");

        if (next == length && memcmp(words, word, length) == 0) {
            return 1;
        }
        words += next + strspn(words + next, " ");
    }
    return 0;
}
