/* SPDX-License-Identifier: Apache-2.0
 *
 * Room for flights: how many fit, and that those who may fly anywhere leave
 * room for those who may not.
 */
#include "flights.h"

#include <stdio.h>

#include "traffic/slot.h"

/* The most that IntrospectCallsMax can be. */
#define CALLS_MAX_MAX 1024

#define BUCKETS 512 /* of few workers */

/* Join with so many different tokens; returns how many lead. */
static int lead_different(int count)
{
    ti_flight_t flight;
    char token[20];
    int led = 0;
    int i;

    for (i = 0; i < count; i++) {
        snprintf(token, sizeof(token), "token-%d", i);
        key = key_of(token);
        led += join(&flight, 0) == TI_FLIGHT_LEAD;
    }
    return led;
}

/* Join with one token so often, each for itself; returns how often it leads. */
static int lead_alone(int count)
{
    ti_flight_t flight;
    ti_flight_plan_t plan = plan_of(LONG, 0);
    int led = 0;
    int i;

    plan.unshared = 1;
    for (i = 0; i < count; i++) {
        led += ti_flight_join(&flight, flights, &plan) == TI_FLIGHT_LEAD;
    }
    return led;
}

START_TEST(as_many_tokens_as_can_be_set_are_in_the_air_at_once)
{
    cap = CALLS_MAX_MAX;
    ck_assert_int_eq(lead_different(CALLS_MAX_MAX), CALLS_MAX_MAX);
}
END_TEST

START_TEST(those_who_fly_alone_leave_room_for_other_tokens)
{
    cap = CALLS_MAX_MAX;
    ck_assert_int_eq(lead_alone(200), 200);
    ck_assert_int_eq(lead_different(200), 200);
}
END_TEST

START_TEST(those_who_fly_alone_fill_no_bucket_but_their_own)
{
    int most =
        TI_SLOT_PER_BUCKET + (BUCKETS - 1) * (TI_SLOT_PER_BUCKET / 2 + 1);

    cap = BUCKETS * TI_SLOT_PER_BUCKET;
    ck_assert_int_eq(lead_alone(most + 10), most);
    ck_assert_int_eq(lead_different(200), 200);
}
END_TEST

START_TEST(those_who_fly_alone_begin_next_to_their_own_bucket)
{
    ti_slots_t *slots = &flights->slots;
    int unshared = 1;
    ti_slot_t *own = ti_slots_bucket(slots, &key);
    apr_uint32_t next = ti_slots_number(slots, own) + TI_SLOT_PER_BUCKET;
    ti_slot_t *found;

    lead_alone(TI_SLOT_PER_BUCKET);
    found = ti_slots_free(slots, &key, &unshared);
    ck_assert_ptr_eq(found,
                     ti_slots_at(slots, next % (BUCKETS * TI_SLOT_PER_BUCKET)));
}
END_TEST

START_TEST(where_its_bucket_is_full_a_token_flies_alone)
{
    int unshared = 0;

    lead_alone(TI_SLOT_PER_BUCKET);
    ck_assert_ptr_nonnull(ti_slots_free(&flights->slots, &key, &unshared));
    ck_assert(unshared);
    unshared = 0;
    key = key_of("in another bucket");
    ck_assert_ptr_nonnull(ti_slots_free(&flights->slots, &key, &unshared));
    ck_assert(!unshared);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("slot");
    TCase *one = tcase_create("slot");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, flights_open, NULL);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, as_many_tokens_as_can_be_set_are_in_the_air_at_once);
    tcase_add_test(one, those_who_fly_alone_leave_room_for_other_tokens);
    tcase_add_test(one, those_who_fly_alone_fill_no_bucket_but_their_own);
    tcase_add_test(one, those_who_fly_alone_begin_next_to_their_own_bucket);
    tcase_add_test(one, where_its_bucket_is_full_a_token_flies_alone);
    suite_add_tcase(all, one);
    return all;
}
