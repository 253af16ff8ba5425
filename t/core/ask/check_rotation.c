/* SPDX-License-Identifier: Apache-2.0
 *
 * Two secrets of one client while one replaces the other, and credentials that
 * are renewed while questions go on.
 */
#include "fake.h"

#include <apr_encode.h>

#include "ask/ask.h"

/* The secret that the server knows; what it was asked with, in order. */
static const char *known;
static const char *refusal; /* with the body of an error */
static int refused_with;
static char tried[80];

static char lines[4][300];
static int lines_written;

static int holds(const ti_http_request_t *request, const char *secret)
{
    const char *pair = apr_pstrcat(pool, "me:", secret, NULL);
    const char *encoded = apr_pencode_base64(pool, pair, APR_ENCODE_STRING,
                                             APR_ENCODE_NONE, NULL);
    const char *post = apr_pstrcat(pool, "client_secret=", secret, NULL);

    return (request->authorization != NULL &&
            (strstr(request->authorization, encoded) != NULL ||
             strcmp(request->authorization,
                    apr_pstrcat(pool, "Bearer ", secret, NULL)) == 0)) ||
           strstr(request->form, post) != NULL;
}

static apr_status_t answer_by_secret(ti_http_t *http,
                                     ti_http_response_t *answer,
                                     const ti_http_request_t *request,
                                     apr_pool_t *p)
{
    const char *with = holds(request, "new")   ? "new "
                       : holds(request, "old") ? "old "
                                               : "none ";

    (void)http;
    (void)p;
    apr_cpystrn(tried + strlen(tried), with, sizeof(tried) - strlen(tried));
    if (holds(request, known)) {
        answers(200, "{\"active\":true,\"sub\":\"alice\"}");
    } else {
        answers(refused_with, refusal);
    }
    reply.sent = 1;
    *answer = reply;
    return APR_SUCCESS;
}

static ti_http_t by_secret = {answer_by_secret, NULL};

static void note_line(void *self, const ti_log_line_t *line)
{
    (void)self;
    if (lines_written < 4) {
        apr_cpystrn(lines[lines_written++], line->text, sizeof(lines[0]));
    }
}

static ti_log_t noted = {note_line, NULL, TI_LOG_WARNING};

static void rotation_open(void)
{
    pool_open();
    world_open();
    world.http = &by_secret;
    fly();
    server->client_secret = "new";
    server->previous.secret = "old";
    known = "new";
    refused_with = 401;
    refusal = "{\"error\":\"invalid_client\"}";
    tried[0] = '\0';
    lines_written = 0;
}

/* The verdict about a fresh token, with our lines in `lines`. */
static ti_verdict_t ask(const char *token)
{
    ti_question_t question = {.server = server,
                              .policy = &policy,
                              .token = token,
                              .length = strlen(token),
                              .log = &noted,
                              .p = pool};

    if (server->tokens == NULL) {
        arm();
    }
    tried[0] = '\0';
    ti_verify(&result, &fingerprint, &world, &question);
    return result.verdict;
}

START_TEST(the_second_secret_is_tried_once_where_the_first_is_refused)
{
    static const ti_auth_t methods[] = {TI_AUTH_BASIC, TI_AUTH_BASIC_RAW,
                                        TI_AUTH_POST};
    apr_size_t i;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        pool_close();
        rotation_open();
        server->auth = methods[i];
        known = "old";
        ck_assert_int_eq(ask("token"), TI_GRANTED);
        ck_assert_str_eq(tried, "new old ");
        ck_assert_int_eq(lines_written, 1);
        ck_assert_ptr_nonnull(strstr(lines[0], "accepts the second secret"));
        ck_assert_ptr_nonnull(strstr(lines[0], "'me'"));
    }
}
END_TEST

START_TEST(invalid_client_comes_as_400_too_and_nothing_else_counts)
{
    static const struct {
        int status;
        const char *body;
        const char *tries;
    } rows[] = {{400, "{\"error\":\"invalid_client\"}", "new old "},
                {401, "", "new old "},
                {400, "{\"error\":\"unauthorized_client\"}", "new "},
                {403, "", "new "},
                {500, "", "new "},
                {404, "", "new "}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        pool_close();
        rotation_open();
        known = "old";
        refused_with = rows[i].status;
        refusal = rows[i].body;
        ask("token");
        ck_assert_str_eq(tried, rows[i].tries);
    }
}
END_TEST

START_TEST(where_both_are_refused_it_is_once_each)
{
    known = "neither";
    ck_assert_int_eq(ask("token"), TI_MISCONFIGURED);
    ck_assert_str_eq(tried, "new old ");
    ck_assert_int_eq(lines_written, 1);
    ck_assert_ptr_nonnull(strstr(lines[0], "MAI0053"));
}
END_TEST

