/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/trace.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "ask/server.h"
#include "base/key.h"

/* 00-TRACE-PARENT-FLAGS, in bytes and where the dashes are */
#define LENGTH 55
#define TRACE_SIZE 16
#define PARENT_SIZE 8

static int is_valid(const char *text);
static const char *make(apr_pool_t *p);

const char *ti_trace_of(const ti_question_t *question)
{
    const char *given = NULL;

    if (question->server->trace == TI_SWITCH_OFF) {
        return NULL;
    }
    if (question->headers != NULL) {
        given = apr_table_get(question->headers, "traceparent");
    }
    if (given != NULL && is_valid(given)) {
        return given;
    }
    return question->server->trace == TI_SWITCH_ON ? make(question->p) : NULL;
}

/* Version 00, and neither of its names all zeros: the only form there is. */
static int is_valid(const char *text)
{
    static const char form[] =
        "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
    int i;

    if (strlen(text) != LENGTH) {
        return 0;
    }
    for (i = 0; i < LENGTH; i++) {
        if (form[i] == 'x' ? strchr("0123456789abcdef", text[i]) == NULL
                           : text[i] != form[i]) {
            return 0;
        }
    }
    return strspn(text + 3, "0") < 2 * TRACE_SIZE &&
           strspn(text + 36, "0") < 2 * PARENT_SIZE;
}

static const char *make(apr_pool_t *p)
{
    unsigned char bytes[TRACE_SIZE + PARENT_SIZE];

    if (ti_key_random(bytes, sizeof(bytes)) != APR_SUCCESS) {
        return NULL;
    }
    return apr_pstrcat(p, "00-", apr_pescape_hex(p, bytes, TRACE_SIZE, 0), "-",
                       apr_pescape_hex(p, bytes + TRACE_SIZE, PARENT_SIZE, 0),
                       "-01", NULL);
}
