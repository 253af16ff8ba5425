/* SPDX-License-Identifier: Apache-2.0 */
#include "reply/hearing.h"

#include <apr_strings.h>

#include "reply/need.h"

/* What lines are supposed to say. */
typedef enum supposed_t {
    SUPPOSED_TRUE = 0, /* what they do say */
    SUPPOSED_NONE,     /* none holds, but `except` */
    SUPPOSED_ALL       /* all hold, but `except` */
} supposed_t;

struct mai_hearing_t {
    apr_array_header_t *lines; /* of mai_line_t */
    supposed_t supposed;
    int except; /* -1: no line */
};

static void ask(mai_hearing_t *hearing, request_rec *r, supposed_t supposed,
                int except);
static int find(mai_hearing_t *hearing, const mai_line_t *line, int holds);

const apr_array_header_t *mai_hearing_hold(request_rec *r,
                                           mai_context_t *context)
{
    mai_hearing_t hearing = {NULL, SUPPOSED_TRUE, -1};
    int i;

    hearing.lines = apr_array_make(r->pool, 8, sizeof(mai_line_t));
    context->need = mai_need_of_hearing(&hearing, r, context);
    ask(&hearing, r, SUPPOSED_TRUE, -1);
    ask(&hearing, r, SUPPOSED_NONE, -1);
    ask(&hearing, r, SUPPOSED_ALL, -1);
    for (i = 0; i < hearing.lines->nelts; i++) {
        ask(&hearing, r, SUPPOSED_NONE, i);
        ask(&hearing, r, SUPPOSED_ALL, i);
    }
    context->need = NULL;
    return hearing.lines;
}

const apr_array_header_t *mai_hearing_fail(request_rec *r,
                                           mai_context_t *context)
{
    mai_hearing_t hearing = {NULL, SUPPOSED_TRUE, -1};
    apr_array_header_t *failed = apr_array_make(r->pool, 4, sizeof(mai_line_t));
    int i;

    hearing.lines = apr_array_make(r->pool, 8, sizeof(mai_line_t));
    context->need = mai_need_of_hearing(&hearing, r, context);
    ask(&hearing, r, SUPPOSED_TRUE, -1);
    context->need = NULL;
    for (i = 0; i < hearing.lines->nelts; i++) {
        const mai_line_t *line = &APR_ARRAY_IDX(hearing.lines, i, mai_line_t);

        if (!line->holds) {
            APR_ARRAY_PUSH(failed, mai_line_t) = *line;
        }
    }
    return failed;
}

authz_status mai_hearing_answer(const mai_context_t *context,
                                const mai_line_t *line, int negated,
                                authz_status status)
{
    mai_hearing_t *hearing = mai_need_hearing(context->need);
    int i = find(hearing, line, (status == AUTHZ_GRANTED) != negated);
    int holds;

    if (i < 0 || hearing->supposed == SUPPOSED_TRUE) {
        return status;
    }
    holds = (hearing->supposed == SUPPOSED_ALL) != (i == hearing->except);
    return holds != negated ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

int mai_hearing_goes_on(const mai_context_t *context)
{
    return context != NULL && context->need != NULL &&
           mai_need_hearing(context->need) != NULL;
}

static void ask(mai_hearing_t *hearing, request_rec *r, supposed_t supposed,
                int except)
{
    hearing->supposed = supposed;
    hearing->except = except;
    mai_need_ask(r);
}

/* -1: there are too many. */
static int find(mai_hearing_t *hearing, const mai_line_t *line, int holds)
{
    const mai_line_t *lines = (const mai_line_t *)hearing->lines->elts;
    mai_line_t *made;
    int i = 0;

    while (i < hearing->lines->nelts && lines[i].parsed != line->parsed) {
        i++;
    }
    if (i == hearing->lines->nelts && i < MAI_HEARING_MAX) {
        made = apr_array_push(hearing->lines);
        *made = *line;
        made->text = apr_pstrdup(hearing->lines->pool, line->text);
        made->holds = holds;
    }
    return i < MAI_HEARING_MAX ? i : -1;
}
