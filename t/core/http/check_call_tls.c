/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom the HTTP client trusts: against `openssl s_server`, with certificates
 * made for the occasion.
 *
 * Not under valgrind.
 */
#include "client.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "jose/authorities.h"

static char folder[] = "/tmp/check_tls.XXXXXX";
static pid_t server; /* 0: none */
static ti_route_t route;

static const char make_certificates[] =
    "set -e; exec >/dev/null 2>&1; cd \"$1\"\n"
    "new='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'\n"
    "for ca in ca other; do\n"
    "  openssl req -x509 $new -keyout $ca.key -out $ca.pem -days 2 \\\n"
    "    -subj '/CN=A CA for tests'\n"
    "done\n"
    "sign() { # name, subjectAltName, days\n"
    "  openssl req $new -keyout $1.key -out $1.csr -subj /CN=peer \\\n"
    "    -addext subjectAltName=$2\n"
    "  openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key \\\n"
    "    -copy_extensions copy -days $3 -out $1.pem\n"
    "}\n"
    "sign good IP:127.0.0.1 2\n"
    "sign named DNS:other.example 2\n"
    "sign expired IP:127.0.0.1 -1\n"
    "openssl req -x509 $new -keyout evil.key -out evil.pem -days 2 \\\n"
    "  -subj \"/CN=evil$(printf '\\033[31m\\nMAI0090: line')\"\n";

/* Run a program and wait for it; its status. */
static int run(const char *const *words)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        execvp(words[0], (char *const *)(apr_uintptr_t)words);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return status;
}

static void certificates_open(void)
{
    const char *words[] = {"sh", "-c", make_certificates, "sh", folder, NULL};

    if (mkdtemp(folder) == NULL || run(words) != 0) {
        abort();
    }
}

static void certificates_close(void)
{
    const char *words[] = {"rm", "-rf", folder, NULL};

    run(words);
}

/* In the child: become the server, whose first words go to `out`. */
static void become_server(const char *name, int out)
{
    int nothing = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(nothing, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    execlp("openssl", "openssl", "s_server", "-www", "-accept", "127.0.0.1:0",
           "-cert", apr_pstrcat(pool, folder, "/", name, ".pem", NULL), "-key",
           apr_pstrcat(pool, folder, "/", name, ".key", NULL), NULL);
    _exit(127);
}

static void trust_in(const char *name)
{
    const char *why;

    route.ca_file = apr_pstrcat(pool, folder, "/", name, ".pem", NULL);
    route.ca = ti_authorities_read(&why, route.ca_file, pool);
    ck_assert_ptr_nonnull(route.ca);
}

/* Serve with this certificate; a GET of its status page. */
static ti_http_request_t serve(const char *name)
{
    ti_http_request_t request;
    char line[200] = "";
    int port = 0;
    int ends[2];
    FILE *words;

    ck_assert_int_eq(pipe(ends), 0);
    server = fork();
    if (server == 0) {
        become_server(name, ends[1]);
    }
    close(ends[1]);
    words = fdopen(ends[0], "r");
    while (port == 0 && fgets(line, sizeof(line), words) != NULL) {
        sscanf(line, "ACCEPT 127.0.0.1:%d", &port);
    }
    fclose(words);
    ck_assert_int_ne(port, 0);

    request = post_to(port);
    request.url = apr_psprintf(pool, "https://127.0.0.1:%d/", port);
    request.form = NULL;
    memset(&route, 0, sizeof(route));
    request.route = &route;
    trust_in("ca");
    return request;
}

static void server_close(void)
{
    client_close();
    if (server > 0) {
        kill(server, SIGKILL);
        waitpid(server, NULL, 0);
    }
}

static void expect_refused(const ti_http_request_t *request, const char *part)
{
    ti_http_response_t answer = ask(request);

    ck_assert_int_eq(answer.failure, TI_HTTP_TLS);
    if (strstr(answer.reason, part) == NULL ||
        strstr(answer.reason, "resolved to 127.0.0.1 port ") == NULL) {
        ck_abort_msg("'%s' is not in '%s'", part, answer.reason);
    }
}

START_TEST(a_certificate_of_the_ca_file_is_trusted)
{
    ti_http_request_t request = serve("good");
    ti_http_response_t answer = ask(&request);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "s_server"));
}
END_TEST

