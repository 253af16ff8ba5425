/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures: the RFCs' are good, ours are too, and nothing else is.
 */
#include "vector.h"

#include <openssl/err.h>

#include "jose/compact.h"

/* Of each RFC: the file's name, and the algorithm that has to be allowed. */
static const struct {
    const char *name;
    ti_alg_t alg;
    const char *payload; /* how it begins */
} signed_by[] = {
    {"rfc7515_A.1", TI_ALG_HS256, "{\"iss\":\"joe\""},
    {"rfc7515_A.2", TI_ALG_RS256, "{\"iss\":\"joe\""},
    {"rfc7515_A.3", TI_ALG_ES256, "{\"iss\":\"joe\""},
    {"rfc7515_A.4", TI_ALG_ES512, "Payload"},
    {"rfc7520_4.1", TI_ALG_RS256, "It\xe2\x80\x99s a dangerous business"},
    {"rfc7520_4.2", TI_ALG_PS384, "It\xe2\x80\x99s a dangerous business"},
    {"rfc7520_4.3", TI_ALG_ES512, "It\xe2\x80\x99s a dangerous business"},
    {"rfc7520_4.4", TI_ALG_HS256, "It\xe2\x80\x99s a dangerous business"},
    {"rfc8037_A.4", TI_ALG_EDDSA, "Example of Ed25519 signing"},
};
#define SIGNED_BY ((int)(sizeof(signed_by) / sizeof(signed_by[0])))

static ti_jwk_t *signer(int i)
{
    const char *name = strcmp(signed_by[i].name, "rfc8037_A.4") == 0
                           ? "rfc8037_A.1"
                           : signed_by[i].name;
    ti_jwk_t *key = jwk_of(vector(apr_pstrcat(pool, name, ".jwk", NULL)));

    ck_assert_ptr_nonnull(key);
    return key;
}

static char *jws_of(int i)
{
    return vector(apr_pstrcat(pool, signed_by[i].name, ".jws", NULL));
}

START_TEST(the_signatures_of_the_rfcs_are_good)
{
    ti_opened_t opened =
        verified(jws_of(_i), only(signer(_i)), signed_by[_i].alg);

    ck_assert_msg(opened.opening == TI_OPENING_DONE, "%s: %s",
                  signed_by[_i].name, opened.why);
    ck_assert_ptr_null(opened.why);
    ck_assert_int_eq(opened.alg, signed_by[_i].alg);
    ck_assert_int_eq(strncmp((const char *)opened.content.data,
                             signed_by[_i].payload,
                             strlen(signed_by[_i].payload)),
                     0);
}
END_TEST

START_TEST(an_algorithm_that_is_not_allowed_is_refused)
{
    ti_algs_t others = TI_ALGS_SIGNATURE & ~(ti_algs_t)signed_by[_i].alg;

    ck_assert_int_eq(verified(jws_of(_i), only(signer(_i)), others).opening,
                     TI_OPENING_REFUSED);
    ck_assert_int_eq(verified(jws_of(_i), only(signer(_i)), 0).opening,
                     TI_OPENING_REFUSED);
}
END_TEST

START_TEST(a_changed_signature_or_payload_is_refused)
{
    char *jws = jws_of(_i);
    apr_size_t last = strlen(jws) - 3; /* whose bits all count */
    apr_size_t middle = (apr_size_t)(strchr(jws, '.') - jws) + 4;

    jws[last] = jws[last] == 'A' ? 'B' : 'A';
    ck_assert_int_eq(verified(jws, only(signer(_i)), TI_ALGS_SIGNATURE).opening,
                     TI_OPENING_REFUSED);
    jws = jws_of(_i);
    jws[middle] = jws[middle] == 'A' ? 'B' : 'A';
    ck_assert_int_eq(verified(jws, only(signer(_i)), TI_ALGS_SIGNATURE).opening,
                     TI_OPENING_REFUSED);
}
END_TEST

START_TEST(a_signature_cut_short_or_longer_is_refused)
{
    char *jws = jws_of(_i);
    char *longer = apr_pstrcat(pool, jws, "AAAA", NULL);

    ck_assert_int_eq(
        verified(longer, only(signer(_i)), TI_ALGS_SIGNATURE).opening,
        TI_OPENING_REFUSED);
    jws[strlen(jws) - 4] = '\0';
    ck_assert_int_eq(verified(jws, only(signer(_i)), TI_ALGS_SIGNATURE).opening,
                     TI_OPENING_REFUSED);
    strrchr(jws, '.')[1] = '\0';
    ck_assert_int_eq(verified(jws, only(signer(_i)), TI_ALGS_SIGNATURE).opening,
                     TI_OPENING_REFUSED);
}
END_TEST

