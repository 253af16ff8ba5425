/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of our credentials have been accepted.
 */
#include "traffic/proof.h"

#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "entries.h"
#include "tap.h"

#define SERVERS 3

static ti_proofs_t *proofs;
static void *memory;

static void proofs_open(void)
{
    pool_open();
    memory = shared_memory(ti_proofs_size(SERVERS));
    proofs = ti_proofs_open(memory, SERVERS, pool);
}

static ti_proof_t proof_of(apr_uint32_t server, apr_uint64_t n)
{
    ti_key_t key = key_of(n);

    return ti_proof_of(proofs, server, &key);
}

static void note(apr_uint32_t server, apr_uint64_t n, ti_proof_t proof)
{
    ti_key_t key = key_of(n);

    ti_proof_note(proofs, server, &key, proof);
}

START_TEST(nothing_is_proven_before_it_is_noted)
{
    ti_key_t zero = {{0}};

    ck_assert_int_eq(proof_of(1, 1), TI_PROOF_NONE);
    ck_assert_int_eq(ti_proof_of(proofs, 1, &zero), TI_PROOF_NONE);
    ck_assert_int_eq(ti_proof_of(NULL, 1, &zero), TI_PROOF_NONE);
    ti_proof_note(NULL, 1, &zero, TI_PROOF_ACTIVE);
}
END_TEST

START_TEST(a_proof_is_of_one_server_and_one_secret)
{
    note(1, 1, TI_PROOF_ACTIVE);
    ck_assert_int_eq(proof_of(1, 1), TI_PROOF_ACTIVE);
    ck_assert_int_eq(proof_of(1, 2), TI_PROOF_NONE);
    ck_assert_int_eq(proof_of(2, 1), TI_PROOF_NONE);
}
END_TEST

START_TEST(what_is_proven_is_not_unproven)
{
    note(1, 1, TI_PROOF_ANSWERED);
    ck_assert_int_eq(proof_of(1, 1), TI_PROOF_ANSWERED);
    note(1, 1, TI_PROOF_ACTIVE);
    note(1, 1, TI_PROOF_ANSWERED);
    ck_assert_int_eq(proof_of(1, 1), TI_PROOF_ACTIVE);
}
END_TEST

START_TEST(what_is_withdrawn_is_not_proven_and_gives_its_room)
{
    apr_uint64_t n;
    ti_key_t key;

    for (n = 1; n <= TI_PROOFS_EACH; n++) {
        note(1, n, TI_PROOF_ACTIVE);
    }
    key = key_of(2);
    ti_proof_withdraw(proofs, 2, &key);
    ck_assert_int_eq(proof_of(1, 2), TI_PROOF_ACTIVE);
    ti_proof_withdraw(proofs, 1, &key);
    ti_proof_withdraw(NULL, 1, &key);
    ck_assert_int_eq(proof_of(1, 2), TI_PROOF_NONE);
    note(1, 100, TI_PROOF_ACTIVE);
    for (n = 1; n <= TI_PROOFS_EACH; n++) {
        ck_assert_int_eq(proof_of(1, n),
                         n == 2 ? TI_PROOF_NONE : TI_PROOF_ACTIVE);
    }
}
END_TEST

START_TEST(several_have_room_and_the_latest_always)
{
    apr_uint64_t n;

    for (n = 1; n <= TI_PROOFS_EACH; n++) {
        note(1, n, TI_PROOF_ACTIVE);
    }
    for (n = 1; n <= TI_PROOFS_EACH; n++) {
        ck_assert_int_eq(proof_of(1, n), TI_PROOF_ACTIVE);
    }
    for (n = 100; n < 200; n++) {
        note(1, n, TI_PROOF_ACTIVE);
        ck_assert_int_eq(proof_of(1, n), TI_PROOF_ACTIVE);
        ck_assert_int_eq(proof_of(0, n), TI_PROOF_NONE);
        ck_assert_int_eq(proof_of(2, n), TI_PROOF_NONE);
    }
}
END_TEST

START_TEST(other_processes_and_later_handles_know_it)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        note(2, 7, TI_PROOF_ACTIVE);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(proof_of(2, 7), TI_PROOF_ACTIVE);
    proofs = ti_proofs_open(memory, SERVERS, pool);
    ck_assert_int_eq(proof_of(2, 7), TI_PROOF_ACTIVE);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("proof");
    TCase *one = tcase_create("proof");

    tcase_add_checked_fixture(one, proofs_open, pool_close);
    tcase_add_test(one, nothing_is_proven_before_it_is_noted);
    tcase_add_test(one, a_proof_is_of_one_server_and_one_secret);
    tcase_add_test(one, what_is_proven_is_not_unproven);
    tcase_add_test(one, what_is_withdrawn_is_not_proven_and_gives_its_room);
    tcase_add_test(one, several_have_room_and_the_latest_always);
    tcase_add_test(one, other_processes_and_later_handles_know_it);
    suite_add_tcase(all, one);
    return all;
}
