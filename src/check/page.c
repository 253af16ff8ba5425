/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

/* A page of 4,096 servers is 2 MB. */
#define BODY_MAX ((size_t)64 * 1024 * 1024)

/* Seconds that the page may take, which may ask an authorization server. */
#define PATIENCE 60L

/* A response while it is read; zero is empty. */
typedef struct body_t {
    char *bytes;
    size_t length;
} body_t;

static json_t *ask(CURL *curl, const check_options_t *options,
                   const char *form);
static void complain(const check_options_t *options, long status);
static json_t *read_page(const body_t *body, const check_options_t *options);
static void set_up(CURL *curl, const check_options_t *options);
static size_t receive(char *bytes, size_t one, size_t count, void *data);
static char *form_of(CURL *curl, const check_options_t *options,
                     const char *token, const char *key);
static void append(CURL *curl, body_t *form, const char *name,
                   const char *value);
static check_status_t print(const json_t *said, const check_options_t *options);
static void print_one(const json_t *object);
static void print_rows(const json_t *said, const char *name,
                       const char *const columns[3]);
static void print_text(const json_t *value);
static const char *text_of(const json_t *object, const char *name);

/* A GET for what the form has to bring, and the form. */
check_status_t check_page(const check_options_t *options, const char *token)
{
    check_status_t status = CHECK_FAILED;
    CURL *curl;
    json_t *page;
    json_t *said = NULL;
    char *form = NULL;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    page = curl != NULL ? ask(curl, options, NULL) : NULL;
    if (page != NULL) {
        form = form_of(curl, options, token, text_of(page, "form_key"));
    }
    if (form != NULL) {
        said = ask(curl, options, form);
        memset(form, 0, strlen(form));
    }
    if (said != NULL) {
        status = print(said, options);
    }
    free(form);
    json_decref(said);
    json_decref(page);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return status;
}

/* NULL: it failed, which was said. */
static json_t *ask(CURL *curl, const check_options_t *options, const char *form)
{
    struct curl_slist *headers =
        curl_slist_append(NULL, "Accept: application/json");
    body_t body = {NULL, 0};
    json_t *said = NULL;
    long status = 0;
    CURLcode code;

    set_up(curl, options);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (form != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
    }
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK) {
        fprintf(stderr, "introspect-check: %s: %s\n", options->page,
                curl_easy_strerror(code));
    } else if (status != 200) {
        complain(options, status);
    } else {
        said = read_page(&body, options);
    }
    free(body.bytes);
    curl_slist_free_all(headers);
    return said;
}

static void complain(const check_options_t *options, long status)
{
    fprintf(stderr, "introspect-check: %s answers %ld: %s\n", options->page,
            status,
            status == 401 ? "it requires a user: --user, or ~/.netrc"
            : status == 403
                ? "it denies you access: see IntrospectAdmin and the error log"
                : "is it the introspect-status page?");
}

/* NULL: it is another page, which was said. */
static json_t *read_page(const body_t *body, const check_options_t *options)
{
    json_t *said = json_loadb(body->bytes != NULL ? body->bytes : "",
                              body->length, 0, NULL);

    if (said != NULL && text_of(said, "form_key") != NULL) {
        return said;
    }
    fprintf(stderr, "introspect-check: %s is not an introspect-status page\n",
            options->page);
    json_decref(said);
    return NULL;
}

/* The token goes where the user says, and nowhere else. */
static void set_up(CURL *curl, const check_options_t *options)
{
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, options->page);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, PATIENCE);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
    if (options->user != NULL) {
        const char *password = getenv("INTROSPECT_CHECK_PASSWORD");

        curl_easy_setopt(curl, CURLOPT_USERNAME, options->user);
        if (password != NULL) {
            curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
        }
    }
    if (options->ca != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca);
    }
}

static size_t receive(char *bytes, size_t one, size_t count, void *data)
{
    body_t *body = data;
    size_t size = one * count;
    char *longer;

    if (size > BODY_MAX - body->length) {
        return 0;
    }
    longer = realloc(body->bytes, body->length + size + 1);
    if (longer == NULL) {
        return 0;
    }
    memcpy(longer + body->length, bytes, size);
    body->bytes = longer;
    body->length += size;
    longer[body->length] = '\0';
    return size;
}

/* NULL: there is no memory. */
static char *form_of(CURL *curl, const check_options_t *options,
                     const char *token, const char *key)
{
    body_t form = {NULL, 0};

    append(curl, &form, "action", options->forget ? "forget" : "check");
    append(curl, &form, "path", options->path);
    append(curl, &form, "method", options->method);
    append(curl, &form, "form_key", key);
    append(curl, &form, "token", token);
    return form.bytes;
}

static void append(CURL *curl, body_t *form, const char *name,
                   const char *value)
{
    char *escaped = curl_easy_escape(curl, value, (int)strlen(value));
    char separator[] = "&";

    if (escaped == NULL) {
        return;
    }
    if (form->length > 0) {
        receive(separator, 1, 1, form);
    }
    receive((char *)(size_t)name, 1, strlen(name), form);
    separator[0] = '=';
    receive(separator, 1, 1, form);
    receive(escaped, 1, strlen(escaped), form);
    memset(escaped, 0, strlen(escaped));
    curl_free(escaped);
}

static check_status_t print(const json_t *said, const check_options_t *options)
{
    static const char *const exported[3] = {"kind", "name", "value"};
    static const char *const lines[3] = {"holds", "line", NULL};
    const json_t *check = json_object_get(said, "check");
    const char *fault = text_of(check, "fault");

    if (options->forget) {
        const char *told = text_of(said, "told");

        check_print(told != NULL ? told : "Nothing was forgotten");
        putchar('\n');
        return told != NULL ? CHECK_GOOD : CHECK_FAILED;
    }
    if (fault == NULL) {
        const char *error = text_of(said, "error");

        fprintf(stderr, "introspect-check: %s\n",
                error != NULL ? error : "the page gave no reason");
        return CHECK_FAILED;
    }
    print_one(check);
    print_rows(said, "exported", exported);
    print_rows(said, "requirements", lines);
    printf("fault: %s\n", fault);
    return check_status_of(fault);
}

/* In the order of the page; what is not known is left out. */
static void print_one(const json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(size_t)object, name, value)
    {
        if (!json_is_null(value) && strcmp(name, "fault") != 0 &&
            !(json_is_array(value) && json_array_size(value) == 0)) {
            check_print(name);
            fputs(": ", stdout);
            print_text(value);
            putchar('\n');
        }
    }
}

static void print_rows(const json_t *said, const char *name,
                       const char *const columns[3])
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(said, name), i, row)
    {
        printf("%s:", name);
        for (int j = 0; j < 3 && columns[j] != NULL; j++) {
            putchar(' ');
            print_text(json_object_get(row, columns[j]));
        }
        putchar('\n');
    }
}

/* Nothing begins a line of its own, or steers a terminal. */
static void print_text(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t i;
    json_t *each;

    if (json_is_integer(value)) {
        printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
    json_array_foreach(value, i, each)
    {
        fputs(i > 0 ? " " : "", stdout);
        print_text(each);
    }
    if (text != NULL) {
        check_print(text);
    }
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}
