/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of keys, and keys in PEM.
 */
#include "vector.h"

#include "jose/object.h"

static ti_jwks_t *set_of(const char *text)
{
    const char *why;

    return ti_jwks_read(&why, text, strlen(text), pool);
}

static ti_jwks_t *loaded(const char *text)
{
    const char *why;
    ti_jwks_t *jwks = ti_jwks_load(&why, text, strlen(text), pool);

    ck_assert((jwks == NULL) == (why != NULL));
    return jwks;
}

static int found(const ti_jwks_t *jwks, ti_jwks_purpose_t purpose, ti_alg_t alg,
                 const char *kid)
{
    const ti_jwk_t *keys[TI_JWKS_TRIES];

    return ti_jwks_find(keys, jwks, purpose, alg, kid);
}

/* What openssl prints for this command, as PEM. */
static const char *openssl(const char *command)
{
    char *text = apr_pcalloc(pool, VECTOR_MAX);
    FILE *out = popen(
        apr_pstrcat(pool, "openssl ", command, " 2>/dev/null", NULL), "r");
    size_t size;

    ck_assert_ptr_nonnull(out);
    size = fread(text, 1, VECTOR_MAX - 1, out);
    ck_assert_int_eq(pclose(out), 0);
    ck_assert_uint_gt(size, 0);
    return text;
}

/* RFC 7517 A.1, A.2, A.3 */
START_TEST(the_sets_of_the_rfc_are_read)
{
    ti_jwks_t *jwks = set_of(vector("rfc7517_A.1.jwks"));

    /* the other has use "enc" and no d: it is for nothing that we do */
    ck_assert_int_eq(jwks->keys->nelts, 1);
    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_ES256, NULL), 0);
    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_RS256, NULL), 1);
    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_RS256, "2011-04-29"),
                     1);
    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_RS384, NULL), 0);
    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_RS256, "other"), 0);

    jwks = set_of(vector("rfc7517_A.2.jwks"));
    ck_assert_int_eq(found(jwks, TI_JWKS_SIGN, TI_ALG_RS256, NULL), 1);
    jwks = set_of(vector("rfc7517_A.3.jwks"));
    ck_assert_int_eq(found(jwks, TI_JWKS_SIGN, TI_ALG_HS256, NULL), 1);
    ck_assert_ptr_nonnull(jwk_of(vector("rfc7517_B.jwk")));
}
END_TEST

/* RFC 7517 5: SHOULD ignore; what an administrator wrote is not ignored */
START_TEST(keys_that_cannot_be_used_are_skipped)
{
    const char *text =
        apr_pstrcat(pool, "{\"keys\":[{\"kty\":\"new\"},7,{\"kty\":\"EC\"},",
                    vector("rfc7638_3.1.jwk"), "]}", NULL);
    ti_jwks_t *jwks = set_of(text);

    ck_assert_int_eq(jwks->keys->nelts, 1);
    ck_assert_ptr_nonnull(jwks->why);
    ck_assert_ptr_null(loaded(text));
    ck_assert_int_eq(set_of("{\"keys\":[]}")->keys->nelts, 0);
    ck_assert_ptr_null(loaded("{\"keys\":[]}"));
}
END_TEST

START_TEST(what_is_no_set_is_refused)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"oct\",\"kty\":\"oct\"}]}",
        "{\"keys\":[]} x"};
    apr_size_t i;
    const char *many = "{}";

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(set_of(bad[i]) == NULL, "%s", bad[i]);
    }
    for (i = 1; i < TI_JWKS_MAX; i++) {
        many = apr_pstrcat(pool, many, ",{}", NULL);
    }
    ck_assert_ptr_nonnull(
        set_of(apr_pstrcat(pool, "{\"keys\":[", many, "]}", NULL)));
    ck_assert_ptr_null(
        set_of(apr_pstrcat(pool, "{\"keys\":[", many, ",{}]}", NULL)));
}
END_TEST

