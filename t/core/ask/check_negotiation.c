/* SPDX-License-Identifier: Apache-2.0
 *
 * Method, algorithm and endpoint, of what metadata list and we have.
 */
#include "ask/discovery.h"

#include "jose/compact.h"
#include "jose/jwks.h"

#include "server.h"

#define ISSUER "https://as.example"
#define ENDPOINT "\"introspection_endpoint\":\"https://as.example/i\""
#define OWN "\"introspection_endpoint_auth_methods_supported\":"
#define TOKENS "\"token_endpoint_auth_methods_supported\":"
#define OWN_ALGS "\"introspection_endpoint_auth_signing_alg_values_supported\":"
#define TOKEN_ALGS "\"token_endpoint_auth_signing_alg_values_supported\":"

/* P-256 and Ed25519, of RFC 7515 A.3 and RFC 8037 A.1. */
static const char keys[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
    "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"},"
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
    "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

static void fresh(const char *secret, int has_keys)
{
    const char *why;

    server = ti_server_create(pool);
    server->discovery = ISSUER;
    server->client_id = "me";
    server->client_secret = secret;
    if (has_keys) {
        server->assertion.keys = ti_jwks_load(&why, keys, strlen(keys), pool);
        ck_assert_msg(server->assertion.keys != NULL, "%s", why);
    }
}

static const char *apply(const char *members)
{
    const char *text =
        apr_psprintf(pool, "{\"issuer\":\"" ISSUER "\"," ENDPOINT "%s%s}",
                     *members != '\0' ? "," : "", members);

    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    ck_assert_ptr_null(ti_server_complaint(server, pool));
    return ti_discovery_apply(server, text, strlen(text), pool);
}

static void fresh_with_secret(void)
{
    fresh("a secret of 32 characters or more", 0);
}

START_TEST(a_secret_goes_by_the_first_that_is_listed)
{
    static const struct {
        const char *members;
        ti_auth_t auth;
    } rows[] = {
        {"", TI_AUTH_BASIC},
        {OWN "[\"private_key_jwt\",\"client_secret_post\"]", TI_AUTH_POST},
        {OWN "[\"client_secret_jwt\",\"none\"]", TI_AUTH_SECRET_JWT},
        {TOKENS "[\"client_secret_post\"]", TI_AUTH_POST},
        {TOKENS "[\"client_secret_post\"]," OWN "[\"client_secret_basic\"]",
         TI_AUTH_BASIC},
        {OWN "null," TOKENS "[\"client_secret_post\"]", TI_AUTH_POST}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fresh_with_secret();
        ck_assert_msg(apply(rows[i].members) == NULL, "%s", rows[i].members);
        ck_assert_int_eq(server->auth, rows[i].auth);
        ck_assert_ptr_null(server->remark);
    }
}
END_TEST

/* The header of what is signed now. */
static const char *header_of_assertion(void)
{
    const char *text =
        ti_assertion_write(&server->assertion, "https://x", 0, pool);
    ti_compact_t compact;

    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_null(
        ti_compact_read(&compact, text, strlen(text), TI_COMPACT_JWS, pool));
    return (const char *)compact.parts[0].data;
}

/* RFC 9864 */
START_TEST(eddsa_has_the_name_that_is_listed)
{
    static const struct {
        const char *members;
        const char *written;
        const char *name;
    } rows[] = {{"[\"Ed25519\"]", NULL, "Ed25519"},
                {"[\"EdDSA\"]", NULL, "EdDSA"},
                {"[\"Ed25519\",\"EdDSA\"]", NULL, "EdDSA"},
                {"[\"Ed25519\",\"EdDSA\"]", "Ed25519", "Ed25519"},
                {"[\"Ed25519\",\"EdDSA\"]", "EdDSA", "EdDSA"},
                {"[\"Ed25519\"]", "EdDSA", "Ed25519"},
                {"[\"EdDSA\"]", "Ed25519", "EdDSA"},
                {"[\"RS256\"]", "Ed25519", "Ed25519"},
                {"null", "Ed25519", "Ed25519"},
                {"null", "EdDSA", "EdDSA"}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fresh(NULL, 1);
        server->auth = rows[i].written != NULL ? TI_AUTH_KEY_JWT : server->auth;
        server->assertion.alg_name = rows[i].written;
        server->assertion.alg = ti_alg_of_name(rows[i].written);
        ck_assert_ptr_null(
            apply(apr_pstrcat(pool, OWN "[\"private_key_jwt\"]," OWN_ALGS,
                              rows[i].members, NULL)));
        ck_assert_msg(
            strstr(header_of_assertion(),
                   apr_psprintf(pool, "\"alg\":\"%s\"", rows[i].name)) != NULL,
            "%s %s: %s", rows[i].members, rows[i].written,
            header_of_assertion());
    }
}
END_TEST

