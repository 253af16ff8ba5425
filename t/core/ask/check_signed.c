/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers that have to be signed: each thing that can be wrong about one, and
 * what is remembered of them.
 */
#include "tap.h"

#include "fake.h"

#include "ask/signing.h"
#include "claims/introspection.h"
#include "claims/validity.h"
#include "encrypted.h"

#define AS "https://as.example"
#define TYPE "application/token-introspection+jwt"
#define TYP "token-introspection+jwt"
#define ALICE                                                                  \
    "\"token_introspection\":{\"active\":true,\"sub\":\"alice\",\"n\":"        \
    "1.10,\"big\":123456789012345678901234567890}"

static const ti_jwk_t *mine, *foreign, *rsa;
static const char *keys_body; /* of the key set; NULL: it is down */
static const char *accepted;  /* of the latest question */
static int questions, key_sets;
static const char *jws; /* the latest that was made */

static apr_status_t exchange_two(ti_http_t *http, ti_http_response_t *answer,
                                 const ti_http_request_t *request,
                                 apr_pool_t *p)
{
    if (strcmp(request->url, AS "/jwks") != 0) {
        questions++;
        accepted = request->accept;
        return exchange(http, answer, request, p);
    }
    key_sets++;
    memset(answer, 0, sizeof(*answer));
    answer->status = 200;
    answer->type = "application/json";
    answer->reason = "it is down";
    answer->body = keys_body != NULL ? keys_body : "";
    answer->length = strlen(answer->body);
    answer->failure = keys_body != NULL ? TI_HTTP_OK : TI_HTTP_CONNECT;
    return APR_SUCCESS;
}

static ti_http_t two = {exchange_two, NULL};

static const char *set_of(const ti_jwk_t *key)
{
    return ti_jwks_public(ti_jwks_of_key(key, pool), pool);
}

static ti_jwk_t *named(const char *file, const char *kid)
{
    ti_jwk_t *key = jwk_of(vector(file));

    ck_assert_ptr_nonnull(key);
    key->kid = kid;
    return key;
}

static void open_signed(void)
{
    world_open();
    world.http = &two;
    questions = 0;
    key_sets = 0;
    mine = named("rfc7515_A.3.jwk", "one");
    foreign = named("rfc7518_C.jwk", "one");
    rsa = named("rfc7515_A.2.jwk", "rsa");
    keys_body = set_of(mine);
    server->jwks_url = AS "/jwks";
    server->issuer = AS;
    server->signing.form = TI_SIGNING_RFC9701;
}

/* What the server sends; its own text where `text` is NULL. */
static void sends(const char *type, const char *text)
{
    answers(200, text != NULL ? text : jws);
    reply.type = type;
}

static const char *sign_as(const ti_jwk_t *key, ti_alg_t alg, const char *typ,
                           const char *payload)
{
    ti_bytes_t bytes = bytes_of(payload);

    jws = ti_jws_sign(key, alg, typ, &bytes, pool);
    ck_assert_ptr_nonnull(jws);
    return jws;
}

/* The usual frame around these members. */
static const char *framed(const char *members)
{
    return apr_psprintf(pool,
                        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"iat\":%d,%s}",
                        (int)apr_time_sec(now), members);
}

static const char *sign_answer(const char *members)
{
    return sign_as(mine, TI_ALG_ES256, TYP, framed(members));
}

/* Nobody is let in, nothing is remembered, and the next question is asked. */
static void refused(int message, ti_verdict_t verdict)
{
    int before = questions;

    ck_assert_int_eq(verify("t-refused"), verdict);
    ck_assert_int_eq(result.message, message);
    ck_assert_ptr_null(result.claims);
    ck_assert_int_eq(verify("t-refused"), verdict);
    ck_assert_int_eq(questions, before + 2);
}

static void wrong(const char *text)
{
    sends(TYPE, text);
    refused(TI_MSG_SIGNED, TI_UNAVAILABLE);
}

