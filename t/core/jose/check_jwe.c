/* SPDX-License-Identifier: Apache-2.0
 *
 * Encryption: what the RFCs encrypted is decrypted, and all failures look
 * alike.
 */
#include "vector.h"

#include <openssl/err.h>

#include "jose/compact.h"

#define ANY ((ti_algs_t)(TI_ALGS_ENCRYPTION | TI_ALGS_CONTENT))

static const struct {
    const char *name;
    const char *plain; /* a file, or how it begins */
    ti_alg_t alg;
    ti_alg_t enc;
} encrypted[] = {
    {"rfc7516_A.1", "rfc7516_A.1.txt", TI_ALG_RSA_OAEP, TI_ALG_A256GCM},
    {"rfc7520_5.2", "rfc7520_5.2.txt", TI_ALG_RSA_OAEP, TI_ALG_A256GCM},
    {"rfc7520_5.5", "rfc7520_5.2.txt", TI_ALG_ECDH_ES, TI_ALG_A128CBC_HS256},
    {"cookbook_x25519", "rfc7520_5.2.txt", TI_ALG_ECDH_ES, TI_ALG_A128GCM},
};
#define ENCRYPTED ((int)(sizeof(encrypted) / sizeof(encrypted[0])))

static ti_jwks_t *keys_of(const char *name)
{
    return only(jwk_of(vector(apr_pstrcat(pool, name, ".jwk", NULL))));
}

static char *jwe_of(const char *name)
{
    return vector(apr_pstrcat(pool, name, ".jwe", NULL));
}

/* The text with part `i` replaced. */
static const char *with_part(const char *jwe, int i, const char *part)
{
    char *left = apr_pstrdup(pool, jwe);
    const char *made = NULL;
    int at;

    for (at = 0; at < TI_COMPACT_JWE; at++) {
        char *dot = strchr(left, '.');

        if (dot != NULL) {
            *dot = '\0';
        }
        made =
            apr_pstrcat(pool, made != NULL ? made : "", made != NULL ? "." : "",
                        at == i ? part : left, NULL);
        left = dot != NULL ? dot + 1 : left;
    }
    return made;
}

static const char *part_of(const char *jwe, int i)
{
    for (; i > 0; i--) {
        jwe = strchr(jwe, '.') + 1;
    }
    return apr_pstrmemdup(pool, jwe, strcspn(jwe, "."));
}

/* The first character is another. */
static const char *bent(const char *part)
{
    return apr_pstrcat(pool, *part == 'A' ? "B" : "A", part + 1, NULL);
}

START_TEST(what_the_rfcs_encrypted_is_decrypted)
{
    ti_opened_t opened =
        decrypted(jwe_of(encrypted[_i].name), keys_of(encrypted[_i].name),
                  (ti_algs_t)(encrypted[_i].alg | encrypted[_i].enc));

    ck_assert_msg(opened.opening == TI_OPENING_DONE, "%s: %s",
                  encrypted[_i].name, opened.why);
    ck_assert_str_eq((const char *)opened.content.data,
                     vector(encrypted[_i].plain));
    ck_assert_uint_eq(opened.content.size, strlen(vector(encrypted[_i].plain)));
    ck_assert_int_eq(opened.alg, encrypted[_i].alg);
}
END_TEST

START_TEST(an_algorithm_that_is_not_allowed_is_refused)
{
    ti_jwks_t *keys = keys_of(encrypted[_i].name);
    const char *jwe = jwe_of(encrypted[_i].name);

    ck_assert_int_eq(
        decrypted(jwe, keys, ANY & ~(ti_algs_t)encrypted[_i].alg).opening,
        TI_OPENING_REFUSED);
    ck_assert_int_eq(
        decrypted(jwe, keys, ANY & ~(ti_algs_t)encrypted[_i].enc).opening,
        TI_OPENING_REFUSED);
    ck_assert_int_eq(decrypted(jwe, keys, 0).opening, TI_OPENING_REFUSED);
}
END_TEST

