/* SPDX-License-Identifier: Apache-2.0
 *
 * What was revoked is asked about anew: one token at every server, a user, a
 * session or a client at one, and all where the marks do not suffice.
 */
#include "fake.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lock.h"
#include "verify/revocation.h"
#include "verify/tombstones.h"

#define ACTIVE                                                                 \
    "{\"active\":true,\"sub\":\"alice\",\"sid\":\"s-1\",\"client_id\":"        \
    "\"app\"}"

static void *memory; /* of the marks; begins with their lock */

static const unsigned char old[TI_SECRET_SIZE] = {9};
static const unsigned char new[TI_SECRET_SIZE] = {10};

/* As a reload finds them. */
static void open_with(int fresh, const void *current, const void *former)
{
    ti_key_secrets_t secrets = {current, former, old};

    ck_assert_int_eq(ti_revocations_open(&world.revocations, memory, fresh,
                                         &secrets, now, pool),
                     APR_SUCCESS);
}

static void open_marks(void)
{
    world_open();
    answers(200, ACTIVE);
    memory = shared_open(ti_revocations_size());
    open_with(1, old, NULL);
}

/* Answers of before now do not count; `held` longer they are not remembered. */
static apr_status_t forget_at(const ti_key_t *identity, ti_revoked_t kind,
                              const char *value, apr_interval_time_t held)
{
    ti_revocation_t mark = {kind, identity,          value, strlen(value), now,
                            now,  now + SECONDS(120)};

    apr_status_t rv;

    mark.held_till += held;
    rv = ti_revoke(world.revocations, &mark, now);
    now += TI_ENTRY_JITTER;
    return rv;
}

static void forget(ti_revoked_t kind, const char *value)
{
    ck_assert_int_eq(forget_at(&server->identity, kind, value, 0), APR_SUCCESS);
}

/* Ask now; how many questions that took. */
static int asked(void)
{
    int before = asks;

    ck_assert_int_eq(verify("token"), TI_GRANTED);
    return asks - before;
}

static void remember(void)
{
    ck_assert_int_eq(asked(), 1);
    ck_assert_int_eq(asked(), 0);
    now++;
}

START_TEST(a_revoked_token_is_asked_about_anew_and_once)
{
    remember();
    forget(TI_REVOKED_TOKEN, "token");
    ck_assert_int_eq(asked(), 1);
    ck_assert_int_eq(asked(), 0);
}
END_TEST

START_TEST(what_the_server_says_then_counts)
{
    remember();
    forget(TI_REVOKED_TOKEN, "token");
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    fails(TI_HTTP_CONNECT);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
}
END_TEST

START_TEST(a_revoked_answer_does_not_outlive_under_stale_if_error)
{
    server->stale_if_error = SECONDS(600);
    remember();
    now += SECONDS(61);
    fails(TI_HTTP_CONNECT);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    forget(TI_REVOKED_TOKEN, "token");
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(other_tokens_stay)
{
    remember();
    forget(TI_REVOKED_TOKEN, "toke");
    forget(TI_REVOKED_TOKEN, "token2");
    forget(TI_REVOKED_TOKEN, "");
    ck_assert_int_eq(asked(), 0);
}
END_TEST

START_TEST(user_session_and_client_by_their_claims)
{
    static const struct {
        ti_revoked_t kind;
        const char *value, *other;
    } cases[] = {{TI_REVOKED_SUBJECT, "alice", "bob"},
                 {TI_REVOKED_SESSION, "s-1", "s-2"},
                 {TI_REVOKED_CLIENT, "app", "alice"}};
    apr_size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        asked();
        now++;
        forget(cases[i].kind, cases[i].other);
        ck_assert_int_eq(asked(), 0);
        forget(cases[i].kind, cases[i].value);
        ck_assert_int_eq(asked(), 1);
        ck_assert_int_eq(asked(), 0);
    }
}
END_TEST