START_TEST(a_signed_answer_is_one)
{
    const ti_value_t *value;

    sign_answer(ALICE);
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    ck_assert_str_eq(accepted, TYPE);
    ck_assert_str_eq(ti_claims_plain(result.claims, "sub"), "alice");
    ck_assert_ptr_null(ti_claims_member(result.claims, "aud"));
    ck_assert_ptr_null(ti_claims_member(result.claims, "iss"));
    value = ti_claims_member(result.claims, "n");
    ck_assert_str_eq(ti_claims_text(result.claims, value), "1.1");
    value = ti_claims_member(result.claims, "big");
    ck_assert_str_eq(ti_claims_text(result.claims, value),
                     "123456789012345678901234567890");
}
END_TEST

START_TEST(it_is_remembered_as_it_was_signed)
{
    sign_answer(ALICE);
    sends(TYPE, NULL);
    verify("t");
    ck_assert_str_eq(ti_claims_attached(result.claims), jws);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    ck_assert_int_eq(questions, 1);
    ck_assert_str_eq(ti_claims_attached(result.claims), jws);
    ck_assert(ti_validity_check(result.claims, result.claims->size));
}
END_TEST

START_TEST(the_media_type_may_have_parameters)
{
    sign_answer(ALICE);
    sends("Application/Token-Introspection+JWT; charset=utf-8", NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
}
END_TEST

START_TEST(an_inactive_token_is_signed_too)
{
    sign_answer("\"token_introspection\":{\"active\":false}");
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_INACTIVE);
    ck_assert_int_eq(verify("t"), TI_INACTIVE);
    ck_assert_int_eq(questions, 1);
}
END_TEST

START_TEST(what_is_not_signed_is_refused)
{
    static const char *const types[] = {
        "application/json", "application/jwt", "text/html",
        "application/token-introspection+jwtx", ""};
    apr_size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        answers(200, "{\"active\":true}");
        reply.type = types[i];
        refused(TI_MSG_UNSIGNED, TI_MISCONFIGURED);
    }
    answers(200, "{\"active\":false}");
    refused(TI_MSG_UNSIGNED, TI_MISCONFIGURED);
}
END_TEST

START_TEST(errors_are_as_they_were)
{
    answers(400, "{\"error\":\"unsupported_token_type\"}");
    ck_assert_int_eq(verify("t"), TI_INACTIVE);
    answers(401, "{\"error\":\"invalid_client\"}");
    ck_assert_int_eq(verify("u"), TI_MISCONFIGURED);
    ck_assert_int_eq(result.message, TI_MSG_CREDENTIALS);
    answers(503, "");
    ck_assert_int_eq(verify("v"), TI_UNAVAILABLE);
    answers(204, "");
    ck_assert_int_eq(verify("w"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(another_signature_is_refused)
{
    const char *public_key = ti_jwk_public(rsa, pool);
    const ti_jwk_t *secret =
        ti_jwk_of_secret(public_key, strlen(public_key), pool);
    const char *header = "{\"alg\":\"none\",\"typ\":\"" TYP "\"}";
    char *changed;

    wrong(jws_with(header, framed(ALICE), NULL));
    wrong(jws_with("{\"alg\":\"HS256\",\"typ\":\"" TYP "\"}", framed(ALICE),
                   secret));
    keys_body = set_of(rsa);
    wrong(jws_with("{\"alg\":\"HS256\",\"kid\":\"rsa\",\"typ\":\"" TYP "\"}",
                   framed(ALICE), secret));
    keys_body = set_of(mine);
    now += SECONDS(61);
    wrong(sign_as(foreign, TI_ALG_ES256, TYP, framed(ALICE)));
    wrong(sign_as(rsa, TI_ALG_RS256, TYP, framed(ALICE)));
    changed = apr_pstrdup(pool, sign_answer(ALICE));
    changed[strlen(changed) - 40] ^= 1;
    wrong(changed);
    changed = apr_pstrdup(pool, sign_answer(ALICE));
    strrchr(changed, '.')[1] = '\0';
    wrong(changed);
    wrong("");
    wrong("e30");
    wrong("{\"active\":true}");
    wrong(apr_pstrcat(pool, sign_answer(ALICE), "\n", NULL));
}
END_TEST

/* A NUL would end the text that is verified, and not what follows. */
START_TEST(nothing_stands_behind_it)
{
    char *more = apr_pstrcat(pool, sign_answer(ALICE), "?e30", NULL);

    sends(TYPE, more);
    *strchr(more, '?') = '\0';
    refused(TI_MSG_SIGNED, TI_UNAVAILABLE);
}
END_TEST

START_TEST(a_symmetric_key_in_the_set_signs_nothing)
{
    static const char *const set =
        "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"one\",\"k\":"
        "\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"}]}";
    const ti_jwk_t *key =
        ti_jwk_of_secret("0123456789abcdef0123456789abcdef", 32, pool);

    keys_body = set;
    wrong(jws_with("{\"alg\":\"HS256\",\"kid\":\"one\",\"typ\":\"" TYP "\"}",
                   framed(ALICE), key));
}
END_TEST

