/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys: what is read, what it binds to, what is given away of it.
 */
#include "vector.h"

#define EC_X "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""
#define EC_Y "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "," EC_Y
#define OKP_X "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define OKP "\"kty\":\"OKP\",\"crv\":\"Ed25519\"," OKP_X
#define OCT                                                                    \
    "\"kty\":\"oct\",\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\""

static ti_binding_t may(const char *text)
{
    ti_jwk_t *key = jwk_of(text);

    ck_assert_msg(key != NULL, "%s", text);
    return key->may;
}

/* One of the vectors with a member replaced; `value` NULL: taken away. */
static const char *altered(const char *text, const char *name,
                           const char *value)
{
    const char *member = apr_pstrcat(pool, "\"", name, "\":\"", NULL);
    const char *at = strstr(text, member);
    const char *end;

    ck_assert_ptr_nonnull(at);
    end = strchr(at + strlen(member), '"') + 1;
    end += *end == ',' ? 1 : 0;
    return apr_pstrcat(pool, apr_pstrndup(pool, text, (apr_size_t)(at - text)),
                       value != NULL ? member : "", value != NULL ? value : "",
                       value != NULL ? "\"" : "",
                       value != NULL && end[-1] == ',' ? "," : "", end, NULL);
}

START_TEST(a_key_is_bound_by_its_type)
{
    ti_binding_t rsa = may(vector("rfc7515_A.2.jwk"));

    ck_assert_uint_eq(rsa.verify, TI_ALGS_RSA);
    ck_assert_uint_eq(rsa.sign, TI_ALGS_RSA);
    ck_assert_uint_eq(rsa.decrypt, TI_ALGS_OAEP);
    ck_assert_uint_eq(may("{" EC "}").verify, TI_ALG_ES256);
    ck_assert_uint_eq(may("{" EC "}").sign, 0);
    ck_assert_uint_eq(may("{" EC "}").decrypt, 0);
    ck_assert_uint_eq(may(vector("rfc7515_A.4.jwk")).sign, TI_ALG_ES512);
    ck_assert_uint_eq(may(vector("rfc7515_A.4.jwk")).decrypt, TI_ALG_ECDH_ES);
    ck_assert_uint_eq(may("{" OKP "}").verify, TI_ALG_EDDSA);
    ck_assert_uint_eq(may("{" OCT "}").sign, TI_ALG_HS256);
    ck_assert_uint_eq(may(vector("rfc7515_A.1.jwk")).verify, TI_ALGS_HS);
    ck_assert_uint_eq(may(vector("cookbook_x25519.jwk")).decrypt,
                      TI_ALG_ECDH_ES);
    ck_assert_uint_eq(may(vector("cookbook_x25519.jwk")).verify, 0);
}
END_TEST

START_TEST(a_key_is_bound_by_what_it_says)
{
    ck_assert_uint_eq(may("{" EC ",\"use\":\"enc\"}").verify, 0);
    ck_assert_uint_eq(may("{" EC ",\"use\":\"sig\"}").verify, TI_ALG_ES256);
    ck_assert_uint_eq(may("{" EC ",\"use\":\"tls\"}").verify, 0);
    ck_assert_uint_eq(may("{" EC ",\"alg\":\"ES256\"}").verify, TI_ALG_ES256);
    ck_assert_uint_eq(may("{" EC ",\"alg\":\"ES384\"}").verify, 0);
    ck_assert_uint_eq(may("{" EC ",\"alg\":\"HS256\"}").verify, 0);
    ck_assert_uint_eq(may("{" OKP ",\"alg\":\"Ed25519\"}").verify,
                      TI_ALG_EDDSA);
    ck_assert_uint_eq(may("{" OKP ",\"alg\":\"EdDSA\"}").verify, TI_ALG_EDDSA);
    ck_assert_uint_eq(may("{" EC ",\"key_ops\":[\"verify\"]}").verify,
                      TI_ALG_ES256);
    ck_assert_uint_eq(may("{" EC ",\"key_ops\":[\"sign\"]}").verify, 0);
    ck_assert_uint_eq(may("{" OCT ",\"key_ops\":[\"verify\"]}").sign, 0);
    ck_assert_uint_eq(may(vector("rfc7520_4.1.jwk")).decrypt, 0);
    ck_assert_uint_eq(may(vector("rfc7520_5.2.jwk")).sign, 0);
    ck_assert_uint_eq(may(vector("rfc7520_5.2.jwk")).decrypt, TI_ALG_RSA_OAEP);
}
END_TEST

