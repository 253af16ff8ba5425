/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as an answer, then read whole; and arbitrary bytes as a
 * record from a store, read whole where they are said to be valid.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "claims/claims.h"
#include "claims/policy.h"
#include "claims/record.h"
#include "claims/rule.h"
#include "claims/validity.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile size_t sink;
static ti_rule_t *rules[2];

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

static void read_value(const ti_claims_t *claims, const ti_value_t *value,
                       int ours)
{
    const char *text = ti_claims_text(claims, value);
    const char *variable = ti_claims_variable(claims, value);
    apr_uint32_t i;

    for (i = 0; value->type >= TI_STRING && i < value->length; i++) {
        sink += (unsigned char)ti_claims_string(claims, value)[i];
    }
    sink += text != NULL ? strlen(text) : 0;
    sink += (size_t)ti_claims_holds(claims, value, "alice");
    sink += (size_t)ti_claims_has_word(claims, value, "read");
    if (variable != NULL) {
        sink += strlen(variable) + strlen(variable + TI_CLAIMS_PREFIX_LENGTH);
        demand(!ours || strncmp(variable, TI_CLAIMS_PREFIX,
                                TI_CLAIMS_PREFIX_LENGTH) == 0);
    }
    if (ours && text != NULL) {
        demand(strpbrk(text, "\r\n") == NULL);
        demand(strlen(text) <= 6 * TI_CLAIMS_EXPORT_MAX);
    }
}

static void read_record(const ti_claims_t *claims, int ours)
{
    static const ti_policy_t policy = {"issuer", 0, NULL, 60, -1};
    const ti_value_t *entries = ti_claims_entries(claims);
    ti_result_t result = {0};
    apr_uint32_t i;
    apr_uint32_t j;

    for (i = 0; i < claims->entries; i++) {
        const ti_value_t *value = &entries[i];
        const char *path = ti_claims_path(claims, value);

        read_value(claims, value, ours);
        for (j = 0; value->type == TI_ARRAY && j < value->elements.count; j++) {
            read_value(claims, ti_claims_element(claims, value, j), ours);
        }
        demand(!ours ||
               ti_claims_find(claims, path, value->path_length) == value);
    }
    sink += ti_claims_plain(claims, "sub") != NULL;
    sink += (size_t)ti_rule_met(rules[0], claims, 0);
    sink += (size_t)ti_rule_met(rules[1], claims, 0);
    ti_policy_judge(&result, &policy, claims, apr_time_from_sec(1700000000));
    demand(result.verdict != TI_UNDECIDED);
}

static void read_as_answer(const uint8_t *data, size_t size, apr_pool_t *p)
{
    const ti_claims_t *claims;
    const char *why;

    if (ti_claims_compile(&claims, &why, (const char *)data, size, p) !=
        APR_SUCCESS) {
        demand(claims == NULL && why != NULL);
        return;
    }
    demand(ti_validity_check(claims, claims->size));
    read_record(claims, 1);
}

/* Magic and size are put right, or hardly any block would get further. */
static void read_as_record(const uint8_t *data, size_t size)
{
    ti_claims_t *claims = malloc(size > 0 ? size : 1);

    memcpy(claims, data, size);
    if (size >= sizeof(*claims)) {
        claims->magic = TI_RECORD_MAGIC;
        claims->size = (apr_uint32_t)size;
        ((char *)claims)[size - 1] = '\0';
    }
    if (ti_validity_check(claims, size)) {
        read_record(claims, 0);
    }
    free(claims);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const words[] = {"a.b:5", "scope"};
    apr_pool_t *p;
    int i;

    (void)argc;
    (void)argv;
    apr_initialize();
    apr_pool_create(&p, NULL);
    for (i = 0; i < 2; i++) {
        apr_array_header_t *line = apr_array_make(p, 1, sizeof(const char *));

        APR_ARRAY_PUSH(line, const char *) = words[i];
        ti_rule_parse(&rules[i], i == 0 ? TI_RULE_CLAIM : TI_RULE_SCOPE, line,
                      NULL, p);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *p;

    apr_pool_create(&p, NULL);
    read_as_answer(data, size, p);
    read_as_record(data, size);
    apr_pool_destroy(p);
    return 0;
}
