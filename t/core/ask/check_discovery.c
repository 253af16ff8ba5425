/* SPDX-License-Identifier: Apache-2.0
 *
 * Where metadata are, and what is taken from them.
 */
#include "ask/discovery.h"

#include "server.h"

#define ISSUER "https://as.example"

static void discovered_open(void)
{
    server = ti_server_create(pool);
    server->discovery = ISSUER;
    server->client_id = "me";
    server->client_secret = "secret";
    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    ck_assert(server->undiscovered);
    ck_assert_str_eq(server->issuer, ISSUER);
}

static const char *apply(const char *text)
{
    return ti_discovery_apply(server, text, strlen(text), pool);
}

START_TEST(the_places_follow_from_the_issuer)
{
    static const char *const places[][3] = {
        {"https://a.example",
         "https://a.example/.well-known/oauth-authorization-server",
         "https://a.example/.well-known/openid-configuration"},
        {"https://a.example/",
         "https://a.example/.well-known/oauth-authorization-server",
         "https://a.example/.well-known/openid-configuration"},
        {"https://a.example:8443/x/y",
         "https://a.example:8443/.well-known/oauth-authorization-server/x/y",
         "https://a.example:8443/x/y/.well-known/openid-configuration"}};
    apr_size_t i;
    int which;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        for (which = 0; which < TI_DISCOVERY_LOCATIONS; which++) {
            ck_assert_str_eq(ti_discovery_location(places[i][0], which, pool),
                             places[i][which + 1]);
        }
    }
}
END_TEST

START_TEST(what_is_not_written_is_taken)
{
    ck_assert_ptr_null(apply(
        "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"
        "\"https://as.example/i\",\"jwks_uri\":\"https://as.example/k\"}"));
    ck_assert_int_eq(server->endpoints->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(server->endpoints, 0, const char *),
                     "https://as.example/i");
    ck_assert_str_eq(server->jwks_url, "https://as.example/k");
    ck_assert_int_eq(server->auth, TI_AUTH_BASIC);
    ck_assert(!server->undiscovered);
    ck_assert_ptr_null(ti_server_complaint(server, pool));
}
END_TEST

START_TEST(what_is_written_wins)
{
    set_endpoints(server, "https://as.example/written", NULL);
    server->jwks_url = "https://as.example/keys";
    server->auth = TI_AUTH_BASIC_RAW;
    ck_assert_ptr_null(
        apply("{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"
              "\"https://as.example/i\",\"jwks_uri\":\"https://as.example/k\","
              "\"introspection_endpoint_auth_methods_supported\":[\"none\"]}"));
    ck_assert_str_eq(APR_ARRAY_IDX(server->endpoints, 0, const char *),
                     "https://as.example/written");
    ck_assert_str_eq(server->jwks_url, "https://as.example/keys");
    ck_assert_int_eq(server->auth, TI_AUTH_BASIC_RAW);
}
END_TEST

START_TEST(what_cannot_be_used_changes_nothing)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{\"introspection_endpoint\":\"https://as.example/i\"}",
        "{\"issuer\":\"https://as.example/\",\"introspection_endpoint\":"
        "\"https://as.example/i\"}",
        "{\"issuer\":\"HTTPS://as.example\",\"introspection_endpoint\":"
        "\"https://as.example/i\"}",
        "{\"issuer\":[\"" ISSUER "\"],\"introspection_endpoint\":"
        "\"https://as.example/i\"}",
        "{\"issuer\":\"" ISSUER "\",\"issuer\":\"" ISSUER
        "\",\"introspection_endpoint\":\"https://as.example/i\"}",
        "{\"issuer\":\"" ISSUER "\"}",
        "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":7}",
        "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"
        "\"http://127.0.0.1/i\"}",
        "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"
        "\"unix:/run/x|http://localhost/i\"}",
        "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"
        "\"https://as.example/i\",\"jwks_uri\":\"file:///etc/passwd\"}",
        "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"
        "\"https://as.example/i\","
        "\"introspection_endpoint_auth_methods_supported\":[]}"};
    ti_server_t before = *server;
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(apply(bad[i]) != NULL, "%s", bad[i]);
        ck_assert_msg(memcmp(&before, server, sizeof(before)) == 0, "%s",
                      bad[i]);
    }
}
END_TEST

#define SIGNING(algs)                                                          \
    "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"                   \
    "\"https://as.example/i\",\"jwks_uri\":\"https://as.example/k\"" algs "}"
#define VALUES ",\"introspection_signing_alg_values_supported\":"

START_TEST(signatures_are_as_metadata_say)
{
    ck_assert_ptr_null(apply(SIGNING(VALUES "[\"ES256\"]")));
    ck_assert_int_eq(server->signing.algs, 0); /* nobody asks for them */
    discovered_open();
    server->signing.form = TI_SIGNING_RFC9701;
    ck_assert_ptr_null(
        apply(SIGNING(VALUES "[\"HS256\",\"none\",\"Ed25519\",\"ES256\"]")));
    ck_assert_int_eq(server->signing.algs, TI_ALG_ES256 | TI_ALG_EDDSA);
    discovered_open();
    server->signing.form = TI_SIGNING_RFC9701;
    server->signing.algs = TI_ALG_PS256;
    ck_assert_ptr_null(apply(SIGNING(VALUES "[\"ES256\"]")));
    ck_assert_int_eq(server->signing.algs, TI_ALG_PS256);
    discovered_open();
    server->signing.form = TI_SIGNING_RFC9701;
    ck_assert_ptr_null(apply(SIGNING("")));
    ck_assert_int_eq(ti_signing_algs(&server->signing), TI_ALGS_ASYMMETRIC);
}
END_TEST

START_TEST(signatures_that_cannot_be_verified_change_nothing)
{
    static const char *const bad[] = {
        SIGNING(VALUES "[]"), SIGNING(VALUES "[\"HS256\",\"none\"]"),
        SIGNING(VALUES "7"),
        "{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":"
        "\"https://as.example/i\"}"};
    ti_server_t before;
    apr_size_t i;

    server->signing.form = TI_SIGNING_RFC9701;
    before = *server;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(apply(bad[i]) != NULL, "%s", bad[i]);
        ck_assert_msg(memcmp(&before, server, sizeof(before)) == 0, "%s",
                      bad[i]);
    }
}
END_TEST

START_TEST(the_identity_is_that_of_the_issuer)
{
    ti_key_t before = server->identity;

    ck_assert_ptr_null(apply("{\"issuer\":\"" ISSUER
                             "\",\"introspection_endpoint\":"
                             "\"https://elsewhere.example/i\"}"));
    ck_assert(ti_key_same(&before, &server->identity, sizeof(before)));
    server = ti_server_create(pool);
    server->discovery = ISSUER "/2";
    server->client_id = "me";
    server->client_secret = "secret";
    ti_server_finish(server, 0, pool);
    ck_assert(!ti_key_same(&before, &server->identity, sizeof(before)));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("discovery");
    TCase *one = tcase_create("discovery");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, discovered_open, NULL);
    tcase_add_test(one, the_places_follow_from_the_issuer);
    tcase_add_test(one, what_is_not_written_is_taken);
    tcase_add_test(one, what_is_written_wins);
    tcase_add_test(one, what_cannot_be_used_changes_nothing);
    tcase_add_test(one, signatures_are_as_metadata_say);
    tcase_add_test(one, signatures_that_cannot_be_verified_change_nothing);
    tcase_add_test(one, the_identity_is_that_of_the_issuer);
    suite_add_tcase(all, one);
    return all;
}