/* In what our reading leaves behind. */
START_TEST(too_many_keys_are_refused_as_that_and_wiped)
{
    const char *why;
    const char *many = vector("rfc7515_A.1.jwk");
    const char *text;
    const json_t *object;
    int i;

    for (i = 0; i < TI_JWKS_MAX; i++) {
        many = apr_pstrcat(pool, many, ",{}", NULL);
    }
    text = apr_pstrcat(pool, "{\"keys\":[", many, "]}", NULL);
    ck_assert_ptr_null(ti_jwks_load(&why, text, strlen(text), pool));
    ck_assert_str_eq(why, "it has more than 64 keys");
    ck_assert_ptr_null(ti_jwks_load(&why, "{\"keys\":7}", 10, pool));
    ck_assert_str_eq(why, "it has no array of keys");

    object = ti_object_read(text, strlen(text), pool);
    ck_assert_ptr_null(ti_jwks_of_object(&why, object, pool));
    ck_assert_str_eq(
        json_string_value(json_object_get(
            json_array_get(json_object_get(object, "keys"), 0), "k")),
        "");
}
END_TEST

START_TEST(a_use_is_written_where_the_key_has_one_only)
{
    const char *rsa = openssl("genpkey -algorithm RSA");
    const ti_jwks_t *both = loaded(rsa);
    const ti_jwks_t *one = loaded(openssl("genpkey -algorithm ED25519"));

    ck_assert_ptr_null(strstr(ti_jwks_public(both, pool), "\"use\""));
    ck_assert_ptr_nonnull(strstr(ti_jwks_public(one, pool), "\"use\":\"sig\""));
    /* a public half alone may be for either */
    ck_assert_ptr_null(strstr(
        ti_jwks_public(loaded(ti_jwks_public(both, pool)), pool), "\"use\""));
}
END_TEST

START_TEST(a_key_for_what_we_do_not_do_is_not_published)
{
    const char *rsa = strchr(vector("rfc7515_A.2.jwk"), '{');
    const char *text = apr_pstrcat(pool, "{\"use\":\"other\",", rsa + 1, NULL);

    ck_assert_str_eq(ti_jwks_public(loaded(text), pool), "{\"keys\":[]}");
}
END_TEST

START_TEST(a_kid_chooses_and_no_kid_excludes_nobody)
{
    const char *named = vector("rfc7520_4.1.jwk");
    const char *bare = vector("rfc7515_A.2.jwk");
    ti_jwks_t *jwks =
        set_of(apr_pstrcat(pool, "{\"keys\":[", named, ",", bare, "]}", NULL));
    const char *kid = "bilbo.baggins@hobbiton.example";

    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_PS256, NULL), 2);
    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_PS256, kid), 2);
    ck_assert_int_eq(found(jwks, TI_JWKS_VERIFY, TI_ALG_PS256, "x"), 1);
    ck_assert_int_eq(
        verified(vector("rfc7515_A.2.jws"), jwks, TI_ALG_RS256).opening,
        TI_OPENING_DONE);
    ck_assert_int_eq(
        verified(vector("rfc7520_4.1.jws"), jwks, TI_ALG_RS256).opening,
        TI_OPENING_DONE);
    /* the same, but its kid is of no key */
    ck_assert_int_eq(verified(vector("rfc7520_4.1.jws"),
                              set_of(vector("rfc7517_A.1.jwks")), TI_ALG_RS256)
                         .opening,
                     TI_OPENING_NO_KEY);
}
END_TEST

START_TEST(no_more_than_eight_keys_are_tried)
{
    const char *bare = vector("rfc7515_A.2.jwk");
    char *many = apr_pstrdup(pool, bare);
    int i;

    for (i = 0; i < TI_JWKS_TRIES; i++) {
        many = apr_pstrcat(pool, many, ",", bare, NULL);
    }
    ck_assert_int_eq(
        found(set_of(apr_pstrcat(pool, "{\"keys\":[", many, "]}", NULL)),
              TI_JWKS_VERIFY, TI_ALG_RS256, NULL),
        TI_JWKS_TRIES);
}
END_TEST

