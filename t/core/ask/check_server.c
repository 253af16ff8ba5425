/* SPDX-License-Identifier: Apache-2.0
 *
 * One authorization server: defaults, merge, complaints, URLs.
 */
#include "server.h"

START_TEST(a_finished_server_has_defaults)
{
    ck_assert_ptr_null(complaint());
    ck_assert_int_eq(server->auth, TI_AUTH_BASIC);
    ck_assert_str_eq(server->hint, "access_token");
    ck_assert(server->timeout == apr_time_from_sec(6));
    ck_assert(server->connect_timeout == apr_time_from_sec(2));
    ck_assert_int_eq(server->tls_verify, TI_SWITCH_ON);
    ck_assert_int_eq(server->allow_insecure, TI_SWITCH_OFF);
    ck_assert(server->cache_max_age == apr_time_from_sec(60));
    ck_assert(server->negative_max_age == apr_time_from_sec(15));
    ck_assert(server->stale_if_error == 0);
    ck_assert_int_gt(server->calls_max, 0);
}
END_TEST

START_TEST(questions_take_half_of_few_workers_unless_somebody_says_so)
{
    static const int rows[][2] = {{0, 128},   {1, 1},     {2, 1},
                                  {3, 1},     {20, 10},   {255, 127},
                                  {256, 128}, {2000, 128}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        server->calls_max = -1;
        ck_assert_int_eq(ti_server_finish(server, rows[i][0], pool),
                         APR_SUCCESS);
        ck_assert_int_eq(server->calls_max, rows[i][1]);
    }
    server->calls_max = 300;
    ck_assert_int_eq(ti_server_finish(server, 20, pool), APR_SUCCESS);
    ck_assert_int_eq(server->calls_max, 300);
}
END_TEST

START_TEST(what_is_set_is_kept_though_it_is_zero_or_empty)
{
    server->hint = "";
    server->cache_max_age = 0;
    server->negative_max_age = 0;
    server->refresh = 0;
    ck_assert_ptr_null(complaint());
    ck_assert_str_eq(server->hint, "");
    ck_assert(server->cache_max_age == 0);
    ck_assert(server->negative_max_age == 0);
    ck_assert_int_eq(server->refresh, 0);
}
END_TEST

START_TEST(merge_takes_what_is_set_last)
{
    ti_server_t *add = ti_server_create(pool);
    ti_server_t *merged;

    server->cache_max_age = 5;
    server->tls_verify = TI_SWITCH_OFF;
    server->timeout = 7;
    add->cache_max_age = 0;
    add->client_id = "other";
    merged = ti_server_merge(server, add, pool);
    ck_assert(merged->cache_max_age == 0);
    ck_assert(merged->timeout == 7);
    ck_assert_str_eq(merged->client_id, "other");
    ck_assert_str_eq(merged->client_secret, "secret");
    ck_assert_int_eq(merged->tls_verify, TI_SWITCH_OFF);
    ck_assert(merged->negative_max_age < 0);
    ck_assert_ptr_eq(merged->endpoints, server->endpoints);
}
END_TEST

START_TEST(another_endpoint_gets_no_credentials_of_this_one)
{
    ti_server_t *add = ti_server_create(pool);
    ti_server_t *merged;

    server->auth = TI_AUTH_POST;
    server->bearer = "own";
    add->endpoints = server->endpoints;
    add->client_id = "other";
    merged = ti_server_merge(server, add, pool);
    ck_assert_str_eq(merged->client_id, "other");
    ck_assert_ptr_null(merged->client_secret);
    ck_assert_ptr_null(merged->bearer);
    ck_assert_int_eq(merged->auth, TI_AUTH_UNSET);
}
END_TEST

START_TEST(another_endpoint_gets_nothing_else_of_this_one_either)
{
    ti_server_t *add = ti_server_create(pool);
    ti_server_t *merged;

    add_param(server, "tenant", "one");
    add_header(server, "X-Key", "one");
    server->jwks_url = "https://as.example/jwks";
    merged = ti_server_merge(server, add, pool);
    ck_assert_ptr_nonnull(merged->params);
    ck_assert_ptr_nonnull(merged->headers);
    ck_assert_ptr_nonnull(merged->jwks_url);
    add->endpoints = server->endpoints;
    merged = ti_server_merge(server, add, pool);
    ck_assert_ptr_null(merged->params);
    ck_assert_ptr_null(merged->headers);
    ck_assert_ptr_null(merged->jwks_url);
}
END_TEST

START_TEST(an_algorithm_goes_with_its_method)
{
    ti_server_t *add = ti_server_create(pool);

    server->auth = TI_AUTH_KEY_JWT;
    server->assertion.alg = TI_ALG_ES256;
    ck_assert_int_eq(ti_server_merge(server, add, pool)->assertion.alg,
                     TI_ALG_ES256);
    add->auth = TI_AUTH_SECRET_JWT;
    ck_assert_int_eq(ti_server_merge(server, add, pool)->assertion.alg,
                     TI_ALG_UNKNOWN);
}
END_TEST