START_TEST(an_algorithm_that_is_not_allowed_is_refused)
{
    server->signing.algs = TI_ALG_RS256 | TI_ALG_EDDSA;
    wrong(sign_answer(ALICE));
    ck_assert_int_eq(key_sets, 1);
}
END_TEST

START_TEST(another_typ_is_refused)
{
    static const char *const types[] = {"JWT", "at+jwt", "logout+jwt", "",
                                        "token-introspection"};
    apr_size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        wrong(sign_as(mine, TI_ALG_ES256, types[i], framed(ALICE)));
    }
    sign_as(mine, TI_ALG_ES256, "application/Token-Introspection+JWT",
            framed(ALICE));
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
}
END_TEST

START_TEST(crit_is_refused)
{
    wrong(jws_with("{\"alg\":\"ES256\",\"crit\":[\"exp\"],\"typ\":\"" TYP "\"}",
                   framed(ALICE), NULL));
    ck_assert_int_eq(key_sets, 1);
}
END_TEST

#define GOOD "{\"iss\":\"" AS "\",\"aud\":\"me\"," ALICE "}"

/* With the time at which it was signed, where it says none. */
static const char *dated(const char *body, int at)
{
    return body[0] == '{' && body[1] == '"' && strstr(body, "\"iat\"") == NULL
               ? apr_psprintf(pool, "{\"iat\":%d,%s", at, body + 1)
               : body;
}

START_TEST(what_it_says_of_itself_is_demanded)
{
    int at = (int)apr_time_sec(now);
    const char *const bodies[] = {
        "{\"aud\":\"me\"," ALICE "}",
        "{\"iss\":\"https://as.example/\",\"aud\":\"me\"," ALICE "}",
        "{\"iss\":[\"" AS "\"],\"aud\":\"me\"," ALICE "}",
        "{\"iss\":\"" AS "\"," ALICE "}",
        "{\"iss\":\"" AS "\",\"aud\":\"you\"," ALICE "}",
        "{\"iss\":\"" AS "\",\"aud\":[]," ALICE "}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\"}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"active\":true}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"token_introspection\":true}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"token_introspection\":[{"
        "\"active\":true}]}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"token_introspection\":"
        "\"{\\\"active\\\":true}\"}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"Token_Introspection\":{"
        "\"active\":true}}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\"," ALICE "," ALICE "}",
        "{\"iss\":\"x\",\"iss\":\"" AS "\",\"aud\":\"me\"," ALICE "}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"token_introspection\":{"
        "\"active\":false,\"active\":true}}",
        "[\"" AS "\"]",
        "{}",
        "",
        apr_psprintf(pool,
                     "{\"iss\":\"" AS "\",\"aud\":\"me\",\"exp\":%d," ALICE "}",
                     at - 60),
        apr_psprintf(pool,
                     "{\"iss\":\"" AS "\",\"aud\":\"me\",\"iat\":%d," ALICE "}",
                     at + 61),
        apr_psprintf(pool,
                     "{\"iss\":\"" AS "\",\"aud\":\"me\",\"iat\":%d," ALICE "}",
                     at - 361),
        apr_psprintf(pool,
                     "{\"iss\":\"" AS "\",\"aud\":\"me\",\"nbf\":%d," ALICE "}",
                     at + 61),
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"exp\":0," ALICE "}",
        "{\"iss\":\"" AS "\",\"aud\":\"me\",\"iat\":\"now\"," ALICE "}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        wrong(sign_as(mine, TI_ALG_ES256, TYP, dated(bodies[i], at)));
    }
    sign_as(mine, TI_ALG_ES256, TYP, dated(GOOD, at));
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    wrong(sign_as(mine, TI_ALG_ES256, TYP, GOOD)); /* of whatever time */
}
END_TEST

