/* SPDX-License-Identifier: Apache-2.0
 *
 * What the secret of a seal hides, opens and names.
 */
#include "seals.h"

START_TEST(an_entry_opens_with_its_own_secret_only)
{
    blob_t blob =
        closed(seal_of(SECRET), "a", claims_entry("{\"active\":true}"));

    ck_assert(!opens(seal_of(OTHER), "a", blob));
    ck_assert(!opens(seal_of(NULL), "a", blob));
    ck_assert(!opens(seal_of(SECRET "x"), "a", blob));
}
END_TEST

START_TEST(without_a_secret_each_seal_is_its_own)
{
    ti_seal_t *seal = seal_of(NULL);
    blob_t blob = closed(seal, "a", claims_entry("{\"active\":true}"));

    ck_assert(opens(seal, "a", blob));
    ck_assert(!opens(seal_of(NULL), "a", blob));
}
END_TEST

static int same_names(const ti_seal_t *one, const ti_seal_t *other,
                      const char *key)
{
    unsigned char secrets[2][TI_SECRET_SIZE];
    ti_key_t names[2];
    ti_key_t k = key_of(key);
    int same;

    ck_assert_int_eq(ti_seal_name(&names[0], one, &k), APR_SUCCESS);
    ck_assert_int_eq(ti_seal_name(&names[1], other, &k), APR_SUCCESS);
    ti_seal_key_secret(one, secrets[0]);
    ti_seal_key_secret(other, secrets[1]);
    same = ti_key_same(&names[0], &names[1], sizeof(names[0]));
    ck_assert_int_eq(same,
                     ti_key_same(secrets[0], secrets[1], TI_SECRET_SIZE) != 0);
    return same;
}

START_TEST(machines_with_one_secret_use_the_same_names)
{
    ck_assert(same_names(seal_of(SECRET), seal_of(SECRET), "a"));
    ck_assert(!same_names(seal_of(SECRET), seal_of(OTHER), "a"));
    ck_assert(!same_names(seal_of(NULL), seal_of(NULL), "a"));
}
END_TEST

START_TEST(a_name_tells_nothing_of_its_key)
{
    ti_seal_t *seal = seal_of(SECRET);
    ti_key_t key = key_of("a");
    ti_key_t other = key_of("b");
    ti_key_t plain;
    ti_key_t name;

    ck_assert_int_eq(ti_seal_name(&name, seal, &key), APR_SUCCESS);
    ck_assert(!ti_key_same(&name, &key, sizeof(key)));
    ck_assert_int_eq(ti_key_digest(&plain, &key, sizeof(key)), APR_SUCCESS);
    ck_assert(!ti_key_same(&name, &plain, sizeof(key)));
    ck_assert_int_eq(ti_seal_name(&plain, seal, &other), APR_SUCCESS);
    ck_assert(!ti_key_same(&name, &plain, sizeof(key)));
}
END_TEST

/* Is this text anywhere in the block? */
static int holds(blob_t blob, const char *text)
{
    return memmem(blob.bytes, blob.size, text, strlen(text)) != NULL;
}

START_TEST(nothing_can_be_read_of_what_is_sealed)
{
    ti_seal_t *seal = seal_of(SECRET);
    ti_entry_t entry = claims_entry("{\"active\":true,\"sub\":\"alice\"}");
    blob_t plain = {(unsigned char *)(apr_uintptr_t)entry.bytes, entry.size};
    blob_t blob = closed(seal, "a", entry);

    ck_assert(holds(plain, "alice"));
    ck_assert(!holds(blob, "alice"));
    ck_assert(!holds(blob, "sub"));
}
END_TEST

START_TEST(no_two_seals_have_the_same_nonce)
{
    ti_seal_t *seal = seal_of(SECRET);
    ti_entry_t entry = entry_of(TI_KIND_INACTIVE, NULL, 0);
    blob_t blobs[64];
    int i;
    int j;

    for (i = 0; i < 64; i++) {
        blobs[i] = closed(seal, "a", entry);
        for (j = 0; j < i; j++) {
            ck_assert(memcmp(blobs[i].bytes + 1, blobs[j].bytes + 1, 12) != 0);
        }
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("secret");
    TCase *cases = tcase_create("secret");

    tcase_add_checked_fixture(cases, pool_open, pool_close);
    tcase_add_test(cases, an_entry_opens_with_its_own_secret_only);
    tcase_add_test(cases, without_a_secret_each_seal_is_its_own);
    tcase_add_test(cases, machines_with_one_secret_use_the_same_names);
    tcase_add_test(cases, a_name_tells_nothing_of_its_key);
    tcase_add_test(cases, nothing_can_be_read_of_what_is_sealed);
    tcase_add_test(cases, no_two_seals_have_the_same_nonce);
    suite_add_tcase(made, cases);
    return made;
}
