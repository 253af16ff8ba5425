/* SPDX-License-Identifier: Apache-2.0
 *
 * introspect-check: what would happen to a token, from the command line. It
 * asks the status page of a running httpd; or, without one, has httpd read its
 * configuration and ask an authorization server.
 */
#ifndef CHECK_H
#define CHECK_H

/* Exit status: whose fault it is. */
typedef enum check_status_t {
    CHECK_GOOD = 0,
    CHECK_TOKEN = 1,
    CHECK_SERVER = 2,
    CHECK_NETWORK = 3,
    CHECK_CONFIGURATION = 4,
    CHECK_FAILED = 5 /* nothing could be found out */
} check_status_t;

/* What is asked; pointers are the command line's, or the environment's. */
typedef struct check_options_t {
    const char *page;   /* URL of the status page */
    const char *user;   /* who asks it; NULL: as .netrc says, or nobody */
    const char *ca;     /* file of authorities for the page's certificate */
    const char *path;   /* where the token is tried */
    const char *method; /* with which method */
    const char *server; /* ask this one instead of the page; or NULL */
    const char *httpd;  /* the command that reads the configuration */
    int forget;         /* forget the token instead */
    int list;           /* list the authorization servers of it */
} check_options_t;

/* Write a text that came from elsewhere to standard output: what would steer a
 * terminal (C0 and C1 controls) or turn the direction of text becomes '?'. */
void check_print(const char *text);

/* The status of a fault by its name, as httpd tells it; CHECK_FAILED: it is
 * none. */
check_status_t check_status_of(const char *fault);

/* Ask the page about a token, and print its answer. */
check_status_t check_page(const check_options_t *options, const char *token);

/* Have httpd ask, or list; it prints its answer. `token` may be NULL. */
check_status_t check_httpd(const check_options_t *options, const char *token);

#endif