START_TEST(a_key_goes_before_a_secret_with_an_algorithm_that_is_listed)
{
    static const struct {
        const char *members;
        ti_alg_t alg;
    } rows[] = {
        {OWN "[\"client_secret_basic\",\"private_key_jwt\"]", TI_ALG_ES256},
        {OWN "[\"private_key_jwt\"]," OWN_ALGS "[\"RS256\",\"EdDSA\"]",
         TI_ALG_EDDSA},
        {OWN "[\"private_key_jwt\"]," OWN_ALGS "[\"Ed25519\"]", TI_ALG_EDDSA},
        {TOKENS "[\"private_key_jwt\"]," TOKEN_ALGS "[\"Ed25519\"]",
         TI_ALG_EDDSA},
        {OWN "[\"private_key_jwt\"]," OWN_ALGS "[\"ES256\"]," TOKEN_ALGS
             "[\"EdDSA\"]",
         TI_ALG_ES256}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fresh("secret", 1);
        ck_assert_msg(apply(rows[i].members) == NULL, "%s", rows[i].members);
        ck_assert_int_eq(server->auth, TI_AUTH_KEY_JWT);
        ck_assert_int_eq(server->assertion.signs, rows[i].alg);
        ck_assert_ptr_nonnull(
            ti_assertion_write(&server->assertion, "https://x", 0, pool));
    }
    fresh("secret", 1);
    ck_assert_ptr_null(apply(OWN "[\"client_secret_basic\",\"private_key_jwt\"]"
                                 "," OWN_ALGS "[\"RS256\"]"));
    ck_assert_int_eq(server->auth, TI_AUTH_BASIC);
}
END_TEST

static void show_certificate(void)
{
    server->certificate.chain = "chain";
    server->certificate.key = "key";
}

/* As one that is ready: PEM of the test would have to be made. */
static const char *apply_with_certificate(const char *members)
{
    const char *text = apr_psprintf(
        pool, "{\"issuer\":\"" ISSUER "\"," ENDPOINT ",%s}", members);

    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    show_certificate();
    return ti_discovery_apply(server, text, strlen(text), pool);
}

START_TEST(who_shows_a_certificate_asks_at_the_alias)
{
    static const char alias[] =
        "\"mtls_endpoint_aliases\":{\"introspection_endpoint\":"
        "\"https://mtls.example/i\"},";

    fresh("secret", 0);
    ck_assert_ptr_null(apply_with_certificate(apr_pstrcat(
        pool, alias, OWN "[\"self_signed_tls_client_auth\"]", NULL)));
    ck_assert_int_eq(server->auth, TI_AUTH_TLS_SELF);
    ck_assert_str_eq(APR_ARRAY_IDX(server->endpoints, 0, const char *),
                     "https://mtls.example/i");
    fresh("secret", 0);
    ck_assert_ptr_null(apply_with_certificate(OWN "[\"tls_client_auth\"]"));
    ck_assert_int_eq(server->auth, TI_AUTH_TLS);
    ck_assert_str_eq(APR_ARRAY_IDX(server->endpoints, 0, const char *),
                     "https://as.example/i");
    fresh("secret", 0); /* certificate-bound, by another method */
    ck_assert_ptr_null(apply_with_certificate(
        apr_pstrcat(pool, alias, OWN "[\"client_secret_basic\"]", NULL)));
    ck_assert_int_eq(server->auth, TI_AUTH_BASIC);
    ck_assert_str_eq(APR_ARRAY_IDX(server->endpoints, 0, const char *),
                     "https://mtls.example/i");
    fresh("secret", 0);
    ck_assert_ptr_null(
        apply(apr_pstrcat(pool, alias, OWN "[\"client_secret_basic\"]", NULL)));
    ck_assert_str_eq(APR_ARRAY_IDX(server->endpoints, 0, const char *),
                     "https://as.example/i");
}
END_TEST

START_TEST(an_alias_without_tls_is_refused)
{
    fresh("secret", 0);
    ck_assert_ptr_nonnull(apply_with_certificate(
        "\"mtls_endpoint_aliases\":{\"introspection_endpoint\":"
        "\"http://127.0.0.1/i\"}," OWN "[\"tls_client_auth\"]"));
    ck_assert_ptr_null(server->endpoints);
}
END_TEST

START_TEST(a_token_of_our_own_is_listed_by_its_type)
{
    static const char *const rows[] = {OWN "[\"Bearer\"]", OWN "[\"bearer\"]",
                                       TOKENS "[\"private_key_jwt\"]", ""};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fresh(NULL, 0);
        server->client_id = NULL;
        server->bearer = "token";
        ck_assert_msg(apply(rows[i]) == NULL, "%s", rows[i]);
        ck_assert_int_eq(server->auth, TI_AUTH_BEARER);
    }
}
END_TEST

