/* SPDX-License-Identifier: Apache-2.0
 *
 * What makes one authorization server another.
 */
#include "server.h"

static void other_endpoint(void)
{
    set_endpoints(server, "https://as.example/j", NULL);
}

static void two_endpoints(void)
{
    set_endpoints(server, "https://as.example/i", "https://as.example/j");
}

static void other_client(void)
{
    server->client_id = "you";
}

static void other_secret(void)
{
    server->client_secret = "else";
}

static void other_auth(void)
{
    server->auth = TI_AUTH_POST;
}

static void no_hint(void)
{
    server->hint = "";
}

static void unverified(void)
{
    server->tls_verify = TI_SWITCH_OFF;
}

static void other_ca(void)
{
    server->tls_ca_file.path = "/ca.pem";
}

static void one_param(void)
{
    add_param(server, "a", "b=c");
}

static void other_param(void)
{
    add_param(server, "a=b", "c");
}

static void params_run_together(void)
{
    add_param(server, "a", "");
    add_param(server, "b=c", "");
}

static void bearer(void)
{
    server->auth = TI_AUTH_BEARER;
    server->client_id = NULL;
    server->bearer = "t";
}

static void other_bearer(void)
{
    bearer();
    server->bearer = "u";
}

static void bearer_of_file(void)
{
    bearer();
    server->bearer_source = "file:/t";
}

static void other_bearer_of_file(void)
{
    other_bearer();
    server->bearer_source = "file:/t";
}

static void bearer_of_client(void)
{
    bearer();
    server->client_id = "me";
}

static void other_bearer_of_client(void)
{
    other_bearer();
    server->client_id = "me";
}

static void tls13(void)
{
    server->tls_min = 13;
}

static void pinned(void)
{
    server->tls_pins = "sha256//x";
}

static void one_header(void)
{
    add_header(server, "X-Tenant", "a");
}

static void other_header(void)
{
    add_header(server, "X-Tenant", "b");
}

static void param_like_a_header(void)
{
    add_param(server, "X-Tenant", "a");
}

static void signed_answers(void)
{
    server->signing.form = TI_SIGNING_RFC9701;
    server->issuer = "https://as.example";
}

static void signed_claims(void)
{
    signed_answers();
    server->signing.form = TI_SIGNING_BARE;
    server->signing.audience = "me";
}

static void signed_by_another(void)
{
    signed_answers();
    server->signing.issuer = "https://other.example";
}

static void signed_for_another(void)
{
    signed_answers();
    server->signing.audience = "you";
}

static void signed_for_anybody(void)
{
    signed_answers();
    server->signing.audience = "any";
}

static void signed_by_other_keys(void)
{
    signed_answers();
    server->jwks_url = "https://as.example/jwks";
}

static void signed_otherwise(void)
{
    signed_answers();
    server->signing.algs = TI_ALG_ES256;
}

START_TEST(all_that_changes_an_answer_changes_the_identity)
{
    static void (*const changes[])(void) = {NULL,
                                            other_endpoint,
                                            two_endpoints,
                                            other_client,
                                            bearer,
                                            other_auth,
                                            no_hint,
                                            unverified,
                                            other_ca,
                                            one_param,
                                            other_param,
                                            params_run_together,
                                            other_bearer,
                                            tls13,
                                            pinned,
                                            one_header,
                                            other_header,
                                            param_like_a_header,
                                            bearer_of_file,
                                            bearer_of_client,
                                            signed_answers,
                                            signed_claims,
                                            signed_by_another,
                                            signed_for_another,
                                            signed_for_anybody,
                                            signed_by_other_keys,
                                            signed_otherwise};
    ti_key_t seen[sizeof(changes) / sizeof(changes[0])];
    apr_size_t i;
    apr_size_t j;

    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        seen[i] = identity(changes[i]);
        for (j = 0; j < i; j++) {
            ck_assert_msg(!ti_key_same(&seen[i], &seen[j], sizeof(seen[i])),
                          "changes %d and %d", (int)i, (int)j);
        }
    }
}
END_TEST

/* The digests of the usual server with one thing changed. */
static ti_key_t credentials(void (*change)(void))
{
    unsigned char secret[TI_SECRET_SIZE] = {1};
    ti_key_secrets_t secrets = {secret, NULL, secret};

    identity(change);
    ck_assert_int_eq(ti_server_make_keys(server, &secrets, pool), APR_SUCCESS);
    return server->credentials;
}