/* RFC 7520 5.1: RSA1_5; 5.9: zip and A128KW; and AES with 192 bits */
START_TEST(what_we_do_not_do_is_refused)
{
    static const char *const encs[] = {"A192CBC-HS384", "A192GCM",
                                       "A128CBC+HS256", "a128cbc-hs256"};
    apr_size_t i;

    ck_assert_int_eq(
        decrypted(jwe_of("rfc7520_5.1"), keys_of("rfc7520_5.1"), ~0U).opening,
        TI_OPENING_REFUSED);
    ck_assert_int_eq(
        decrypted(jwe_of("rfc7520_5.9"), keys_of("rfc7516_A.1"), ~0U).opening,
        TI_OPENING_REFUSED);
    for (i = 0; i < sizeof(encs) / sizeof(encs[0]); i++) {
        const char *header = apr_pstrcat(
            pool, "{\"alg\":\"RSA-OAEP\",\"enc\":\"", encs[i], "\"}", NULL);
        const char *jwe =
            with_part(jwe_of("rfc7516_A.1"), 0,
                      ti_base64url_write(header, strlen(header), pool));

        ck_assert_ptr_nonnull(
            strstr(decrypted(jwe, keys_of("rfc7516_A.1"), ~0U).why,
                   "with A128CBC-HS256, A256CBC-HS512, A128GCM or A256GCM"));
    }
}
END_TEST

START_TEST(a_header_that_means_more_is_refused)
{
    static const char *const headers[] = {
        "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}",
        "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\",\"crit\":[\"x\"],\"x\":1}",
        "{\"alg\":\"RSA1_5\",\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}",
        "{\"alg\":\"RSA-OAEP\",\"enc\":\"A192CBC-HS384\"}",
        "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}",
        "{\"alg\":\"RSA-OAEP\"}"};
    ti_jwks_t *keys = keys_of("rfc7516_A.1");
    const char *like =
        decrypted(with_part(jwe_of("rfc7516_A.1"), 4, "AAAAAAAAAAAAAAAAAAAAAA"),
                  keys, ~0U)
            .why;
    apr_size_t i;

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        const char *part =
            ti_base64url_write(headers[i], strlen(headers[i]), pool);
        ti_opened_t opened =
            decrypted(with_part(jwe_of("rfc7516_A.1"), 0, part), keys, ~0U);

        ck_assert_int_eq(opened.opening, TI_OPENING_REFUSED);
        /* not because the tag covers the header */
        ck_assert_str_ne(opened.why, like);
    }
}
END_TEST

START_TEST(all_failures_look_alike)
{
    ti_jwks_t *keys = keys_of("rfc7516_A.1");
    const char *jwe = jwe_of("rfc7516_A.1");
    const char *other = jwe_of("rfc7520_5.2"); /* of 4,096 bits */
    const char *key = strchr(jwe, '.') + 1;
    char *bent = apr_pstrndup(pool, key, 342);
    const char *bad[8];
    ti_opened_t opened;
    apr_size_t i;

    bent[10] = bent[10] == 'A' ? 'B' : 'A';
    bad[0] = with_part(jwe, 1, bent);
    bad[1] = with_part(jwe, 1, "");
    bad[2] = with_part(jwe, 1, apr_pstrndup(pool, strchr(other, '.') + 1, 683));
    bad[3] = with_part(jwe, 2, "48V1_ALb6US04U3c");
    bad[4] = with_part(jwe, 3, "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4");
    bad[5] = with_part(jwe, 4, "XFBoMYUZodetZdvTiFvSkA");
    bad[6] = with_part(jwe, 3, "");
    bad[7] =
        with_part(jwe, 0,
                  ti_base64url_write(
                      "{\"enc\":\"A256GCM\",\"alg\":\"RSA-OAEP\"}", 34, pool));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        opened = decrypted(bad[i], keys, ANY);
        ck_assert_int_eq(opened.opening, TI_OPENING_REFUSED);
        ck_assert_str_eq(opened.why, "it cannot be decrypted");
        ck_assert_ptr_null(opened.content.data);
    }
}
END_TEST