START_TEST(a_user_of_another_server_stays)
{
    ti_key_t other;

    remember();
    other = server->identity;
    other.bytes[0] ^= 1;
    ck_assert_int_eq(forget_at(&other, TI_REVOKED_SUBJECT, "alice", 0),
                     APR_SUCCESS);
    ck_assert_int_eq(asked(), 0);
    ck_assert_int_eq(forget_at(&other, TI_REVOKED_TOKEN, "token", 0),
                     APR_SUCCESS);
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(held_answers_are_used_and_not_remembered)
{
    remember();
    ck_assert_int_eq(
        forget_at(&server->identity, TI_REVOKED_SUBJECT, "alice", SECONDS(10)),
        APR_SUCCESS);
    ck_assert_int_eq(asked(), 1);
    now += SECONDS(10) - TI_ENTRY_JITTER - 1;
    ck_assert_int_eq(asked(), 1);
    now++;
    ck_assert_int_eq(asked(), 1);
    ck_assert_int_eq(asked(), 0);
}
END_TEST

START_TEST(an_answer_without_a_session_falls_under_its_user)
{
    remember();
    forget(TI_REVOKED_SESSIONLESS, "alice");
    ck_assert_int_eq(asked(), 0);
    answers(200, "{\"active\":true,\"sub\":\"alice\"}");
    forget(TI_REVOKED_TOKEN, "token");
    remember();
    forget(TI_REVOKED_SESSIONLESS, "bob");
    ck_assert_int_eq(asked(), 0);
    forget(TI_REVOKED_SESSIONLESS, "alice");
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(a_mark_never_shrinks)
{
    remember();
    now += SECONDS(30);
    forget(TI_REVOKED_TOKEN, "token");
    now -= SECONDS(30) +
           TI_ENTRY_JITTER; /* by who was told later, about earlier */
    forget(TI_REVOKED_TOKEN, "token");
    now += SECONDS(30);
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(marks_end_and_their_slots_serve_again)
{
    char value[20];
    int i;

    for (i = 0; i < 3 * TI_TOMBSTONES_MAX / 2; i++) {
        apr_snprintf(value, sizeof(value), "token-%d", i);
        forget(TI_REVOKED_TOKEN, value);
        now += SECONDS(1) - TI_ENTRY_JITTER;
        ck_assert_int_le(ti_revocations_count(world.revocations, now), 121);
    }
    remember();
    ck_assert_int_eq(asked(), 0);
    now += SECONDS(120);
    ck_assert_int_eq(ti_revocations_count(world.revocations, now), 0);
}
END_TEST

START_TEST(too_many_marks_are_one_for_all)
{
    char value[20];
    int i;

    remember();
    for (i = 0; i < 3 * TI_TOMBSTONES_MAX / 2; i++) {
        apr_snprintf(value, sizeof(value), "token-%d", i);
        forget(TI_REVOKED_TOKEN, value);
        now -= TI_ENTRY_JITTER;
    }
    now += TI_ENTRY_JITTER;
    ck_assert_int_eq(asked(), 1);
    ck_assert_int_eq(asked(), 0);
}
END_TEST

/* No mark of thousands is lost: each names its token or falls to all. */
START_TEST(no_mark_is_lost)
{
    ti_entry_t entry = {0};
    char value[20];
    int i;

    now++;
    for (i = 0; i < TI_TOMBSTONES_MAX; i++) {
        apr_snprintf(value, sizeof(value), "token-%d", i);
        forget(TI_REVOKED_TOKEN, value);
        now -= TI_ENTRY_JITTER;
    }
    arm();
    entry.kind = TI_KIND_INACTIVE;
    entry.answered = now - 1;
    for (i = 0; i < TI_TOMBSTONES_MAX; i++) {
        ti_question_t question = {0};

        apr_snprintf(value, sizeof(value), "token-%d", i);
        question.server = server;
        question.policy = &policy;
        question.token = value;
        question.length = strlen(value);
        question.p = pool;
        ck_assert_int_eq(
            ti_revocation_standing(world.revocations, &question, &entry, now),
            TI_STANDING_REVOKED);
    }
}
END_TEST

START_TEST(without_marks_nothing_is_revoked)
{
    world.revocations = NULL;
    remember();
    ck_assert_int_eq(asked(), 0);
    ck_assert_int_eq(ti_revocations_count(NULL, now), 0);
}
END_TEST

/* As a writer leaves it that was killed between two stores. */
START_TEST(each_step_of_a_rotation_finds_the_marks_of_the_one_before)
{
    remember();
    forget(TI_REVOKED_SUBJECT, "alice");
    open_with(0, new, old);
    ck_assert_int_eq(asked(), 1);

    now++;
    forget(TI_REVOKED_TOKEN, "token");
    open_with(0, new, NULL);
    ck_assert_int_eq(asked(), 1);
    open_with(0, old, NULL);
    ck_assert_int_eq(asked(), 0);
}
END_TEST

START_TEST(one_that_was_made_in_between_is_found_by_either_secret)
{
    const void *secrets[] = {new, old};
    int i;

    for (i = 0; i < 2; i++) {
        open_with(1, new, old);
        verify("token");
        now++;
        forget(TI_REVOKED_SUBJECT, "alice");
        open_with(0, secrets[i], NULL);
        ck_assert_int_eq(asked(), 1);
        now++;
    }
}
END_TEST

START_TEST(marks_that_no_secret_finds_any_more_become_one_for_all)
{
    apr_time_t since;

    remember();
    forget(TI_REVOKED_TOKEN, "another");
    since = now;
    open_with(0, new, NULL);
    ck_assert_int_eq(ti_revocations_renamed(world.revocations, 1, now),
                     APR_SUCCESS);
    ck_assert_int_eq(asked(), 0);
    ck_assert_int_eq(ti_revocations_renamed(world.revocations, since, now),
                     APR_SUCCESS);
    ck_assert_int_eq(asked(), 1);

    now += SECONDS(130);
    remember();
    ck_assert_int_eq(
        ti_revocations_renamed(world.revocations, APR_INT64_MAX, now),
        APR_SUCCESS);
    ck_assert_int_eq(asked(), 0);
}
END_TEST

START_TEST(a_writer_that_died_costs_everybody_a_question)
{
    remember();
    forget(TI_REVOKED_TOKEN, "another");
    if (fork() == 0) {
        ti_lock_take(memory);
        _exit(0);
    }
    wait(NULL);
    now++;
    forget(TI_REVOKED_TOKEN, "a third");
    ck_assert_int_eq(asked(), 1);
}
END_TEST

/* As a debugger holds it, while httpd reloads. */
START_TEST(a_writer_that_stands_still_keeps_no_later_process_from_revoking)
{
    ti_key_secrets_t secrets = {old, NULL, old};
    void *later = shared_open(ti_revocations_size());
    ti_revocations_t *before = world.revocations;
    pid_t writer;
    int held[2];
    char byte;

    remember();
    forget(TI_REVOKED_TOKEN, "another");
    ck_assert_int_eq(pipe(held), 0);
    writer = fork();
    if (writer == 0) {
        ti_lock_take(memory);
        if (write(held[1], "x", 1) == 1) {
            pause();
        }
        _exit(0);
    }
    ck_assert_int_eq(read(held[0], &byte, 1), 1);
    now++;
    ck_assert_int_eq(
        ti_revocations_open(&world.revocations, memory, 0, &secrets, now, pool),
        APR_TIMEUP);
    ck_assert_int_eq(ti_revocations_copy(&world.revocations, later, memory,
                                         &secrets, now, pool),
                     APR_SUCCESS);
    ck_assert_uint_eq(ti_revocations_count(world.revocations, now),
                      ti_revocations_count(before, now));
    ck_assert_int_eq(asked(), 1); /* a mark may have been in the making */
    ck_assert_int_eq(asked(), 0);
    now += SECONDS(1);
    forget(TI_REVOKED_TOKEN, "token");
    ck_assert_int_eq(asked(), 1);
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("revocation");
    TCase *tc = tcase_create("revocation");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_checked_fixture(tc, open_marks, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_revoked_token_is_asked_about_anew_and_once);
    tcase_add_test(tc, what_the_server_says_then_counts);
    tcase_add_test(tc, a_revoked_answer_does_not_outlive_under_stale_if_error);
    tcase_add_test(tc, other_tokens_stay);
    tcase_add_test(tc, user_session_and_client_by_their_claims);
    tcase_add_test(tc, a_user_of_another_server_stays);
    tcase_add_test(tc, held_answers_are_used_and_not_remembered);
    tcase_add_test(tc, an_answer_without_a_session_falls_under_its_user);
    tcase_add_test(tc, a_mark_never_shrinks);
    tcase_add_test(tc, marks_end_and_their_slots_serve_again);
    tcase_add_test(tc, too_many_marks_are_one_for_all);
    tcase_add_test(tc, no_mark_is_lost);
    tcase_add_test(tc, without_marks_nothing_is_revoked);
    tcase_add_test(tc,
                   each_step_of_a_rotation_finds_the_marks_of_the_one_before);
    tcase_add_test(tc, one_that_was_made_in_between_is_found_by_either_secret);
    tcase_add_test(tc, marks_that_no_secret_finds_any_more_become_one_for_all);
    tcase_add_test(tc, a_writer_that_died_costs_everybody_a_question);
    tcase_add_test(
        tc, a_writer_that_stands_still_keeps_no_later_process_from_revoking);
    suite_add_tcase(s, tc);
    return s;
}