START_TEST(a_secret_is_no_part_of_the_identity_but_of_the_credentials)
{
    static void (*const changes[][2])(void) = {
        {NULL, other_secret},
        {bearer_of_file, other_bearer_of_file},
        {bearer_of_client, other_bearer_of_client}};
    apr_size_t i;

    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        ti_key_t one = identity(changes[i][0]);
        ti_key_t other = identity(changes[i][1]);

        ck_assert(ti_key_same(&one, &other, sizeof(one)));
        one = credentials(changes[i][0]);
        other = credentials(changes[i][1]);
        ck_assert(!ti_key_same(&one, &other, sizeof(one)));
        other = credentials(changes[i][0]);
        ck_assert(ti_key_same(&one, &other, sizeof(one)));
    }
}
END_TEST

static void certified(const char *names, const char *chain)
{
    server->certificate.names = names;
    server->certificate.chain = chain;
}

START_TEST(a_certificate_tells_by_its_names_who_we_are)
{
    ti_key_t one = identity(NULL);
    ti_key_t other;

    certified("CN=a", "1");
    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    ck_assert(!ti_key_same(&one, &server->identity, sizeof(one)));
    one = server->identity;
    certified("CN=b", "1");
    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    ck_assert(!ti_key_same(&one, &server->identity, sizeof(one)));
    certified("CN=a", "2");
    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    other = server->identity;
    ck_assert(ti_key_same(&one, &other, sizeof(one)));
}
END_TEST

static void keys_alone(void)
{
    server->jwks_url = "https://as.example/jwks";
    server->issuer = "https://as.example";
    server->signing.form = TI_SIGNING_OFF;
}

START_TEST(signatures_that_nobody_wants_change_nothing)
{
    ti_key_t one = identity(NULL);
    ti_key_t other = identity(keys_alone);

    ck_assert(ti_key_same(&one, &other, sizeof(one)));
}
END_TEST

static void other_bounds(void)
{
    server->timeout = 1;
    server->cache_max_age = 1;
    server->calls_max = 1;
}

START_TEST(the_same_server_is_the_same_whatever_its_bounds)
{
    ti_key_t one = identity(NULL);
    ti_key_t other = identity(other_bounds);

    ck_assert(ti_key_same(&one, &other, sizeof(one)));
}
END_TEST

static void other_spelling(void)
{
    set_endpoints(server, "HTTPS://AS.example:443/i?", NULL);
}

static void two_turned(void)
{
    set_endpoints(server, "https://as.example/j", "https://as.example/i");
}

START_TEST(spelling_and_order_of_equals_do_not_matter)
{
    ti_key_t one = identity(NULL);
    ti_key_t other = identity(other_spelling);

    ck_assert(ti_key_same(&one, &other, sizeof(one)));
    one = identity(two_endpoints);
    other = identity(two_turned);
    ck_assert(ti_key_same(&one, &other, sizeof(one)));
}
END_TEST

static void through_a_proxy(void)
{
    server->proxy = "http://proxy.example:3128";
}

static void plain(void)
{
    set_endpoints(server, "http://127.0.0.1/i", NULL);
}

static void plain_through_a_proxy(void)
{
    plain();
    through_a_proxy();
}

START_TEST(a_proxy_matters_where_it_could_answer_itself)
{
    ti_key_t one = identity(NULL);
    ti_key_t other = identity(through_a_proxy);

    ck_assert(ti_key_same(&one, &other, sizeof(one)));
    one = identity(plain);
    other = identity(plain_through_a_proxy);
    ck_assert(!ti_key_same(&one, &other, sizeof(one)));
}
END_TEST

START_TEST(keys_of_tokens_and_documents_never_meet)
{
    unsigned char secret[TI_SECRET_SIZE] = {1};
    ti_key_secrets_t secrets = {secret, NULL, secret};
    ti_key_t token;
    ti_key_t document;

    ck_assert_ptr_null(complaint());
    ck_assert_int_eq(ti_server_make_keys(server, &secrets, pool), APR_SUCCESS);
    ti_key_derive(&token, server->tokens, "x", 1);
    ti_key_derive(&document, server->documents, "x", 1);
    ck_assert(!ti_key_same(&token, &document, sizeof(token)));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("identity");
    TCase *one = tcase_create("identity");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, server_open, NULL);
    tcase_add_test(one, signatures_that_nobody_wants_change_nothing);
    tcase_add_test(one, all_that_changes_an_answer_changes_the_identity);
    tcase_add_test(one,
                   a_secret_is_no_part_of_the_identity_but_of_the_credentials);
    tcase_add_test(one, a_certificate_tells_by_its_names_who_we_are);
    tcase_add_test(one, the_same_server_is_the_same_whatever_its_bounds);
    tcase_add_test(one, spelling_and_order_of_equals_do_not_matter);
    tcase_add_test(one, a_proxy_matters_where_it_could_answer_itself);
    tcase_add_test(one, keys_of_tokens_and_documents_never_meet);
    suite_add_tcase(all, one);
    return all;
}
