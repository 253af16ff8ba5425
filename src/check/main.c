/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#define TOKEN_MAX (64 * 1024)

static const char usage[] =
    "Usage: introspect-check [OPTION]... [PATH|URL] <TOKEN\n"
    "       introspect-check --forget [OPTION]... <TOKEN\n"
    "       introspect-check --server NAME [--httpd COMMAND] <TOKEN\n"
    "       introspect-check --list [--httpd COMMAND]\n"
    "\n"
    "Says what httpd with mod_auth_introspect would do to a request with the\n"
    "token that is the first line of standard input.\n"
    "\n"
    "  --page URL      the page of SetHandler introspect-status\n"
    "                  (" CHECK_PAGE ")\n"
    "  --user NAME     who asks the page; the password is in the environment,\n"
    "                  INTROSPECT_CHECK_PASSWORD, or for both in ~/.netrc\n"
    "  --cacert FILE   trust these authorities for the page\n"
    "  --method NAME   of the request that is tried (GET)\n"
    "  --forget        forget what is remembered about the token\n"
    "  --server NAME   ask this authorization server of the configuration;\n"
    "                  no httpd has to run\n"
    "  --list          list the authorization servers of the configuration\n"
    "  --httpd COMMAND reads the configuration (" CHECK_HTTPD ")\n"
    "\n"
    "Exit status: 0 the request is let in, or the token is active;\n"
    "1 the token is refused; 2 the authorization server, 3 the network,\n"
    "4 the configuration is at fault; 5 nothing could be found out.\n";

static int read_options(check_options_t *options, int argc, char *argv[]);
static void take(check_options_t *options, int option, const char *value);
static int read_token(char *token, size_t size);

int main(int argc, char *argv[])
{
    static char token[TOKEN_MAX];
    check_options_t options;
    int status = read_options(&options, argc, argv);

    if (status >= 0) {
        return status;
    }
    if (options.list) {
        return (int)check_httpd(&options, NULL);
    }
    if (!read_token(token, sizeof(token))) {
        fputs("introspect-check: the first line of standard input is not a "
              "token\n",
              stderr);
        return CHECK_FAILED;
    }
    return (int)(options.server != NULL ? check_httpd(&options, token)
                                        : check_page(&options, token));
}

check_status_t check_status_of(const char *fault)
{
    static const char *const names[] = {"none", "token", "authorization server",
                                        "network", "configuration"};
    int i;

    for (i = 0; i < CHECK_FAILED; i++) {
        if (strcmp(fault, names[i]) == 0) {
            return (check_status_t)i;
        }
    }
    return CHECK_FAILED;
}

/* Below 0: go on; else the exit status. */
static int read_options(check_options_t *options, int argc, char *argv[])
{
    static const struct option known[] = {
        {"page", required_argument, NULL, 'p'},
        {"user", required_argument, NULL, 'u'},
        {"cacert", required_argument, NULL, 'a'},
        {"method", required_argument, NULL, 'm'},
        {"server", required_argument, NULL, 's'},
        {"httpd", required_argument, NULL, 'c'},
        {"forget", no_argument, NULL, 'f'},
        {"list", no_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0}};
    int option;

    memset(options, 0, sizeof(*options));
    options->page = CHECK_PAGE;
    options->path = "/";
    options->method = "GET";
    options->httpd = CHECK_HTTPD;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'h' || option == 'v') {
            fputs(option == 'h' ? usage
                                : "introspect-check " CHECK_VERSION "\n",
                  stdout);
            return 0;
        }
        if (option == '?') {
            fputs("Try introspect-check --help\n", stderr);
            return CHECK_FAILED;
        }
        take(options, option, optarg);
    }
    if (optind < argc) {
        options->path = argv[optind++];
    }
    if (optind < argc) {
        fputs("introspect-check: one path is enough; the token goes to "
              "standard input\n",
              stderr);
        return CHECK_FAILED;
    }
    return -1;
}

static void take(check_options_t *options, int option, const char *value)
{
    switch (option) {
    case 'p':
        options->page = value;
        break;
    case 'u':
        options->user = value;
        break;
    case 'a':
        options->ca = value;
        break;
    case 'm':
        options->method = value;
        break;
    case 's':
        options->server = value;
        break;
    case 'c':
        options->httpd = value;
        break;
    case 'f':
        options->forget = 1;
        break;
    default:
        options->list = 1;
        break;
    }
}

/* Zero: it is empty, or too long. */
static int read_token(char *token, size_t size)
{
    size_t length;

    if (fgets(token, (int)size, stdin) == NULL) {
        return 0;
    }
    length = strcspn(token, "\r\n");
    if (length == 0 || length == size - 1) {
        return 0;
    }
    token[length] = '\0';
    return 1;
}
