/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed entries: what was sealed comes out, and nothing else does.
 */
#include "seals.h"

START_TEST(claims_come_out_as_they_went_in)
{
    ti_entry_t entry = claims_entry("{\"active\":true,\"sub\":\"alice\"}");
    ti_entry_t found;

    ck_assert_int_eq(opened(&found, seal_of(SECRET), "a",
                            closed(seal_of(SECRET), "a", entry)),
                     APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_CLAIMS);
    ck_assert(found.answered == entry.answered);
    ck_assert(found.expires == entry.expires);
    ck_assert_int_eq((int)found.size, (int)entry.size);
    ck_assert_int_eq(memcmp(found.bytes, entry.bytes, entry.size), 0);
    ck_assert_int_eq((int)((apr_uintptr_t)found.bytes % 8), 0);
}
END_TEST

START_TEST(inactive_and_documents_come_out_as_they_went_in)
{
    ti_seal_t *seal = seal_of(SECRET);
    ti_entry_t found;
    blob_t blob = closed(seal, "a", entry_of(TI_KIND_INACTIVE, NULL, 0));

    ck_assert_int_eq(opened(&found, seal, "a", blob), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_INACTIVE);
    ck_assert_int_eq((int)found.size, 0);

    blob = closed(seal, "a", entry_of(TI_KIND_DOCUMENT, "{\"keys\":[]}", 11));
    ck_assert_int_eq(opened(&found, seal, "a", blob), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_DOCUMENT);
    ck_assert_int_eq((int)found.size, 11);
    ck_assert_int_eq(memcmp(found.bytes, "{\"keys\":[]}", 11), 0);
}
END_TEST