START_TEST(an_unknown_ca_is_refused)
{
    ti_http_request_t request = serve("good");

    route.ca = NULL;
    expect_refused(&request, "unable to get local issuer certificate");
    trust_in("other");
    expect_refused(&request, "SSL certificate problem");
}
END_TEST

START_TEST(a_certificate_for_another_host_is_refused)
{
    ti_http_request_t request = serve("named");

    expect_refused(&request, "target host name '127.0.0.1'");
}
END_TEST

START_TEST(an_expired_certificate_is_refused)
{
    ti_http_request_t request = serve("expired");

    expect_refused(&request, "certificate has expired");
}
END_TEST

START_TEST(a_certificate_cannot_write_a_line_of_the_log)
{
    ti_http_request_t request = serve("evil");
    ti_http_response_t answer;
    const char *at;

    trust_in("evil");
    answer = ask(&request);
    ck_assert_int_eq(answer.failure, TI_HTTP_TLS);
    ck_assert_ptr_nonnull(strstr(answer.reason, "evil?[31m?MAI0090: line"));
    for (at = answer.reason; *at != '\0'; at++) {
        ck_assert(*at >= ' ' && *at <= '~');
    }
}
END_TEST

START_TEST(authorities_that_are_none_trust_nobody)
{
    ti_http_request_t request = serve("good");

    route.ca = "no certificate";
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_TLS);
}
END_TEST

START_TEST(a_connection_that_others_trusted_serves_nobody_else)
{
    ti_http_request_t request = serve("good");
    ti_http_response_t answer;

    request.once = 1;
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
    trust_in("other");
    answer = ask(&request);
    ck_assert_int_eq(answer.failure, TI_HTTP_TLS);
    ck_assert(!answer.sent);
    trust_in("ca");
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
}
END_TEST

static const char *const all_names[] = {"good", "named", "expired"};

START_TEST(insecure_accepts_any_certificate)
{
    ti_http_request_t request = serve(all_names[_i]);

    route.insecure = 1;
    route.ca = NULL;
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
}
END_TEST

START_TEST(what_was_accepted_unverified_is_verified_for_others)
{
    ti_http_request_t request = serve("expired");

    route.insecure = 1;
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
    route.insecure = 0;
    expect_refused(&request, "certificate has expired");
}
END_TEST

START_TEST(another_connection_resumes_the_tls_session)
{
    ti_http_request_t request = serve("good");
    ti_http_response_t first = ask(&request);
    ti_http_response_t second = ask(&request);

    ck_assert_int_eq(second.reused, 0);
    ck_assert_ptr_nonnull(strstr(first.body, "\nNew, TLS"));
    ck_assert_ptr_nonnull(strstr(second.body, "\nReused, TLS"));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("tls");
    TCase *trust = tcase_create("trust");

    tcase_add_test(trust, a_certificate_of_the_ca_file_is_trusted);
    tcase_add_test(trust, an_unknown_ca_is_refused);
    tcase_add_test(trust, a_certificate_for_another_host_is_refused);
    tcase_add_test(trust, an_expired_certificate_is_refused);
    tcase_add_test(trust, a_certificate_cannot_write_a_line_of_the_log);
    tcase_add_test(trust, authorities_that_are_none_trust_nobody);
    tcase_add_test(trust, a_connection_that_others_trusted_serves_nobody_else);
    tcase_add_loop_test(trust, insecure_accepts_any_certificate, 0, 3);
    tcase_add_test(trust, what_was_accepted_unverified_is_verified_for_others);
    tcase_add_test(trust, another_connection_resumes_the_tls_session);
    tcase_add_unchecked_fixture(trust, certificates_open, certificates_close);
    tcase_add_checked_fixture(trust, client_open, server_close);
    tcase_set_timeout(trust, 30);
    suite_add_tcase(all, trust);
    return all;
}