START_TEST(a_server_without_endpoint_is_complained_about)
{
    server->endpoints = NULL;
    ck_assert(asks_for("IntrospectEndpoint"));
    server->endpoints = apr_array_make(pool, 1, sizeof(const char *));
    ck_assert(asks_for("IntrospectEndpoint"));
}
END_TEST

START_TEST(every_endpoint_is_looked_at)
{
    set_endpoints(server, "https://as.example/i", "http://as.example/i");
    ck_assert(asks_for("IntrospectAllowInsecure"));
    server->allow_insecure = TI_SWITCH_ON;
    ck_assert_ptr_null(complaint());
}
END_TEST

START_TEST(the_url_of_the_key_set_is_looked_at_too)
{
    server->jwks_url = "http://as.example/jwks";
    ck_assert(asks_for("IntrospectJWKSURL"));
    ck_assert(asks_for("IntrospectAllowInsecure"));
    ck_assert_ptr_nonnull(ti_server_keys_complaint(server, pool));
    server->allow_insecure = TI_SWITCH_ON;
    ck_assert_ptr_null(complaint());
    server->allow_insecure = TI_SWITCH_OFF;
    server->jwks_url = "http://127.0.0.1/jwks";
    ck_assert_ptr_null(complaint());
    server->endpoints = NULL;
    ck_assert_ptr_null(ti_server_keys_complaint(server, pool));
}
END_TEST

START_TEST(signed_answers_need_an_issuer_keys_and_an_audience)
{
    server->signing.form = TI_SIGNING_RFC9701;
    ck_assert(asks_for("'IntrospectSignedResponse On ISSUER'"));
    server->signing.issuer = "https://as.example";
    ck_assert(asks_for("'IntrospectJWKSURL URL'"));
    server->jwks_url = "https://as.example/jwks";
    ck_assert_ptr_null(complaint());
    server->signing.issuer = NULL;
    server->issuer = "https://as.example";
    ck_assert_ptr_null(complaint());
    server->auth = TI_AUTH_NONE;
    server->client_id = NULL;
    ck_assert(asks_for("IntrospectSignedResponseAudience"));
    server->signing.form = TI_SIGNING_BARE;
    ck_assert_ptr_null(complaint());
}
END_TEST

START_TEST(a_setting_of_signatures_without_them_has_no_effect)
{
    server->signing.audience = "any";
    ck_assert(asks_for("'IntrospectSignedResponse On'"));
    server->signing.algs = TI_ALG_ES256;
    ck_assert(asks_for("IntrospectSignedResponseAlg"));
    server->signing.form = TI_SIGNING_OFF;
    ck_assert_ptr_null(complaint());
}
END_TEST

START_TEST(signatures_go_on_but_not_who_signs)
{
    ti_server_t *add = ti_server_create(pool);
    ti_server_t *merged;

    server->signing.form = TI_SIGNING_RFC9701;
    server->signing.algs = TI_ALG_ES256;
    server->signing.issuer = "https://as.example";
    server->signing.audience = "any";
    merged = ti_server_merge(server, add, pool);
    ck_assert_int_eq(merged->signing.form, TI_SIGNING_RFC9701);
    ck_assert_str_eq(merged->signing.issuer, "https://as.example");
    ck_assert_str_eq(merged->signing.audience, "any");
    set_endpoints(add, "https://other.example/i", NULL);
    merged = ti_server_merge(server, add, pool);
    ck_assert_int_eq(merged->signing.form, TI_SIGNING_RFC9701);
    ck_assert_int_eq(merged->signing.algs, TI_ALG_ES256);
    ck_assert_ptr_null(merged->signing.issuer);
    ck_assert_ptr_null(merged->signing.audience);
    merged = ti_server_inherit(server, pool);
    ck_assert_int_eq(merged->signing.form, TI_SIGNING_RFC9701);
    ck_assert_ptr_null(merged->signing.issuer);
    ck_assert_ptr_null(merged->signing.audience);
    add->signing.form = TI_SIGNING_OFF;
    merged = ti_server_merge(server, add, pool);
    ck_assert_int_eq(merged->signing.form, TI_SIGNING_OFF);
}
END_TEST

START_TEST(a_method_needs_its_credentials)
{
    server->client_secret = NULL;
    ck_assert(asks_for("IntrospectClientSecret"));
    server->auth = TI_AUTH_POST;
    ck_assert(asks_for("client_secret_post"));
    server->client_id = NULL;
    ck_assert(asks_for("IntrospectClientID"));
    server->auth = TI_AUTH_BASIC_RAW;
    ck_assert(asks_for("IntrospectClientID"));
    server->auth = TI_AUTH_BEARER;
    ck_assert(asks_for("IntrospectBearerToken"));
    server->bearer = "t";
    ck_assert_ptr_null(complaint());
    server->auth = TI_AUTH_UNSET;
    ck_assert(asks_for("'IntrospectClientAuth bearer'"));
    server->bearer = NULL;
    server->auth = TI_AUTH_NONE;
    ck_assert_ptr_null(complaint());
}
END_TEST