START_TEST(what_it_says_of_the_token_is_judged_as_ever)
{
    sign_answer("\"token_introspection\":{\"sub\":\"alice\"}");
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_UNAVAILABLE);
    ck_assert_int_eq(result.message, TI_MSG_ACTIVE);
    sign_answer("\"token_introspection\":{\"active\":\"true\"}");
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_UNAVAILABLE);
    sign_answer("\"token_introspection\":{\"active\":true,\"exp\":1}");
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_REJECTED);
}
END_TEST

START_TEST(times_at_the_edge_are_good)
{
    int at = (int)apr_time_sec(now);

    sign_as(mine, TI_ALG_ES256, TYP,
            apr_psprintf(pool,
                         "{\"iss\":\"" AS
                         "\",\"aud\":[\"x\",\"me\"],\"iat\":%d,"
                         "\"exp\":%d," ALICE "}",
                         at - 360, at - 59));
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
}
END_TEST

START_TEST(another_audience_can_be_written)
{
    server->signing.audience = "urn:rs";
    wrong(sign_answer(ALICE));
    sign_as(mine, TI_ALG_ES256, TYP,
            dated("{\"iss\":\"" AS "\",\"aud\":\"urn:rs\"," ALICE "}",
                  (int)apr_time_sec(now)));
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
}
END_TEST

START_TEST(any_audience_is_one)
{
    server->signing.audience = "any";
    sign_as(mine, TI_ALG_ES256, TYP,
            dated("{\"iss\":\"" AS "\"," ALICE "}", (int)apr_time_sec(now)));
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
}
END_TEST

START_TEST(a_replaced_key_is_found)
{
    sign_answer(ALICE);
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    ck_assert_int_eq(verify("u"), TI_GRANTED);
    ck_assert_int_eq(key_sets, 1);
    sign_as(rsa, TI_ALG_RS256, TYP, framed(ALICE));
    sends(TYPE, NULL);
    keys_body = set_of(rsa);
    ck_assert_int_eq(verify("v"), TI_UNAVAILABLE); /* the set is too young */
    ck_assert_int_eq(key_sets, 1);
    now += SECONDS(10);
    ck_assert_int_eq(verify("v"), TI_GRANTED);
    ck_assert_int_eq(key_sets, 2);
    wrong(sign_answer(ALICE)); /* that key has gone */
}
END_TEST

START_TEST(made_up_kids_do_not_make_us_fetch)
{
    int i;

    sign_answer(ALICE);
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    sign_as(named("rfc7515_A.3.jwk", "made-up"), TI_ALG_ES256, TYP,
            framed(ALICE));
    sends(TYPE, NULL);
    for (i = 0; i < 100; i++) {
        now += apr_time_from_msec(100);
        ck_assert_int_eq(verify(apr_psprintf(pool, "t%d", i)), TI_UNAVAILABLE);
    }
    ck_assert_int_le(key_sets, 2);
}
END_TEST

START_TEST(without_a_key_set_nobody_is_let_in)
{
    keys_body = NULL;
    sign_answer(ALICE);
    sends(TYPE, NULL);
    refused(TI_MSG_NO_KEYS, TI_UNAVAILABLE);
    ck_assert_int_eq(key_sets, 1);
    ck_assert(result.retry_after > 0);
    keys_body = set_of(mine);
    now += SECONDS(6);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
}
END_TEST

START_TEST(one_place_is_enough_for_answer_and_keys)
{
    fly();
    server->calls_max = 1;
    sign_answer(ALICE);
    sends(TYPE, NULL);
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    ck_assert(nobody_asks());
}
END_TEST

START_TEST(keys_have_what_is_left_of_the_time)
{
    sign_answer(ALICE);
    sends(TYPE, NULL);
    reply_takes = SECONDS(6);
    ck_assert_int_eq(verify("t"), TI_UNAVAILABLE);
    ck_assert_int_eq(key_sets, 0);
    reply_takes = 0;
    ck_assert_int_eq(verify("u"), TI_GRANTED); /* nobody suffers for it */
}
END_TEST

