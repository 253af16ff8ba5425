/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as the words of a Require line, and as an answer that the
 * line is asked about. The first byte chooses the kind; a NUL parts words, two
 * part the line from the answer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "claims/rule.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *compile(const char *pattern, apr_pool_t *p)
{
    return *pattern != '(' ? apr_pstrdup(p, pattern) : NULL;
}

/* Look at every byte, as a regular expression might. */
static int matches(const void *compiled, const char *bytes, apr_size_t length)
{
    return length > 0 && memmem(bytes, length, compiled, strlen(compiled));
}

static const ti_regex_t regex = {compile, matches};

static const ti_claims_t *claims_in(const char *json, size_t size,
                                    apr_pool_t *p)
{
    static const char usual[] =
        "{\"a\":{\"b\":[1,\"x\",true,null]},\"scope\":\"a b\",\"n\":1.5}";
    const ti_claims_t *claims;
    const char *why;

    if (ti_claims_compile(&claims, &why, json, size, p) != APR_SUCCESS) {
        ti_claims_compile(&claims, &why, usual, sizeof(usual) - 1, p);
    }
    return claims;
}

/* The words up to the first empty one; returns what follows. */
static const char *take_words(apr_array_header_t *words, const char *text,
                              const char *end)
{
    while (text < end && *text != '\0') {
        size_t length = strnlen(text, (size_t)(end - text));

        APR_ARRAY_PUSH(words, const char *) =
            apr_pstrmemdup(words->pool, text, length);
        text += length + (text + length < end);
    }
    return text < end ? text + 1 : end;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return apr_initialize();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ti_rule_kind_t kind;
    ti_rule_t *rule;
    apr_array_header_t *words;
    apr_pool_t *p;
    const char *complaint;
    const char *rest;

    if (size == 0) {
        return 0;
    }
    apr_pool_create(&p, NULL);
    kind = (ti_rule_kind_t)(1 + data[0] % 3);
    words = apr_array_make(p, 4, sizeof(const char *));
    rest = take_words(words, (const char *)data + 1, (const char *)data + size);
    complaint = ti_rule_parse(&rule, kind, words, &regex, p);
    if ((complaint == NULL) != (rule != NULL)) {
        abort();
    }
    if (rule != NULL) {
        size_t left = (size_t)((const char *)data + size - rest);

        ti_rule_met(rule, claims_in(rest, left, p),
                    apr_time_from_sec(1700000000));
        if (ti_rule_scope(rule) != NULL &&
            strpbrk(ti_rule_scope(rule), "\"\\\r\n") != NULL) {
            abort();
        }
    }
    apr_pool_destroy(p);
    return 0;
}
