/* SPDX-License-Identifier: Apache-2.0
 *
 * Records: times, names for export, words; and blocks from a store that others
 * can write to.
 */
#include "claims/claims.h"
#include "claims/names.h"
#include "claims/record.h"
#include "claims/validity.h"

#include <stddef.h>

#include <apr_strings.h>

#include "records.h"

static const char *variable_of(const ti_claims_t *claims, const char *name)
{
    const ti_value_t *value = ti_claims_find(claims, name, strlen(name));

    const char *variable = ti_claims_variable(claims, value);

    return variable != NULL ? variable : "";
}

static ti_moment_t expiry(const char *exp)
{
    return claims_of(apr_pstrcat(pool, "{\"exp\":", exp, "}", NULL))->expires;
}

/* Read all that can be read of a record that is said to be valid. */
static apr_size_t read_value(const ti_claims_t *claims, const ti_value_t *value)
{
    const char *text = ti_claims_text(claims, value);
    const char *variable = ti_claims_variable(claims, value);
    apr_size_t sum = text != NULL ? strlen(text) : 0;
    apr_uint32_t i;

    for (i = 0; value->type >= TI_STRING && i < value->length; i++) {
        sum += ti_claims_string(claims, value)[i] == 'x';
    }
    sum += ti_claims_holds(claims, value, "alice") ? 1 : 0;
    sum += ti_claims_has_word(claims, value, "read") ? 1 : 0;
    return sum +
           (variable != NULL ? strlen(variable + TI_CLAIMS_PREFIX_LENGTH) : 0);
}

static apr_size_t read_inner(const ti_claims_t *claims, const ti_value_t *value)
{
    apr_size_t sum = read_value(claims, value);
    apr_uint32_t i;

    if (value->type != TI_ARRAY && value->type != TI_OBJECT) {
        return sum;
    }
    for (i = 0; i < value->elements.count; i++) {
        sum += read_inner(claims, ti_claims_element(claims, value, i));
    }
    return sum + (ti_claims_within(claims, value, "type", 4) != NULL);
}

static apr_size_t read_all(const ti_claims_t *claims)
{
    const ti_value_t *entries = ti_claims_entries(claims);
    apr_size_t sum = 0;
    apr_uint32_t i;

    for (i = 0; i < claims->entries; i++) {
        sum += read_inner(claims, &entries[i]);
    }
    sum += ti_claims_member(claims, "sub") != NULL;
    sum += ti_claims_plain(claims, "scope") != NULL;
    return sum;
}

static const char usual[] =
    "{\"active\":true,\"sub\":\"alice\",\"scope\":\"read write\",\"exp\":1,"
    "\"aud\":[\"a\",\"b\",3,null],\"o\":{\"p\":{\"q\":[1.5]}},\"n\":null,"
    "\"d\":[{\"type\":\"x\",\"y\":[{\"z\":1}]}]}";

START_TEST(times_are_read_by_value)
{
    ck_assert(expiry("1700000000").at == apr_time_from_sec(1700000000));
    ck_assert(expiry("\"1700000000\"").at == apr_time_from_sec(1700000000));
    ck_assert(expiry("1.5").at == 1500000);
    ck_assert(expiry("-1").at == apr_time_from_sec(-1));
    ck_assert_int_eq(expiry("-1").state, TI_MOMENT_READ);
    ck_assert(expiry("1e30").at > apr_time_from_sec(3000000000000));
    ck_assert(expiry("99999999999999999999").at == expiry("1e30").at);
    ck_assert(expiry("-1e30").at < 0);
}
END_TEST

START_TEST(an_expiry_of_zero_or_null_is_none)
{
    ck_assert_int_eq(expiry("0").state, TI_MOMENT_ABSENT);
    ck_assert_int_eq(expiry("\"0\"").state, TI_MOMENT_ABSENT);
    ck_assert_int_eq(expiry("null").state, TI_MOMENT_ABSENT);
    ck_assert_int_eq(claims_of("{}")->expires.state, TI_MOMENT_ABSENT);
}
END_TEST

START_TEST(a_time_that_is_no_number_is_unreadable)
{
    static const char *const bad[] = {
        "\"x\"", "\"\"", "\"1.5\"", "true",         "false",       "[]",
        "[1]",   "{}",   "\"1 \"",  "\"\\u00001\"", "\"1\\u0000\""};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(expiry(bad[i]).state == TI_MOMENT_UNREADABLE, "%s",
                      bad[i]);
    }
}
END_TEST