START_TEST(an_encrypted_answer_is_decrypted)
{
    const ti_jwk_t *ours = jwk_of(vector("rfc7516_A.1.jwk"));

    server->assertion.keys = ti_jwks_of_key(ours, pool);
    sends(TYPE, encrypted(ours, sign_answer(ALICE)));
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    ck_assert_str_eq(ti_claims_attached(result.claims), jws);
    wrong(encrypted(ours, sign_as(foreign, TI_ALG_ES256, TYP, framed(ALICE))));
    wrong(encrypted(ours, framed(ALICE)));
    wrong(encrypted(ours, encrypted(ours, sign_answer(ALICE))));
}
END_TEST

START_TEST(an_encrypted_answer_needs_our_key)
{
    const ti_jwk_t *ours = jwk_of(vector("rfc7516_A.1.jwk"));
    const char *text = encrypted(ours, sign_answer(ALICE));
    char *changed = apr_pstrdup(pool, text);

    sends(TYPE, text);
    refused(TI_MSG_ENCRYPTED, TI_MISCONFIGURED);
    server->assertion.keys = ti_jwks_of_key(rsa, pool);
    refused(TI_MSG_ENCRYPTED, TI_MISCONFIGURED);
    server->assertion.keys = ti_jwks_of_key(ours, pool);
    changed[strlen(changed) - 30] ^= 1;
    sends(TYPE, changed);
    refused(TI_MSG_ENCRYPTED, TI_MISCONFIGURED);
}
END_TEST

static void open_bare(void)
{
    open_signed();
    server->signing.form = TI_SIGNING_BARE;
}

#define BARE "{\"iss\":\"" AS "\",\"aud\":\"urn:api\",\"sub\":\"alice\""

static const char *bare(const char *typ, const char *rest)
{
    return sign_as(mine, TI_ALG_ES256, typ,
                   apr_pstrcat(pool, BARE, rest, "}", NULL));
}

static void bare_sends(const char *typ, const char *rest)
{
    bare(typ, rest);
    sends("application/jwt", NULL);
}