START_TEST(what_we_have_nothing_for_is_told_with_what_to_set)
{
    const char *why;

    fresh("secret", 0);
    why =
        apply(OWN "[\"private_key_jwt\",\"tls_client_auth\",\"odd\"]," OWN_ALGS
                  "[\"PS256\"]");
    ck_assert_ptr_nonnull(why);
    ck_assert_ptr_nonnull(strstr(why, "private_key_jwt (set "
                                      "IntrospectClientKey)"));
    ck_assert_ptr_nonnull(strstr(why, "tls_client_auth (set "
                                      "IntrospectTLSCertificate)"));
    ck_assert_ptr_nonnull(strstr(why, "PS256"));
    ck_assert_int_eq(server->auth, TI_AUTH_UNSET);
    fresh("short", 0);
    why = apply(OWN "[\"client_secret_jwt\"]");
    ck_assert_ptr_nonnull(strstr(why, "32 characters"));
}
END_TEST

START_TEST(what_is_set_wins_and_is_told)
{
    fresh("secret", 1);
    server->auth = TI_AUTH_POST;
    ck_assert_ptr_null(apply(OWN "[\"private_key_jwt\"]"));
    ck_assert_int_eq(server->auth, TI_AUTH_POST);
    ck_assert_ptr_nonnull(
        strstr(server->remark, "client_secret_post is not among the methods"));
    ck_assert_ptr_nonnull(strstr(server->remark, "(private_key_jwt)"));

    fresh("secret", 1);
    server->auth = TI_AUTH_KEY_JWT;
    server->assertion.alg = TI_ALG_ES256;
    ck_assert_ptr_null(
        apply(OWN "[\"private_key_jwt\"]," OWN_ALGS "[\"PS256\",\"EdDSA\"]"));
    ck_assert_int_eq(server->assertion.signs, TI_ALG_ES256);
    ck_assert_ptr_nonnull(strstr(server->remark, "(PS256, EdDSA)"));

    fresh("secret", 1); /* the method alone: an algorithm that is listed */
    server->auth = TI_AUTH_KEY_JWT;
    ck_assert_ptr_null(
        apply(OWN "[\"private_key_jwt\"]," OWN_ALGS "[\"EdDSA\"]"));
    ck_assert_int_eq(server->assertion.signs, TI_ALG_EDDSA);
    ck_assert_ptr_null(server->remark);

    fresh("secret", 0); /* Basic by another spelling */
    server->auth = TI_AUTH_BASIC_RAW;
    ck_assert_ptr_null(apply(OWN "[\"client_secret_basic\"]"));
    ck_assert_ptr_null(server->remark);
}
END_TEST

START_TEST(the_token_endpoint_is_known_as_an_audience)
{
    fresh("secret", 1);
    server->assertion.audience = "token_endpoint";
    ck_assert_ptr_null(apply(OWN "[\"private_key_jwt\"],\"token_endpoint\":"
                                 "\"https://as.example/token\""));
    ck_assert_str_eq(server->assertion.aud, "https://as.example/token");
    fresh(NULL, 1);
    server->assertion.audience = "token_endpoint";
    server->auth = TI_AUTH_KEY_JWT;
    ck_assert_ptr_nonnull(apply(OWN "[\"private_key_jwt\"]"));
}
END_TEST

/* It could take what we sign to that other server, as us. */
START_TEST(the_token_endpoint_of_another_host_is_no_audience)
{
    static const char *const others[] = {
        "https://other.example/token", "https://as.example:8443/token",
        "http://as.example/token", "https://as.example@other.example/token",
        "as.example"};
    apr_size_t i;

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const char *members =
            apr_psprintf(pool,
                         OWN "[\"private_key_jwt\"],\"token_endpoint\":"
                             "\"%s\"",
                         others[i]);
        const char *why;

        fresh(NULL, 1);
        server->assertion.audience = "token_endpoint";
        server->auth = TI_AUTH_KEY_JWT;
        why = apply(members);
        ck_assert_msg(why != NULL && strstr(why, "write its URL") != NULL, "%s",
                      others[i]);
        fresh(NULL, 1);
        ck_assert_ptr_null(apply(members));
        ck_assert_str_eq(server->assertion.aud, ISSUER);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("negotiation");
    TCase *one = tcase_create("negotiation");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_secret_goes_by_the_first_that_is_listed);
    tcase_add_test(one,
                   a_key_goes_before_a_secret_with_an_algorithm_that_is_listed);
    tcase_add_test(one, eddsa_has_the_name_that_is_listed);
    tcase_add_test(one, who_shows_a_certificate_asks_at_the_alias);
    tcase_add_test(one, an_alias_without_tls_is_refused);
    tcase_add_test(one, a_token_of_our_own_is_listed_by_its_type);
    tcase_add_test(one, what_we_have_nothing_for_is_told_with_what_to_set);
    tcase_add_test(one, what_is_set_wins_and_is_told);
    tcase_add_test(one, the_token_endpoint_is_known_as_an_audience);
    tcase_add_test(one, the_token_endpoint_of_another_host_is_no_audience);
    suite_add_tcase(all, one);
    return all;
}