/* RFC 9864 */
START_TEST(eddsa_is_verified_by_either_name)
{
    static const char *const names[] = {"EdDSA", "Ed25519"};
    ti_jwk_t *key = jwk_of(vector("rfc8037_A.1.jwk"));
    ti_bytes_t payload = bytes_of("{}");
    apr_size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *jws = ti_jws_sign_as(key, names[i], "JWT", &payload, pool);
        ti_compact_t compact;

        ck_assert_ptr_nonnull(jws);
        ck_assert_ptr_null(
            ti_compact_read(&compact, jws, strlen(jws), TI_COMPACT_JWS, pool));
        ck_assert_ptr_nonnull(
            strstr((const char *)compact.parts[0].data, names[i]));
        ck_assert_int_eq(verified(jws, only(key), TI_ALG_EDDSA).opening,
                         TI_OPENING_DONE);
        ck_assert_int_eq(verified(jws, only(key), TI_ALG_ES256).opening,
                         TI_OPENING_REFUSED);
    }
    ck_assert_ptr_null(ti_jws_sign_as(key, "Ed448", "JWT", &payload, pool));
}
END_TEST

START_TEST(what_we_sign_we_verify)
{
    static const ti_alg_t algs[] = {TI_ALG_HS256, TI_ALG_HS384, TI_ALG_HS512,
                                    TI_ALG_RS256, TI_ALG_RS384, TI_ALG_RS512,
                                    TI_ALG_PS256, TI_ALG_PS384, TI_ALG_PS512,
                                    TI_ALG_ES256, TI_ALG_ES512, TI_ALG_EDDSA};
    ti_jwk_t *key = signer(_i);
    ti_bytes_t payload = bytes_of("{\"iss\":\"rs\"}");
    int count = 0;
    apr_size_t i;

    for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
        const char *jws = ti_jws_sign(key, algs[i], "JWT", &payload, pool);
        ti_opened_t opened;

        ck_assert_int_eq(jws != NULL, (key->may.sign & algs[i]) != 0);
        if (jws == NULL) {
            continue;
        }
        count++;
        opened = verified(jws, only(key), algs[i]);
        ck_assert_msg(opened.opening == TI_OPENING_DONE, "%s: %s",
                      ti_alg_name(algs[i]), opened.why);
        ck_assert_str_eq((const char *)opened.content.data, "{\"iss\":\"rs\"}");
        ck_assert_str_eq(opened.typ, "JWT");
        ck_assert_int_eq(opened.kid != NULL, key->kid != NULL);
    }
    ck_assert_int_gt(count, 0);
}
END_TEST

/* RFC 7515 A.5; RFC 8725 2.1 */
START_TEST(none_is_refused)
{
    const char *jws = vector("rfc7515_A.5.jws");

    ck_assert_int_eq(verified(jws, only(signer(0)), ~0U).opening,
                     TI_OPENING_REFUSED);
    jws = jws_with("{\"alg\":\"None\"}", "{}", NULL);
    ck_assert_int_eq(verified(jws, only(signer(0)), ~0U).opening,
                     TI_OPENING_REFUSED);
    jws = jws_with("{\"typ\":\"JWT\"}", "{}", NULL);
    ck_assert_int_eq(verified(jws, only(signer(0)), ~0U).opening,
                     TI_OPENING_REFUSED);
}
END_TEST

/* RFC 8725 2.1: the public key as if it were a secret for HMAC */
START_TEST(a_public_key_is_no_secret)
{
    const char *text = ti_jwk_public(signer(1), pool);
    ti_jwk_t *as_secret = ti_jwk_of_secret(text, strlen(text), pool);
    ti_bytes_t payload = bytes_of("{}");
    const char *forged =
        ti_jws_sign(as_secret, TI_ALG_HS256, "JWT", &payload, pool);

    ck_assert_ptr_nonnull(forged);
    ck_assert_int_eq(verified(forged, only(jwk_of(text)), ~0U).opening,
                     TI_OPENING_NO_KEY);
}
END_TEST

