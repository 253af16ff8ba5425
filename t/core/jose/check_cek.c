/* SPDX-License-Identifier: Apache-2.0
 *
 * The content encryption key: the RFC's, and a random one where there is none.
 */
#include "encrypted.h"

#include "jose/cek.h"

static ti_compact_t header_only(const char *header)
{
    char *jwe = apr_pstrcat(
        pool, ti_base64url_write(header, strlen(header), pool), "....", NULL);
    ti_compact_t compact;

    ck_assert_ptr_null(
        ti_compact_read(&compact, jwe, strlen(jwe), TI_COMPACT_JWE, pool));
    return compact;
}

/* RFC 7518 C */
START_TEST(the_agreed_key_is_that_of_the_rfc)
{
    ti_compact_t compact = header_only(vector("rfc7518_C.json"));
    unsigned char cek[TI_CEK_SIZE_MAX];

    ck_assert(
        ti_cek_find(cek, &compact, jwk_of(vector("rfc7518_C.jwk")), pool));
    ck_assert_str_eq(ti_base64url_write(cek, 16, pool),
                     vector("rfc7518_C.txt"));
    ck_assert_int_eq(cek[16], 0);
}
END_TEST

/* RFC 7516 11.5; and a key of a sender's that is no point, of another curve,
 * or a party beyond its limit */
START_TEST(where_there_is_no_key_there_is_a_random_one)
{
    static const char *const epks[] = {
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"gI0GAILBdu7T53akrFmMyGcsF3n5"
        "dO7MmwNBHKW5SV0\",\"y\":\"SLW_xSffzlPWrHEVI30DHM_"
        "4egVwt3NQqeUD7nMFppt\""
        "}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"hSDwCYkwp1R0i33ctD73Wg2_"
        "Og0mOBr066SpjqqbTmo\"}",
        "{}", "7", "{\"kty\":\"oct\",\"k\":\"AAAA\"}"};
    ti_jwk_t *key = jwk_of(vector("rfc7518_C.jwk"));
    unsigned char cek[2][TI_CEK_SIZE_MAX];
    apr_size_t i;

    for (i = 0; i < sizeof(epks) / sizeof(epks[0]); i++) {
        ti_compact_t compact = header_only(apr_pstrcat(
            pool, "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"epk\":", epks[i],
            "}", NULL));

        ck_assert(ti_cek_find(cek[0], &compact, key, pool));
        ck_assert(ti_cek_find(cek[1], &compact, key, pool));
        ck_assert_msg(memcmp(cek[0], cek[1], TI_CEK_SIZE_MAX) != 0, "%s",
                      epks[i]);
    }
}
END_TEST

static ti_compact_t rsa_header(const char *enc)
{
    return header_only(apr_pstrcat(pool, "{\"alg\":\"RSA-OAEP-256\",\"enc\":\"",
                                   enc, "\"}", NULL));
}

/* Of one that is too long the beginning would do, of one that is too short the
 * zeros after it. */
START_TEST(a_key_of_another_size_is_none)
{
    static const struct {
        const char *enc;
        apr_size_t size; /* that it has */
    } rows[] = {{"A128CBC-HS256", 16}, {"A128CBC-HS256", 31},
                {"A128CBC-HS256", 33}, {"A128CBC-HS256", 64},
                {"A256CBC-HS512", 32}, {"A256CBC-HS512", 63},
                {"A256CBC-HS512", 65}, {"A128GCM", 32},
                {"A256GCM", 64},       {"A256GCM", 16}};
    ti_jwk_t *key = jwk_of(vector("rfc7516_A.1.jwk"));
    unsigned char cek[2][TI_CEK_SIZE_MAX];
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ti_bytes_t sent = room(rows[i].size);
        ti_compact_t compact = rsa_header(rows[i].enc);

        compact.parts[1] = wrapped(key, &sent);
        ck_assert(ti_cek_find(cek[0], &compact, key, pool));
        ck_assert(ti_cek_find(cek[1], &compact, key, pool));
        ck_assert_msg(memcmp(cek[0], cek[1], 16) != 0, "%s: %d", rows[i].enc,
                      (int)rows[i].size);
    }
}
END_TEST

START_TEST(a_key_that_was_sent_is_that_one)
{
    static const struct {
        const char *enc;
        apr_size_t size;
    } rows[] = {{"A128GCM", 16},
                {"A256GCM", 32},
                {"A128CBC-HS256", 32},
                {"A256CBC-HS512", 64}};
    ti_jwk_t *key = jwk_of(vector("rfc7516_A.1.jwk"));
    unsigned char cek[TI_CEK_SIZE_MAX];
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ti_bytes_t sent = room(rows[i].size);
        ti_compact_t compact = rsa_header(rows[i].enc);

        memset(sent.data, 'k', sent.size);
        compact.parts[1] = wrapped(key, &sent);
        ck_assert(ti_cek_find(cek, &compact, key, pool));
        ck_assert_int_eq(memcmp(cek, sent.data, sent.size), 0);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("cek");
    TCase *tc = tcase_create("cek");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_test(tc, the_agreed_key_is_that_of_the_rfc);
    tcase_add_test(tc, where_there_is_no_key_there_is_a_random_one);
    tcase_add_test(tc, a_key_of_another_size_is_none);
    tcase_add_test(tc, a_key_that_was_sent_is_that_one);
    suite_add_tcase(s, tc);
    return s;
}
