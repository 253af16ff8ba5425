/* SPDX-License-Identifier: Apache-2.0
 *
 * base64url: one text for the same bytes, and no other.
 */
#include "vector.h"

static int is_read(const char *text)
{
    ti_bytes_t bytes;

    return ti_base64url_read(&bytes, text, strlen(text), pool);
}

/* RFC 4648 10, RFC 7515 C */
START_TEST(bytes_come_back)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg"},
                                           {"fo", "Zm8"},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg"},
                                           {"fooba", "Zm9vYmE"},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xef\xbe", "_---"}};
    ti_bytes_t bytes;
    apr_size_t i;

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        ck_assert_str_eq(
            ti_base64url_write(pairs[i][0], strlen(pairs[i][0]), pool),
            pairs[i][1]);
        ck_assert(
            ti_base64url_read(&bytes, pairs[i][1], strlen(pairs[i][1]), pool));
        ck_assert_uint_eq(bytes.size, strlen(pairs[i][0]));
        ck_assert_str_eq((const char *)bytes.data, pairs[i][0]);
    }
}
END_TEST

START_TEST(another_text_for_the_same_bytes_is_refused)
{
    static const char *const bad[] = {"Zg==", "Zh",    "Zm9=",    "Zm9",
                                      "Z",    "Zm9vY", "Zm 9v",   "Zm9v\n",
                                      "Zm+v", "Zm/v",  "Zm9v\x80"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(!is_read(bad[i]), "%s", bad[i]);
    }
    ck_assert(is_read("Zm8"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base64url");
    TCase *tc = tcase_create("base64url");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_test(tc, bytes_come_back);
    tcase_add_test(tc, another_text_for_the_same_bytes_is_refused);
    suite_add_tcase(s, tc);
    return s;
}