START_TEST(any_altered_bit_is_refused)
{
    ti_seal_t *seal = seal_of(SECRET);
    blob_t blob =
        closed(seal, "a", claims_entry("{\"active\":true,\"sub\":\"alice\"}"));
    apr_size_t bit;

    for (bit = 0; bit < blob.size * 8; bit++) {
        blob.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        ck_assert_msg(!opens(seal, "a", blob), "bit %d", (int)bit);
        blob.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert(opens(seal, "a", blob));
}
END_TEST

START_TEST(what_is_cut_short_or_longer_is_refused)
{
    ti_seal_t *seal = seal_of(SECRET);
    blob_t blob =
        closed(seal, "a", claims_entry("{\"active\":true,\"sub\":\"alice\"}"));
    blob_t other = blob;

    for (other.size = 0; other.size < blob.size; other.size++) {
        ck_assert_msg(!opens(seal, "a", other), "%d bytes", (int)other.size);
    }
    other.size = blob.size + 1;
    other.bytes = apr_pcalloc(pool, other.size);
    memcpy(other.bytes, blob.bytes, blob.size);
    ck_assert(!opens(seal, "a", other));
}
END_TEST

START_TEST(rubbish_of_any_size_is_refused)
{
    ti_seal_t *seal = seal_of(SECRET);
    apr_size_t most = TI_ENTRY_MAX + 2 * TI_SEAL_OVERHEAD;
    blob_t blob = {apr_palloc(pool, most), 0};
    apr_pool_t *outer = pool;

    ck_assert_int_eq(ti_key_random(blob.bytes, most), APR_SUCCESS);
    blob.bytes[0] = 1; /* the version that is taken */
    for (blob.size = 0; blob.size <= most; blob.size += 1 + blob.size / 4) {
        apr_pool_create(&pool, outer);
        ck_assert(!opens(seal, "a", blob));
        pool_close();
    }
    pool = outer;
    blob.size = most;
    ck_assert(!opens(seal, "a", blob));
}
END_TEST

START_TEST(an_entry_opens_under_its_own_key_only)
{
    ti_seal_t *seal = seal_of(SECRET);
    blob_t one = closed(seal, "a", claims_entry("{\"active\":true}"));
    blob_t other = closed(seal, "b", entry_of(TI_KIND_INACTIVE, NULL, 0));

    ck_assert(opens(seal, "a", one));
    ck_assert(opens(seal, "b", other));
    ck_assert(!opens(seal, "b", one));
    ck_assert(!opens(seal, "a", other));
}
END_TEST

START_TEST(claims_that_are_no_record_are_refused_although_sealed)
{
    ti_seal_t *seal = seal_of(SECRET);
    ti_entry_t entry = claims_entry("{\"active\":true}");
    unsigned char *bytes = apr_pmemdup(pool, entry.bytes, entry.size);

    ck_assert(opens(seal, "a", closed(seal, "a", entry)));
    bytes[0] ^= 1;
    entry.bytes = bytes;
    ck_assert(!opens(seal, "a", closed(seal, "a", entry)));
    ck_assert(
        !opens(seal, "a", closed(seal, "a", entry_of(TI_KIND_CLAIMS, "x", 1))));
    ck_assert(
        !opens(seal, "a", closed(seal, "a", entry_of(TI_KIND_CLAIMS, "", 0))));
}
END_TEST

START_TEST(an_entry_of_no_kind_is_refused_although_sealed)
{
    ti_seal_t *seal = seal_of(SECRET);

    ck_assert(
        !opens(seal, "a", closed(seal, "a", entry_of(TI_KIND_NONE, "", 0))));
    ck_assert(!opens(
        seal, "a",
        closed(seal, "a", entry_of((ti_kind_t)(TI_KIND_DOCUMENT + 1), "", 0))));
}
END_TEST

START_TEST(the_largest_entry_is_sealed_and_a_larger_one_is_not)
{
    ti_seal_t *seal = seal_of(SECRET);
    char *bytes = apr_pcalloc(pool, TI_ENTRY_MAX + 1);
    ti_entry_t entry = entry_of(TI_KIND_DOCUMENT, bytes, TI_ENTRY_MAX);
    ti_key_t key = key_of("a");
    blob_t blob;

    ck_assert(opens(seal, "a", closed(seal, "a", entry)));
    entry.size++;
    ck_assert_int_eq(
        ti_seal_close(&blob.bytes, &blob.size, seal, &key, &entry, pool),
        APR_ENOSPC);
    ck_assert_ptr_null(blob.bytes);
}
END_TEST

START_TEST(an_entry_has_its_time)
{
    ti_entry_t entry = entry_of(TI_KIND_INACTIVE, NULL, 0);

    ck_assert_int_eq(ti_seal_time(&entry, NOW), TI_SEAL_TIMELY);
    ck_assert_int_eq(ti_seal_time(&entry, entry.expires - 1), TI_SEAL_TIMELY);
    ck_assert_int_eq(ti_seal_time(&entry, entry.expires), TI_SEAL_OVER);
    ck_assert_int_eq(ti_seal_time(&entry, NOW - TI_ENTRY_SKEW), TI_SEAL_TIMELY);
    ck_assert_int_eq(ti_seal_time(&entry, NOW - TI_ENTRY_SKEW - 1),
                     TI_SEAL_AHEAD);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("seal");
    TCase *cases = tcase_create("seal");

    tcase_add_checked_fixture(cases, pool_open, pool_close);
    tcase_add_test(cases, claims_come_out_as_they_went_in);
    tcase_add_test(cases, inactive_and_documents_come_out_as_they_went_in);
    tcase_add_test(cases, any_altered_bit_is_refused);
    tcase_add_test(cases, what_is_cut_short_or_longer_is_refused);
    tcase_add_test(cases, rubbish_of_any_size_is_refused);
    tcase_add_test(cases, an_entry_opens_under_its_own_key_only);
    tcase_add_test(cases,
                   claims_that_are_no_record_are_refused_although_sealed);
    tcase_add_test(cases, an_entry_of_no_kind_is_refused_although_sealed);
    tcase_add_test(cases, the_largest_entry_is_sealed_and_a_larger_one_is_not);
    tcase_add_test(cases, an_entry_has_its_time);
    suite_add_tcase(made, cases);
    return made;
}