START_TEST(nbf_and_iat_have_their_places)
{
    const ti_claims_t *claims = claims_of("{\"nbf\":5,\"iat\":0,\"x\":1}");

    ck_assert(claims->not_before.at == apr_time_from_sec(5));
    ck_assert_int_eq(claims->issued.state, TI_MOMENT_READ);
    ck_assert_int_eq(claims->expires.state, TI_MOMENT_ABSENT);
    claims = claims_of("{\"o\":{\"exp\":5}}");
    ck_assert_int_eq(claims->expires.state, TI_MOMENT_ABSENT);
}
END_TEST

START_TEST(top_level_members_have_names_for_export)
{
    const ti_claims_t *claims =
        claims_of("{\"sub\":1,\"a-b.c\":2,\"\xc3\xa4\":3,\"o\":{\"p\":4}}");
    const ti_value_t *inner = ti_claims_find(claims, "o\x1fp", 3);

    ck_assert_str_eq(variable_of(claims, "sub"), "INTROSPECT_CLAIM_sub");
    ck_assert_str_eq(variable_of(claims, "a-b.c"), "INTROSPECT_CLAIM_a_b_c");
    ck_assert_str_eq(variable_of(claims, "\xc3\xa4"), "INTROSPECT_CLAIM___");
    ck_assert_ptr_null(ti_claims_variable(claims, inner));
}
END_TEST

START_TEST(no_member_takes_the_name_of_one_that_needed_no_change)
{
    const ti_claims_t *claims = claims_of(
        "{\"client-id\":1,\"Client_ID\":2,\"client_id\":3,\"SUB\":4,\"sub\":5,"
        "\"X\":6,\"a b\":7,\"a.b\":8}");

    ck_assert_str_eq(variable_of(claims, "client_id"),
                     "INTROSPECT_CLAIM_client_id");
    ck_assert_str_eq(variable_of(claims, "client-id"), "");
    ck_assert_str_eq(variable_of(claims, "Client_ID"), "");
    ck_assert_str_eq(variable_of(claims, "sub"), "INTROSPECT_CLAIM_sub");
    ck_assert_str_eq(variable_of(claims, "SUB"), "");
    ck_assert_str_eq(variable_of(claims, "X"), "INTROSPECT_CLAIM_X");
    ck_assert_int_eq(*variable_of(claims, "a b") != '\0', 1);
    ck_assert_str_eq(variable_of(claims, "a.b"), "");
}
END_TEST

START_TEST(words_are_parted_by_spaces_only)
{
    const ti_claims_t *claims =
        claims_of("{\"s\":\"read  write:all\",\"n\":5,\"t\":\"a\\tb\"}");
    const ti_value_t *value = ti_claims_member(claims, "s");

    ck_assert(ti_claims_has_word(claims, value, "read"));
    ck_assert(ti_claims_has_word(claims, value, "write:all"));
    ck_assert(!ti_claims_has_word(claims, value, ""));
    ck_assert(!ti_claims_has_word(claims, value, "read  write:all"));
    ck_assert(!ti_claims_has_word(claims, ti_claims_member(claims, "n"), "5"));
    ck_assert(!ti_claims_has_word(claims, ti_claims_member(claims, "t"), "a"));
}
END_TEST

START_TEST(a_record_cut_short_or_of_another_size_is_not_valid)
{
    const ti_claims_t *claims = claims_of(usual);
    apr_size_t size;

    ck_assert(ti_validity_check(claims, claims->size));
    for (size = 0; size < claims->size; size++) {
        ck_assert(!ti_validity_check(exact(claims, size), size));
    }
}
END_TEST

START_TEST(a_text_can_be_attached)
{
    const ti_claims_t *claims = claims_of("{\"sub\":\"alice\",\"n\":[1]}");
    const ti_claims_t *whole = ti_claims_attach(claims, "a.b.c", 5, pool);
    ti_claims_t *other = apr_pmemdup(pool, whole, whole->size);

    ck_assert_ptr_null(ti_claims_attached(claims));
    ck_assert_int_eq(whole->size, claims->size + 6);
    ck_assert(ti_validity_check(exact(whole, whole->size), whole->size));
    ck_assert_str_eq(ti_claims_attached(whole), "a.b.c");
    ck_assert_str_eq(ti_claims_plain(whole, "sub"), "alice");
    other->attached = other->size;
    ck_assert(!ti_validity_check(other, other->size));
    ck_assert_ptr_null(
        ti_claims_attach(claims, "", TI_CLAIMS_SIZE_MAX - claims->size, pool));
    ck_assert_ptr_null(ti_claims_attach(claims, "", ~(apr_size_t)0, pool));
}
END_TEST