START_TEST(claims_alone_are_of_an_active_token)
{
    bare_sends("at+jwt", "");
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    ck_assert_str_eq(accepted, "application/jwt");
    ck_assert_str_eq(ti_claims_plain(result.claims, "aud"), "urn:api");
    ck_assert_str_eq(ti_claims_attached(result.claims), jws);
    bare_sends("JWT", ",\"active\":true,\"typ\":\"Bearer\"");
    ck_assert_int_eq(verify("u"), TI_GRANTED);
    bare_sends("JWT", ",\"active\":false");
    ck_assert_int_eq(verify("v"), TI_INACTIVE);
    bare_sends("JWT", ",\"active\":\"true\"");
    ck_assert_int_eq(verify("w"), TI_UNAVAILABLE);
    bare_sends("JWT", ",\"exp\":1");
    ck_assert_int_eq(verify("x"), TI_REJECTED);
    bare_sends("JWT", ",\"exp\":\"soon\"");
    ck_assert_int_eq(verify("y"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(no_content_is_an_inactive_token)
{
    answers(204, "");
    reply.type = "";
    ck_assert_int_eq(verify("t"), TI_INACTIVE);
    ck_assert_int_eq(verify("t"), TI_INACTIVE);
    ck_assert_int_eq(questions, 1);
}
END_TEST

START_TEST(claims_within_json_are_those_that_were_signed)
{
    bare("JWT", "");
    answers(200,
            apr_pstrcat(pool, "{\"active\":true,\"sub\":\"mallory\",\"jwt\":\"",
                        jws, "\"}", NULL));
    ck_assert_int_eq(verify("t"), TI_GRANTED);
    ck_assert_str_eq(ti_claims_plain(result.claims, "sub"), "alice");
    ck_assert_str_eq(ti_claims_attached(result.claims), jws);
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("u"), TI_INACTIVE);
    answers(200, "{\"active\":true,\"sub\":\"mallory\"}");
    refused(TI_MSG_UNSIGNED, TI_MISCONFIGURED);
    answers(200, "{\"active\":true,\"jwt\":[]}");
    refused(TI_MSG_UNSIGNED, TI_MISCONFIGURED);
    answers(200, "{\"active\":true,\"jwt\":\"e30.e30.\"}");
    refused(TI_MSG_SIGNED, TI_UNAVAILABLE);
}
END_TEST

START_TEST(what_else_the_server_signs_is_no_answer)
{
    static const char *const bodies[] = {
        ",\"nonce\":\"x\"", ",\"events\":{}",
        ",\"token_introspection\":{\"active\":true}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        bare_sends("JWT", bodies[i]);
        refused(TI_MSG_SIGNED, TI_UNAVAILABLE);
    }
    for (i = 0; i < 2; i++) {
        bare_sends(i == 0 ? "logout+jwt" : TYP, "");
        refused(TI_MSG_SIGNED, TI_UNAVAILABLE);
    }
    bare("JWT", "");
    sends(TYPE, NULL);
    refused(TI_MSG_UNSIGNED, TI_MISCONFIGURED);
    bare_sends("JWT", ",\"typ\":\"Refresh\"");
    ck_assert_int_eq(verify("t"), TI_INACTIVE);
    bare_sends("JWT", ",\"typ\":\"ID\"");
    ck_assert_int_eq(verify("u"), TI_INACTIVE);
    bare_sends("JWT", ",\"typ\":7");
    ck_assert_int_eq(verify("v"), TI_INACTIVE);
}
END_TEST

START_TEST(parties_of_bare_claims)
{
    sign_as(mine, TI_ALG_ES256, "JWT", "{\"sub\":\"alice\"}");
    sends("application/jwt", NULL);
    refused(TI_MSG_SIGNED, TI_UNAVAILABLE);
    server->signing.aud = "urn:other"; /* as ..._ready makes it */
    bare_sends("JWT", "");
    refused(TI_MSG_SIGNED, TI_UNAVAILABLE);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("signed");
    TCase *tc = tcase_create("signed");
    TCase *claims = tcase_create("bare");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_checked_fixture(tc, open_signed, NULL);
    tcase_add_test(tc, a_signed_answer_is_one);
    tcase_add_test(tc, it_is_remembered_as_it_was_signed);
    tcase_add_test(tc, the_media_type_may_have_parameters);
    tcase_add_test(tc, an_inactive_token_is_signed_too);
    tcase_add_test(tc, what_is_not_signed_is_refused);
    tcase_add_test(tc, errors_are_as_they_were);
    tcase_add_test(tc, another_signature_is_refused);
    tcase_add_test(tc, nothing_stands_behind_it);
    tcase_add_test(tc, a_symmetric_key_in_the_set_signs_nothing);
    tcase_add_test(tc, an_algorithm_that_is_not_allowed_is_refused);
    tcase_add_test(tc, another_typ_is_refused);
    tcase_add_test(tc, crit_is_refused);
    tcase_add_test(tc, what_it_says_of_itself_is_demanded);
    tcase_add_test(tc, what_it_says_of_the_token_is_judged_as_ever);
    tcase_add_test(tc, times_at_the_edge_are_good);
    tcase_add_test(tc, another_audience_can_be_written);
    tcase_add_test(tc, any_audience_is_one);
    tcase_add_test(tc, a_replaced_key_is_found);
    tcase_add_test(tc, made_up_kids_do_not_make_us_fetch);
    tcase_add_test(tc, without_a_key_set_nobody_is_let_in);
    tcase_add_test(tc, one_place_is_enough_for_answer_and_keys);
    tcase_add_test(tc, keys_have_what_is_left_of_the_time);
    tcase_add_test(tc, an_encrypted_answer_is_decrypted);
    tcase_add_test(tc, an_encrypted_answer_needs_our_key);
    suite_add_tcase(s, tc);
    tcase_add_checked_fixture(claims, pool_open, pool_close);
    tcase_add_checked_fixture(claims, open_bare, NULL);
    tcase_add_test(claims, claims_alone_are_of_an_active_token);
    tcase_add_test(claims, no_content_is_an_inactive_token);
    tcase_add_test(claims, claims_within_json_are_those_that_were_signed);
    tcase_add_test(claims, what_else_the_server_signs_is_no_answer);
    tcase_add_test(claims, parties_of_bare_claims);
    suite_add_tcase(s, claims);
    return s;
}