/* Also where the enc is another, for which another part of the key is right. */
START_TEST(all_failures_of_cbc_look_alike)
{
    static const char epk[] =
        ",\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
        "\"mPUKT_bAWGHIhg0TpjjqVsP1rXWQu_vwVOHHtNkdYoA\",\"y\":"
        "\"8BQAsImGeAS46fyWw5MhYfGTT0IjBpFw2SS34Dv4Irs\"}}";
    static const char *const encs[] = {"A128CBC-HS256", "A256CBC-HS512",
                                       "A128GCM", "A256GCM"};
    ti_jwks_t *keys = keys_of("rfc7520_5.5");
    const char *jwe = jwe_of("rfc7520_5.5");
    const char *text = part_of(jwe, 3);
    const char *tag = part_of(jwe, 4);
    const char *bad[12];
    int i;

    bad[0] = with_part(jwe, 1, "AAAA");
    bad[1] = with_part(jwe, 2, "yc9N8v5sYyv3iGQT926IUQ");
    bad[2] = with_part(jwe, 2, "");
    bad[3] = with_part(jwe, 3, bent(text));
    /* 64 characters are 48 bytes, which are three blocks */
    bad[4] = with_part(jwe, 3, apr_pstrndup(pool, text, 64));
    bad[5] = with_part(jwe, 3, "");
    bad[6] = with_part(jwe, 4, bent(tag));
    bad[7] = with_part(jwe, 4, apr_pstrcat(pool, tag, tag, NULL));
    for (i = 0; i < 4; i++) { /* its header had a kid */
        const char *header = apr_pstrcat(
            pool, "{\"alg\":\"ECDH-ES\",\"enc\":\"", encs[i], "\"", epk, NULL);

        bad[8 + i] =
            with_part(jwe, 0, ti_base64url_write(header, strlen(header), pool));
    }
    for (i = 0; i < 12; i++) {
        ti_opened_t opened = decrypted(bad[i], keys, ANY);

        ck_assert_int_eq(opened.opening, TI_OPENING_REFUSED);
        ck_assert_str_eq(opened.why, "it cannot be decrypted");
        ck_assert_ptr_null(opened.content.data);
    }
}
END_TEST

/* A tag of 4 bytes would be guessed in days. The bytes are right, just fewer,
 * so that only the size can be what is refused. */
START_TEST(short_tags_are_refused)
{
    static const char *const tags[] = {"XFBoMYUZodetZdvTiFvS",
                                       "XFBoMYUZodetZdvTiFs",
                                       "XFBoMYUZodc",
                                       "XFBoMQ",
                                       "XA",
                                       ""};
    ti_jwks_t *keys = keys_of("rfc7516_A.1");
    const char *jwe = jwe_of("rfc7516_A.1");
    apr_size_t i;

    for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        ck_assert_int_eq(
            decrypted(with_part(jwe, 4, tags[i]), keys, ANY).opening,
            TI_OPENING_REFUSED);
    }
    ck_assert_int_eq(
        decrypted(with_part(jwe, 2, "48V1_ALb6US04U3bAAAA"), keys, ANY).opening,
        TI_OPENING_REFUSED);
}
END_TEST

START_TEST(a_key_for_signatures_does_not_decrypt)
{
    const char *text = vector("rfc7516_A.1.jwk");
    const char *sig =
        apr_pstrcat(pool, apr_pstrndup(pool, text, strlen(text) - 1),
                    ",\"use\":\"sig\"}", NULL);

    ck_assert_int_eq(
        decrypted(jwe_of("rfc7516_A.1"), only(jwk_of(sig)), ANY).opening,
        TI_OPENING_NO_KEY);
}
END_TEST

START_TEST(the_error_queue_stays_as_it_was)
{
    unsigned long before;

    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    before = ERR_peek_error();
    decrypted(jwe_of("rfc7516_A.1"), keys_of("rfc7516_A.1"), ANY);
    decrypted(with_part(jwe_of("rfc7516_A.1"), 1, "AAAA"),
              keys_of("rfc7516_A.1"), ANY);
    ck_assert(ERR_peek_last_error() == before);
    ERR_clear_error();
    decrypted(with_part(jwe_of("rfc7516_A.1"), 1, "AAAA"),
              keys_of("rfc7516_A.1"), ANY);
    ck_assert_int_eq((int)ERR_peek_error(), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("jwe");
    TCase *tc = tcase_create("jwe");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_loop_test(tc, what_the_rfcs_encrypted_is_decrypted, 0, ENCRYPTED);
    tcase_add_loop_test(tc, an_algorithm_that_is_not_allowed_is_refused, 0,
                        ENCRYPTED);
    tcase_add_test(tc, what_we_do_not_do_is_refused);
    tcase_add_test(tc, a_header_that_means_more_is_refused);
    tcase_add_test(tc, all_failures_look_alike);
    tcase_add_test(tc, all_failures_of_cbc_look_alike);
    tcase_add_test(tc, short_tags_are_refused);
    tcase_add_test(tc, a_key_for_signatures_does_not_decrypt);
    tcase_add_test(tc, the_error_queue_stays_as_it_was);
    suite_add_tcase(s, tc);
    return s;
}