START_TEST(what_is_no_key_is_refused)
{
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "{\"kty\":\"EC\"}",
        "{\"kty\":7}",
        "{\"kty\":\"RSA\"}",
        "{" EC ",\"kty\":\"EC\"}", /* a duplicate */
        "{" EC ",\"use\":7}",
        "{" EC ",\"alg\":[]}",
        "{" EC ",\"kid\":1}",
        "{" EC ",\"key_ops\":\"verify\"}",
        "{" EC ",\"d\":\"AA\"}",
        "{" EC ",\"d\":7}",
        "{\"kty\":\"oct\",\"k\":\"c2hvcnQ\"}",
        "{\"kty\":\"oct\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-257\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"Ed25519\"," OKP_X "}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "}",
        "{\"kty\":\"OKP\",\"crv\":\"P-256\"," EC_X "," EC_Y "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7T\"}",
        "{" OKP ",\"d\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(jwk_of(bad[i]) == NULL, "%s", bad[i]);
    }
}
END_TEST

START_TEST(a_point_off_its_curve_is_refused)
{
    const char *y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1";
    const char *zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    ck_assert_ptr_null(jwk_of(altered("{" EC "}", "y", y)));
    ck_assert_ptr_null(
        jwk_of(altered(altered("{" EC "}", "y", zero), "x", zero)));
    ck_assert_ptr_nonnull(jwk_of("{" EC "}"));
}
END_TEST

START_TEST(halves_that_do_not_belong_together_are_refused)
{
    const char *ec = vector("rfc7515_A.3.jwk");
    const char *rsa = vector("rfc7515_A.2.jwk");
    const char *other = vector("rfc7520_4.1.jwk");
    const char *n = strstr(other, "\"n\":\"") + 5;

    ck_assert_ptr_nonnull(jwk_of(ec));
    ck_assert_ptr_null(jwk_of(
        altered(ec, "d", "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LJ")));
    ck_assert_ptr_null(jwk_of(altered(
        rsa, "n", apr_pstrndup(pool, n, (apr_size_t)(strchr(n, '"') - n)))));
}
END_TEST

START_TEST(an_rsa_key_lacks_nothing)
{
    static const char *const names[] = {"n", "e", "p", "q", "dp", "dq", "qi"};
    const char *rsa = vector("rfc7515_A.2.jwk");
    apr_size_t i;

    ck_assert_ptr_nonnull(jwk_of(rsa));
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_msg(jwk_of(altered(rsa, names[i], NULL)) == NULL, "%s",
                      names[i]);
    }
    /* without d it is a public key */
    ck_assert_uint_eq(may(altered(rsa, "d", NULL)).sign, 0);
}
END_TEST

START_TEST(weak_rsa_keys_are_refused)
{
    static const char *const exponents[] = {"AQ", "Ag", "AQAA",
                                            "AQAAAAAAAAAAAAAB", "AA"};
    const char *good = altered(vector("rfc7515_A.2.jwk"), "d", NULL);
    const char *n = strstr(good, "\"n\":\"") + 5;
    apr_size_t i;

    ck_assert_ptr_nonnull(jwk_of(good));
    /* 2,040 bits: the last byte is gone, and the number still odd */
    ck_assert_ptr_null(jwk_of(altered(good, "n", apr_pstrndup(pool, n, 340))));
    for (i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
        ck_assert_msg(jwk_of(altered(good, "e", exponents[i])) == NULL, "%s",
                      exponents[i]);
    }
    ck_assert_ptr_nonnull(jwk_of(altered(good, "e", "Aw")));
}
END_TEST