START_TEST(what_works_is_tried_first_from_then_on)
{
    known = "old";
    ask("token-1");
    ck_assert_int_eq(ask("token-2"), TI_GRANTED);
    ck_assert_str_eq(tried, "old ");
    known = "new"; /* the server has heard of it */
    ck_assert_int_eq(ask("token-3"), TI_GRANTED);
    ck_assert_str_eq(tried, "old new ");
    ck_assert_int_eq(lines_written, 2);
    ck_assert_ptr_nonnull(strstr(lines[1], "accepts the first secret"));
    ck_assert_int_eq(ask("token-4"), TI_GRANTED);
    ck_assert_str_eq(tried, "new ");
    known = "old"; /* and back again */
    ck_assert_int_eq(ask("token-5"), TI_GRANTED);
    ck_assert_str_eq(tried, "new old ");
    ck_assert_int_eq(ask("token-6"), TI_GRANTED);
    ck_assert_str_eq(tried, "old ");
}
END_TEST

START_TEST(a_reload_before_the_server_knows_causes_no_refusal)
{
    server->client_secret = "old";
    server->previous.secret = NULL;
    known = "old";
    ck_assert_int_eq(ask("token-1"), TI_GRANTED);
    server_new("https://as.example/i");
    server->client_secret = "new";
    server->previous.secret = "old";
    ck_assert_int_eq(ask("token-2"), TI_GRANTED);
    ck_assert_str_eq(tried, "old ");
    ck_assert_int_eq(lines_written, 0);
    ck_assert_int_eq(ask("token-1"), TI_GRANTED);
    ck_assert_str_eq(tried, ""); /* remembered */
}
END_TEST

START_TEST(what_is_remembered_under_either_stays)
{
    known = "old";
    ask("token-1");
    known = "new";
    ask("token-2");
    known = "old";
    ask("token-3");
    ck_assert_int_eq(ask("token-1"), TI_GRANTED);
    ck_assert_int_eq(ask("token-2"), TI_GRANTED);
    ck_assert_int_eq(ask("token-3"), TI_GRANTED);
    ck_assert_str_eq(tried, "");
}
END_TEST

START_TEST(without_a_second_secret_nothing_is_tried_again)
{
    server->previous.secret = NULL;
    known = "old";
    ck_assert_int_eq(ask("token"), TI_MISCONFIGURED);
    ck_assert_str_eq(tried, "new ");
}
END_TEST

/* What a file was renewed to, and how often somebody looked. */
static ti_server_t *newer;
static int looks;

static const ti_server_t *look(const ti_server_t *refused, apr_time_t until)
{
    /* no longer than the question may take */
    ck_assert(until > world.steady());
    ck_assert(until <= world.steady() + server->timeout);
    ck_assert_ptr_eq(refused, server);
    looks++;
    return newer;
}

static void bearer_open(void)
{
    server->auth = TI_AUTH_BEARER;
    server->client_secret = NULL;
    server->previous.secret = NULL;
    server->bearer = "old";
    server->bearer_source = "file:/token";
    arm();
    newer = apr_pmemdup(pool, server, sizeof(*newer));
    newer->bearer = "new";
    ti_server_digest_credentials(newer, "12345678901234567890123456789012",
                                 pool);
    world.renewed = look;
    looks = 0;
}

START_TEST(a_refused_bearer_token_is_read_again_once)
{
    bearer_open();
    ck_assert_int_eq(ask("token-1"), TI_GRANTED);
    ck_assert_str_eq(tried, "old new ");
    ck_assert_int_eq(looks, 1);
    ck_assert_int_eq(lines_written, 0);
    known = "another";
    ck_assert_int_eq(ask("token-2"), TI_MISCONFIGURED);
    ck_assert_str_eq(tried, "old new ");
    newer = NULL; /* nothing newer is there */
    ck_assert_int_eq(ask("token-3"), TI_MISCONFIGURED);
    ck_assert_str_eq(tried, "old ");
    ck_assert_int_eq(looks, 3);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("rotation");
    TCase *one = tcase_create("rotation");

    tcase_add_checked_fixture(one, rotation_open, pool_close);
    tcase_add_test(one,
                   the_second_secret_is_tried_once_where_the_first_is_refused);
    tcase_add_test(one,
                   invalid_client_comes_as_400_too_and_nothing_else_counts);
    tcase_add_test(one, where_both_are_refused_it_is_once_each);
    tcase_add_test(one, what_works_is_tried_first_from_then_on);
    tcase_add_test(one, a_reload_before_the_server_knows_causes_no_refusal);
    tcase_add_test(one, what_is_remembered_under_either_stays);
    tcase_add_test(one, without_a_second_secret_nothing_is_tried_again);
    tcase_add_test(one, a_refused_bearer_token_is_read_again_once);
    suite_add_tcase(all, one);
    return all;
}