START_TEST(a_header_that_means_more_is_refused)
{
    static const char *const headers[] = {
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"HS256\",\"crit\":[]}",
        "{\"alg\":\"HS256\",\"b64\":false}",
        "{\"alg\":\"HS256\",\"zip\":\"DEF\"}",
        "{\"alg\":\"none\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"kid\":7}",
        "{\"alg\":[\"HS256\"]}",
        "[\"HS256\"]",
        "{\"alg\":\"HS256\"} ;",
        "{\"alg\":\"HS256\",\"kid\":\"a\\u0000b\"}"};
    ti_jwk_t *key = jwk_of(vector("rfc7515_A.1.jwk"));
    apr_size_t i;

    ck_assert_int_eq(
        verified(jws_with("{\"alg\":\"HS256\"}", "{}", key), only(key), ~0U)
            .opening,
        TI_OPENING_DONE);
    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        const char *jws = jws_with(headers[i], "{}", key);

        ck_assert_msg(verified(jws, only(key), ~0U).opening ==
                          TI_OPENING_REFUSED,
                      "%s", headers[i]);
    }
}
END_TEST

START_TEST(parts_are_three_and_strict)
{
    ti_jwk_t *key = jwk_of(vector("rfc7515_A.1.jwk"));
    const char *good = jws_with("{\"alg\":\"HS256\"}", "{}", key);
    const char *bad[] = {apr_pstrcat(pool, good, ".", NULL),
                         apr_pstrcat(pool, good, "=", NULL),
                         apr_pstrcat(pool, good, "\n", NULL),
                         apr_pstrcat(pool, " ", good, NULL),
                         apr_pstrcat(pool, ".", good, NULL),
                         apr_pstrndup(pool, good, strlen(good) - 44),
                         "",
                         ".",
                         "..",
                         "...."};
    apr_size_t i;

    ck_assert_int_eq(verified(good, only(key), ~0U).opening, TI_OPENING_DONE);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(verified(bad[i], only(key), ~0U).opening ==
                          TI_OPENING_REFUSED,
                      "%s", bad[i]);
    }
}
END_TEST

START_TEST(a_text_beyond_the_limit_is_refused)
{
    ti_jwk_t *key = jwk_of(vector("rfc7515_A.1.jwk"));
    char *payload = apr_palloc(pool, 96 * 1024 + 1);

    memset(payload, 'x', 96 * 1024);
    payload[96 * 1024] = '\0';
    ck_assert_int_eq(
        verified(jws_with("{\"alg\":\"HS256\"}", payload, key), only(key), ~0U)
            .opening,
        TI_OPENING_REFUSED);
    payload[64 * 1024] = '\0';
    ck_assert_int_eq(
        verified(jws_with("{\"alg\":\"HS256\"}", payload, key), only(key), ~0U)
            .opening,
        TI_OPENING_DONE);
}
END_TEST

/* What others had left in OpenSSL's queue of this thread is theirs. */
START_TEST(the_error_queue_stays_as_it_was)
{
    char *jws = jws_of(_i);
    unsigned long before;

    ERR_clear_error();
    ck_assert_int_eq(verified(jws, only(signer(_i)), ~0U).opening,
                     TI_OPENING_DONE);
    jws[strlen(jws) - 3] ^= 1;
    verified(jws, only(signer(_i)), ~0U);
    ck_assert_int_eq((int)ERR_peek_error(), 0);

    ERR_raise(ERR_LIB_USER, 42);
    before = ERR_peek_error();
    verified(jws, only(signer(_i)), ~0U);
    ck_assert_ptr_null(jwk_of("{\"kty\":\"EC\",\"crv\":\"P-256\"}"));
    ck_assert(ERR_peek_last_error() == before);
    ck_assert(ERR_get_error() == before);
    ck_assert_int_eq((int)ERR_peek_error(), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("jws");
    TCase *tc = tcase_create("jws");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_loop_test(tc, the_signatures_of_the_rfcs_are_good, 0, SIGNED_BY);
    tcase_add_loop_test(tc, an_algorithm_that_is_not_allowed_is_refused, 0,
                        SIGNED_BY);
    tcase_add_loop_test(tc, a_changed_signature_or_payload_is_refused, 0,
                        SIGNED_BY);
    tcase_add_loop_test(tc, a_signature_cut_short_or_longer_is_refused, 0,
                        SIGNED_BY);
    tcase_add_loop_test(tc, what_we_sign_we_verify, 0, SIGNED_BY);
    tcase_add_test(tc, eddsa_is_verified_by_either_name);
    tcase_add_test(tc, none_is_refused);
    tcase_add_test(tc, a_public_key_is_no_secret);
    tcase_add_test(tc, a_header_that_means_more_is_refused);
    tcase_add_test(tc, parts_are_three_and_strict);
    tcase_add_test(tc, a_text_beyond_the_limit_is_refused);
    tcase_add_loop_test(tc, the_error_queue_stays_as_it_was, 0, SIGNED_BY);
    suite_add_tcase(s, tc);
    return s;
}
