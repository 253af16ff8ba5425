/* SPDX-License-Identifier: Apache-2.0 */
#include "require/stepup.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_request.h>
#include <mod_auth.h>

#include "claims/login.h"
#include "context/context.h"
#include "directives/argument.h"
#include "directives/wording.h"
#include "reply/need.h"
#include "require/authz.h"

/* One line. */
typedef struct requirement_t {
    ti_login_t login;
    int negated;
} requirement_t;

static const char *parse_acr(cmd_parms *cmd, const char *line,
                             const void **parsed);
static const char *parse_age(cmd_parms *cmd, const char *line,
                             const void **parsed);
static authz_status check(request_rec *r, const char *line, const void *parsed);

static const authz_provider acr_provider = {check, parse_acr};
static const authz_provider age_provider = {check, parse_age};

void mai_stepup_register(apr_pool_t *pconf)
{
    mai_authz_add(pconf, "acr", &acr_provider);
    mai_authz_add(pconf, "auth-age", &age_provider);
}

static const char *parse_acr(cmd_parms *cmd, const char *line,
                             const void **parsed)
{
    requirement_t *requirement = apr_pcalloc(cmd->pool, sizeof(*requirement));
    ti_login_t level = {NULL, 0};

    while (*line != '\0') {
        level.levels = ap_getword_conf(cmd->pool, &line);
        if (!ti_login_is_level(level.levels) ||
            mai_wording_misleads(level.levels)) {
            return apr_psprintf(cmd->pool,
                                "Require acr: '%s' is not one level: write "
                                "acr values as tokens have them, without "
                                "spaces and quotes",
                                level.levels);
        }
        ti_login_add(&requirement->login, &level, cmd->pool);
    }
    requirement->negated = mai_authz_is_negated(cmd);
    *parsed = requirement;
    return requirement->login.levels != NULL
               ? NULL
               : "Require acr: it names nothing: write one level or more, such "
                 "as 'Require acr urn:example:loa:2'";
}

static const char *parse_age(cmd_parms *cmd, const char *line,
                             const void **parsed)
{
    requirement_t *requirement = apr_pcalloc(cmd->pool, sizeof(*requirement));
    const char *word = ap_getword_conf(cmd->pool, &line);
    const char *complaint =
        mai_argument_time(&requirement->login.age, cmd, word);

    if (complaint == NULL &&
        (*line != '\0' || requirement->login.age < apr_time_from_sec(1))) {
        complaint = apr_psprintf(cmd->pool,
                                 "Require auth-age: '%s%s%s' is not an age: "
                                 "write one time of at least 1s, such as 5min",
                                 word, *line != '\0' ? " " : "", line);
    }
    requirement->negated = mai_authz_is_negated(cmd);
    *parsed = requirement;
    return complaint;
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const requirement_t *requirement = parsed;
    mai_context_t *context = mai_context_of(r);

    if (context != NULL && context->need != NULL) {
        return mai_authz_hear(
            r, requirement->login.levels != NULL ? "acr" : "auth-age", line,
            parsed, requirement->negated,
            mai_need_answer_login(context->need, &requirement->login,
                                  requirement->negated));
    }
    if (context == NULL || context->result.verdict != TI_GRANTED ||
        r->user == NULL) {
        if (requirement->negated && context != NULL && context->guest) {
            return AUTHZ_DENIED;
        }
        return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
    }
    return ti_login_met(&requirement->login, context->result.claims,
                        apr_time_now())
               ? AUTHZ_GRANTED
               : AUTHZ_DENIED;
}