START_TEST(keys_in_pem_are_read)
{
    static const struct {
        const char *make;
        ti_algs_t sign;
    } kinds[] = {
        {"genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048", TI_ALGS_RSA},
        {"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
         TI_ALG_ES256},
        {"ecparam -name secp384r1 -genkey -noout", TI_ALG_ES384},
        {"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521",
         TI_ALG_ES512},
        {"genpkey -algorithm ED25519", TI_ALG_EDDSA}};
    ti_bytes_t payload = bytes_of("{}");
    apr_size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        ti_jwks_t *jwks = loaded(openssl(kinds[i].make));
        const ti_jwk_t *key;
        ti_alg_t alg = (ti_alg_t)(kinds[i].sign & -kinds[i].sign);
        const char *jws;

        ck_assert_msg(jwks != NULL, "%s", kinds[i].make);
        key = APR_ARRAY_IDX(jwks->keys, 0, const ti_jwk_t *);
        ck_assert_uint_eq(key->may.sign, kinds[i].sign);
        ck_assert_str_eq(key->kid, ti_jwk_thumbprint(key, pool));
        ck_assert(key->unnamed);
        jws = ti_jws_sign(key, alg, "JWT", &payload, pool);
        ck_assert_int_eq(
            verified(jws, set_of(ti_jwks_public(jwks, pool)), alg).opening,
            TI_OPENING_DONE);
    }
}
END_TEST

START_TEST(keys_in_pem_are_not_all_good)
{
    ck_assert_ptr_null(loaded("-----BEGIN PRIVATE KEY-----\nAAAA\n"
                              "-----END PRIVATE KEY-----\n"));
    ck_assert_ptr_null(loaded(
        openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024")));
    ck_assert_ptr_null(
        loaded(openssl("ecparam -name secp256k1 -genkey -noout")));
    ck_assert_ptr_null(loaded(openssl("genpkey -algorithm ED448")));
    ck_assert_ptr_null(loaded(openssl("genpkey -algorithm RSA-PSS")));
}
END_TEST

/* OpenSSL's own way would ask on the terminal, and wait there for ever. */
START_TEST(a_passphrase_is_never_asked_for)
{
    const char *pem = openssl("genpkey -algorithm ED25519 -aes128 "
                              "-pass pass:secret");
    const char *why;

    ck_assert_ptr_nonnull(strstr(pem, "ENCRYPTED"));
    ck_assert_ptr_null(ti_jwks_load(&why, pem, strlen(pem), pool));
    ck_assert_ptr_nonnull(strstr(why, "passphrase"));
}
END_TEST

START_TEST(a_set_gives_nothing_private_away)
{
    const char *text = apr_pstrcat(
        pool, "{\"keys\":[", vector("rfc7515_A.1.jwk"), ",",
        vector("rfc7515_A.2.jwk"), ",", vector("rfc7515_A.3.jwk"), "]}", NULL);
    const char *open = ti_jwks_public(loaded(text), pool);

    ck_assert_int_eq(set_of(open)->keys->nelts, 2);
    ck_assert_ptr_null(strstr(open, "\"d\""));
    ck_assert_ptr_null(strstr(open, "\"k\""));
    ck_assert_str_eq(
        ti_jwks_public(only(jwk_of(vector("rfc7515_A.1.jwk"))), pool),
        "{\"keys\":[]}");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("jwks");
    TCase *tc = tcase_create("jwks");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_set_timeout(tc, 60); /* openssl makes keys of RSA */
    tcase_add_test(tc, the_sets_of_the_rfc_are_read);
    tcase_add_test(tc, keys_that_cannot_be_used_are_skipped);
    tcase_add_test(tc, what_is_no_set_is_refused);
    tcase_add_test(tc, too_many_keys_are_refused_as_that_and_wiped);
    tcase_add_test(tc, a_use_is_written_where_the_key_has_one_only);
    tcase_add_test(tc, a_key_for_what_we_do_not_do_is_not_published);
    tcase_add_test(tc, a_kid_chooses_and_no_kid_excludes_nobody);
    tcase_add_test(tc, no_more_than_eight_keys_are_tried);
    tcase_add_test(tc, keys_in_pem_are_read);
    tcase_add_test(tc, keys_in_pem_are_not_all_good);
    tcase_add_test(tc, a_passphrase_is_never_asked_for);
    tcase_add_test(tc, a_set_gives_nothing_private_away);
    suite_add_tcase(s, tc);
    return s;
}