static const ti_claims_t *member_of(const char *json)
{
    const ti_claims_t *claims;
    const char *why;
    apr_size_t length = strlen(json);
    apr_status_t rv = ti_claims_compile_member(
        &claims, &why, "inner", exact(json, length), length, pool);

    ck_assert_int_eq(rv, claims != NULL ? APR_SUCCESS : APR_EINVAL);
    ck_assert_int_eq(claims != NULL, why == NULL);
    return claims;
}

START_TEST(a_member_is_compiled_as_if_it_stood_alone)
{
    const ti_claims_t *one = member_of(
        "{\"r\":0.10000000000000000001,\"sub\":\"bob\",\"inner\":{\"sub\":"
        "\"alice\",\"exp\":5,\"o\":{\"r\":0.30000000000000000003},\"l\":[{"
        "\"x\":1}]},\"exp\":9}");
    const ti_claims_t *other = claims_of(
        "{\"sub\":\"alice\",\"exp\":5,\"o\":{\"r\":0.30000000000000000003},"
        "\"l\":[{\"x\":1}]}");
    const ti_value_t *real;

    ck_assert_int_eq(one->size, other->size);
    ck_assert(memcmp(one, other, one->size) == 0);
    real = ti_claims_find(one, "o\x1fr", 3);
    ck_assert_str_eq(ti_claims_text(one, real), "0.30000000000000000003");
    ck_assert_ptr_null(member_of("{\"inner\":7}"));
    ck_assert_ptr_null(member_of("{\"inner\":[{}]}"));
    ck_assert_ptr_null(member_of("{\"outer\":{\"inner\":{}}}"));
    ck_assert_ptr_null(member_of("{}"));
    ck_assert_ptr_null(member_of("{\"inner\":{},\"inner\":{}}"));
    ck_assert_ptr_null(member_of("["));
}
END_TEST

START_TEST(a_block_of_zeros_is_not_valid)
{
    char zeros[200] = {0};

    ck_assert(!ti_validity_check(exact(zeros, sizeof(zeros)), sizeof(zeros)));
}
END_TEST

START_TEST(a_record_of_another_version_is_not_valid)
{
    const ti_claims_t *claims = claims_of(usual);
    ti_claims_t *other = (ti_claims_t *)(void *)exact(claims, claims->size);

    other->magic = TI_RECORD_MAGIC + 1;
    ck_assert(!ti_validity_check(other, other->size));
    /* objects within arrays had no members then */
    other->magic = 0x54494302u;
    ck_assert(!ti_validity_check(other, other->size));
}
END_TEST

START_TEST(a_record_that_does_not_end_with_a_nul_is_not_valid)
{
    const ti_claims_t *claims = claims_of(usual);
    char *copy = exact(claims, claims->size);

    copy[claims->size - 1] = 'x';
    ck_assert(!ti_validity_check(copy, claims->size));
}
END_TEST

START_TEST(a_record_with_any_altered_byte_is_refused_or_read_within_its_block)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xff, 0x7f};
    const ti_claims_t *claims = claims_of(usual);
    apr_size_t total = claims->entries + claims->elements;
    apr_size_t end = sizeof(*claims) + total * sizeof(ti_value_t);
    char *copy = exact(claims, claims->size);
    apr_size_t refused = 0;
    apr_size_t i;
    apr_size_t m;

    for (i = 0; i < end; i++) {
        for (m = 0; m < sizeof(masks); m++) {
            copy[i] = (char)(copy[i] ^ masks[m]);
            if (ti_validity_check(copy, claims->size)) {
                read_all((const ti_claims_t *)(const void *)copy);
            } else {
                refused++;
            }
            copy[i] = ((const char *)claims)[i];
        }
    }
    ck_assert_int_gt(refused, 0);
    ck_assert_int_gt(read_all(claims), 0);
}
END_TEST

static ti_value_t *first_value(char *copy)
{
    return (ti_value_t *)(void *)(copy + sizeof(ti_claims_t));
}