/* RFC 7638 3.1, RFC 8037 A.3 */
START_TEST(thumbprints_are_those_of_the_rfcs)
{
    ck_assert_str_eq(ti_jwk_thumbprint(jwk_of(vector("rfc7638_3.1.jwk")), pool),
                     vector("rfc7638_3.1.txt"));
    ck_assert_str_eq(ti_jwk_thumbprint(jwk_of(vector("rfc8037_A.1.jwk")), pool),
                     vector("rfc8037_A.3.txt"));
    /* of the private and of the public key it is one */
    ck_assert_str_eq(ti_jwk_thumbprint(jwk_of(vector("rfc7515_A.3.jwk")), pool),
                     ti_jwk_thumbprint(jwk_of("{" EC "}"), pool));
    ck_assert_ptr_null(ti_jwk_thumbprint(jwk_of("{" OCT "}"), pool));
}
END_TEST

START_TEST(nothing_private_is_given_away)
{
    static const char *const names[] = {
        "rfc7515_A.2.jwk", "rfc7515_A.3.jwk", "rfc7515_A.4.jwk",
        "rfc7520_5.2.jwk", "rfc8037_A.1.jwk", "cookbook_x25519.jwk"};
    static const char *const members[] = {"\"d\"",  "\"p\"",  "\"q\"", "\"dp\"",
                                          "\"dq\"", "\"qi\"", "\"k\""};
    apr_size_t i, m;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ti_jwk_t *key = jwk_of(vector(names[i]));
        const char *text = ti_jwk_public(key, pool);
        ti_jwk_t *again = jwk_of(text);

        ck_assert_ptr_nonnull(again);
        ck_assert_uint_eq(again->may.sign | again->may.decrypt, 0);
        ck_assert_ptr_nonnull(again->kid);
        ck_assert_str_eq(ti_jwk_thumbprint(again, pool),
                         ti_jwk_thumbprint(key, pool));
        for (m = 0; m < sizeof(members) / sizeof(members[0]); m++) {
            ck_assert_msg(strstr(text, members[m]) == NULL, "%s", text);
        }
    }
    ck_assert_ptr_null(ti_jwk_public(jwk_of("{" OCT "}"), pool));
}
END_TEST

/* A cleanup that was registered before the key was made runs after the key's
 * own, when the memory is still there. */
static const ti_jwk_t *watched;
static int wiped;

static apr_status_t look(void *data)
{
    apr_size_t i;

    (void)data;
    wiped = watched->secret.size == 32;
    for (i = 0; i < watched->secret.size; i++) {
        wiped = wiped && watched->secret.data[i] == 0;
    }
    return APR_SUCCESS;
}

START_TEST(a_secret_is_wiped_with_its_pool)
{
    apr_pool_t *inner;
    const char *why;

    apr_pool_create(&inner, pool);
    apr_pool_cleanup_register(inner, NULL, look, apr_pool_cleanup_null);
    watched = ti_jwk_read(&why, "{" OCT "}", strlen("{" OCT "}"), inner);
    ck_assert_ptr_nonnull(watched);
    ck_assert_int_eq(watched->secret.data[31], 31);
    apr_pool_destroy(inner);
    ck_assert_int_eq(wiped, 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("jwk");
    TCase *tc = tcase_create("jwk");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_test(tc, a_key_is_bound_by_its_type);
    tcase_add_test(tc, a_key_is_bound_by_what_it_says);
    tcase_add_test(tc, what_is_no_key_is_refused);
    tcase_add_test(tc, a_point_off_its_curve_is_refused);
    tcase_add_test(tc, halves_that_do_not_belong_together_are_refused);
    tcase_add_test(tc, an_rsa_key_lacks_nothing);
    tcase_add_test(tc, weak_rsa_keys_are_refused);
    tcase_add_test(tc, thumbprints_are_those_of_the_rfcs);
    tcase_add_test(tc, nothing_private_is_given_away);
    tcase_add_test(tc, a_secret_is_wiped_with_its_pool);
    suite_add_tcase(s, tc);
    return s;
}