START_TEST(no_complaint_tells_a_secret)
{
    server->client_id = NULL;
    server->client_secret = "SECRET";
    ck_assert_ptr_null(strstr(complaint(), "SECRET"));
    ck_assert_ptr_null(
        strstr(url("https://me:SECRET@as.example/", 1), "SECRET"));
    ck_assert_ptr_null(
        strstr(url("https://me:SECRET@as.example:99999/", 1), "SECRET"));
    ck_assert_ptr_null(
        strstr(url("https://me:SECRET@as.example:x/", 1), "SECRET"));
}
END_TEST

START_TEST(methods_have_the_names_of_the_registry)
{
    ck_assert_int_eq(ti_auth_of_name("client_secret_basic"), TI_AUTH_BASIC);
    ck_assert_int_eq(ti_auth_of_name("client_secret_post"), TI_AUTH_POST);
    ck_assert_int_eq(ti_auth_of_name("bearer"), TI_AUTH_BEARER);
    ck_assert_int_eq(ti_auth_of_name("none"), TI_AUTH_NONE);
    ck_assert_int_eq(ti_auth_of_name("client_secret_basic_raw"),
                     TI_AUTH_BASIC_RAW);
    ck_assert_int_eq(ti_auth_of_name("client_secret"), TI_AUTH_UNSET);
    ck_assert_int_eq(ti_auth_of_name(""), TI_AUTH_UNSET);
}
END_TEST

START_TEST(https_and_loopback_may_be_asked)
{
    static const char *const good[] = {
        "https://as.example/i?x=y", "https://as.example:8443",
        "https://[2001:db8::1]/i",  "http://localhost:80/",
        "http://127.0.0.1:8080/i",  "http://127.1.2.3/",
        "http://[::1]:8080/i",      "https://as.example:65535/%2f?x=%C3%A4",
        "https://as.example:1",     "https://as.example:/i"};
    apr_size_t i;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ck_assert_msg(url(good[i], 0) == NULL, "%s", good[i]);
    }
}
END_TEST

START_TEST(http_to_other_hosts_must_be_allowed)
{
    static const char *const bad[] = {
        "http://as.example/",        "http://127.0.0.1.example/",
        "http://localhost.example/", "http://127.evil.example/",
        "http://10.0.0.1/",          "http://[::2]/",
        "http://localhosts/",        "http://0.0.0.0/"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(url(bad[i], 0) != NULL, "%s", bad[i]);
        ck_assert_msg(url(bad[i], 1) == NULL, "%s", bad[i]);
    }
}
END_TEST

START_TEST(other_urls_are_never_asked)
{
    static const char *const bad[] = {"",
                                      "as.example/i",
                                      "/i",
                                      "https://",
                                      "https:///i",
                                      "file:///etc/passwd",
                                      "ftp://a/",
                                      "https:as.example",
                                      "https://a:b@as.example/",
                                      "httpss://a",
                                      "https://a@as.example/",
                                      "https://as.example/#f",
                                      "http://127.0.0.1\\@as.example/",
                                      "https://as.example:0/i",
                                      "https://as.example:65536/i",
                                      "https://as.example:4294967739/i",
                                      "https://as.example:18446744073709552059",
                                      "https://as.example:-1/i",
                                      "https://as.example:4x/i",
                                      "https://as.example/100%",
                                      "https://as.example/%2",
                                      "https://as.example/?a=%zz",
                                      "gopher://localhost/",
                                      "javascript:x"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(url(bad[i], 1) != NULL, "%s", bad[i]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("server");
    TCase *one = tcase_create("server");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, server_open, NULL);
    tcase_add_test(one, a_finished_server_has_defaults);
    tcase_add_test(one,
                   questions_take_half_of_few_workers_unless_somebody_says_so);
    tcase_add_test(one, what_is_set_is_kept_though_it_is_zero_or_empty);
    tcase_add_test(one, merge_takes_what_is_set_last);
    tcase_add_test(one, another_endpoint_gets_no_credentials_of_this_one);
    tcase_add_test(one, another_endpoint_gets_nothing_else_of_this_one_either);
    tcase_add_test(one, an_algorithm_goes_with_its_method);
    tcase_add_test(one, a_server_without_endpoint_is_complained_about);
    tcase_add_test(one, every_endpoint_is_looked_at);
    tcase_add_test(one, the_url_of_the_key_set_is_looked_at_too);
    tcase_add_test(one, signed_answers_need_an_issuer_keys_and_an_audience);
    tcase_add_test(one, a_setting_of_signatures_without_them_has_no_effect);
    tcase_add_test(one, signatures_go_on_but_not_who_signs);
    tcase_add_test(one, a_method_needs_its_credentials);
    tcase_add_test(one, no_complaint_tells_a_secret);
    tcase_add_test(one, methods_have_the_names_of_the_registry);
    tcase_add_test(one, https_and_loopback_may_be_asked);
    tcase_add_test(one, http_to_other_hosts_must_be_allowed);
    tcase_add_test(one, other_urls_are_never_asked);
    suite_add_tcase(all, one);
    return all;
}