START_TEST(an_offset_or_length_that_leaves_the_block_is_not_valid)
{
    static const apr_size_t fields[] = {
        offsetof(ti_value_t, path), offsetof(ti_value_t, text),
        offsetof(ti_value_t, string), offsetof(ti_value_t, length)};
    const ti_claims_t *claims = claims_of("{\"a\":\"alice\"}");
    apr_size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        char *copy = exact(claims, claims->size);
        apr_uint32_t outside = claims->size;
        char *field = (char *)first_value(copy) + fields[i];

        memcpy(field, &outside, sizeof(outside));
        ck_assert_msg(!ti_validity_check(copy, claims->size), "field %d",
                      (int)i);
        outside = APR_UINT32_MAX;
        memcpy(field, &outside, sizeof(outside));
        ck_assert_msg(!ti_validity_check(copy, claims->size), "field %d",
                      (int)i);
    }
}
END_TEST

START_TEST(an_array_of_more_elements_than_there_are_is_not_valid)
{
    const ti_claims_t *claims = claims_of("{\"a\":[1,2]}");
    char *copy = exact(claims, claims->size);

    first_value(copy)->elements.count = 3;
    ck_assert(!ti_validity_check(copy, claims->size));
    first_value(copy)->elements.count = 2;
    first_value(copy)->elements.first = 1;
    ck_assert(!ti_validity_check(copy, claims->size));
    first_value(copy)->elements.first = APR_UINT16_MAX;
    ck_assert(!ti_validity_check(copy, claims->size));
}
END_TEST

START_TEST(an_array_that_holds_itself_is_not_valid)
{
    const ti_claims_t *claims = claims_of("{\"a\":[[1]]}");
    char *copy = exact(claims, claims->size);
    ti_value_t *element = first_value(copy) + 1;

    ck_assert_int_eq(element->type, TI_ARRAY);
    ck_assert_int_eq(element->elements.first, 1);
    element->elements.first = 0;
    ck_assert(!ti_validity_check(copy, claims->size));
    element->elements.first = 1;
    element->type = TI_OBJECT;
    ck_assert(ti_validity_check(copy, claims->size));
    element->elements.count = 2;
    ck_assert(!ti_validity_check(copy, claims->size));
}
END_TEST

START_TEST(names_are_sorted_and_would_be_variables_as_they_are)
{
    apr_uint32_t i;

    for (i = 1; i < TI_NAMES_END; i++) {
        const ti_name_t *name = &ti_names[i];
        const char *text = name->variable + TI_CLAIMS_PREFIX_LENGTH;

        ck_assert_uint_eq(strlen(text), name->length);
        ck_assert_uint_eq(strspn(text, "abcdefghijklmnopqrstuvwxyz_"),
                          name->length);
        ck_assert_uint_eq(ti_names_find(text, name->length), i);
    }
    ck_assert_uint_eq(ti_names_find("", 0), 0);
    ck_assert_uint_eq(ti_names_find("suc", 3), 0);
}
END_TEST

static void has_all_by_number(const ti_claims_t *claims)
{
    apr_uint32_t i;

    for (i = 1; i < TI_NAMES_END; i++) {
        ck_assert_ptr_eq(ti_claims_numbered(claims, i),
                         ti_claims_member(claims, ti_names[i].variable +
                                                      TI_CLAIMS_PREFIX_LENGTH));
    }
}

/* Few and many members are looked through in two ways. */
START_TEST(a_member_is_found_by_its_number_as_by_its_name)
{
    const ti_claims_t *few = claims_of(
        "{\"sub\":\"alice\",\"exp\":null,\"a\":1,\"zz_member\":2,"
        "\"act\":{\"sub\":\"bob\"},\"username\":\"a\",\"client_id\":7}");
    const char *json = "{\"sub\":\"alice\",\"client_id\":null";
    const ti_claims_t *many;
    int i;

    for (i = 0; i < 70; i++) {
        json = apr_psprintf(pool, "%s,\"m%d\":1", json, i);
    }
    many = claims_of(apr_pstrcat(pool, json, "}", NULL));
    has_all_by_number(few);
    has_all_by_number(many);
    has_all_by_number(claims_of("{}"));
    ck_assert_str_eq(ti_claims_text(few, ti_claims_numbered(few, TI_NAMES_SUB)),
                     "alice");
    ck_assert_str_eq(
        ti_claims_text(few, ti_claims_numbered(few, TI_NAMES_USERNAME)), "a");
    ck_assert_str_eq(
        ti_claims_text(few, ti_claims_numbered(few, TI_NAMES_CLIENT_ID)), "7");
    ck_assert_ptr_null(
        ti_claims_numbered(few, ti_names_find("exp", 3))); /* null */
    ck_assert_ptr_nonnull(ti_claims_numbered(many, TI_NAMES_SUB));
    ck_assert_ptr_null(ti_claims_numbered(many, TI_NAMES_CLIENT_ID));
}
END_TEST

START_TEST(a_name_that_is_no_number_or_has_another_length_is_not_valid)
{
    const ti_claims_t *claims = claims_of("{\"sub\":\"alice\"}");
    char *copy = exact(claims, claims->size);

    ck_assert_uint_lt(first_value(copy)->path, TI_NAMES_END);
    ck_assert(ti_validity_check(copy, claims->size));
    first_value(copy)->path = TI_NAMES_END;
    ck_assert(!ti_validity_check(copy, claims->size));
    first_value(copy)->path = 0;
    ck_assert(!ti_validity_check(copy, claims->size));
    first_value(copy)->path = ti_names_find("sub", 3);
    first_value(copy)->path_length = 4;
    ck_assert(!ti_validity_check(copy, claims->size));
    first_value(copy)->path_length = 3;
    first_value(copy)->naming = TI_NAMING_CHANGED;
    ck_assert(!ti_validity_check(copy, claims->size));
}
END_TEST

/* The answer of `make bench`: a table of 32 MiB is to hold 27,000 of them. */
START_TEST(a_usual_answer_of_22_claims_takes_a_kilobyte)
{
    const ti_claims_t *claims = claims_of(
        "{\"active\":true,\"sub\":\"alice\",\"client_id\":\"app\","
        "\"username\":\"alice@example.org\",\"iss\":\"https://as.example\","
        "\"aud\":\"https://api.example\",\"scope\":\"read write profile\","
        "\"token_type\":\"Bearer\",\"exp\":1796000000,\"iat\":1795960000,"
        "\"nbf\":1795960000,\"jti\":\"b2a7c1a4-6f1e-4f0e-9a55-1c1f6b8b3d10\","
        "\"email\":\"alice@example.org\",\"email_verified\":true,"
        "\"name\":\"Alice Example\",\"given_name\":\"Alice\","
        "\"family_name\":\"Example\",\"preferred_username\":\"alice\","
        "\"locale\":\"en-GB\",\"zoneinfo\":\"Europe/Berlin\","
        "\"groups\":[\"staff\",\"editors\",\"beta\"],"
        "\"acr\":\"urn:example:loa:2\"}");

    ck_assert_uint_eq(claims->entries, 22);
    ck_assert_uint_le(claims->size, 1000);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("record");
    TCase *one = tcase_create("record");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, times_are_read_by_value);
    tcase_add_test(one, an_expiry_of_zero_or_null_is_none);
    tcase_add_test(one, a_time_that_is_no_number_is_unreadable);
    tcase_add_test(one, nbf_and_iat_have_their_places);
    tcase_add_test(one, top_level_members_have_names_for_export);
    tcase_add_test(one, no_member_takes_the_name_of_one_that_needed_no_change);
    tcase_add_test(one, words_are_parted_by_spaces_only);
    tcase_add_test(one, a_record_cut_short_or_of_another_size_is_not_valid);
    tcase_add_test(one, a_text_can_be_attached);
    tcase_add_test(one, a_member_is_compiled_as_if_it_stood_alone);
    tcase_add_test(one, a_block_of_zeros_is_not_valid);
    tcase_add_test(one, a_record_of_another_version_is_not_valid);
    tcase_add_test(one, a_record_that_does_not_end_with_a_nul_is_not_valid);
    tcase_add_test(
        one,
        a_record_with_any_altered_byte_is_refused_or_read_within_its_block);
    tcase_add_test(one, an_offset_or_length_that_leaves_the_block_is_not_valid);
    tcase_add_test(one, an_array_of_more_elements_than_there_are_is_not_valid);
    tcase_add_test(one, an_array_that_holds_itself_is_not_valid);
    tcase_add_test(one, names_are_sorted_and_would_be_variables_as_they_are);
    tcase_add_test(one, a_member_is_found_by_its_number_as_by_its_name);
    tcase_add_test(one,
                   a_name_that_is_no_number_or_has_another_length_is_not_valid);
    tcase_add_test(one, a_usual_answer_of_22_claims_takes_a_kilobyte);
    suite_add_tcase(all, one);
    return all;
}
