/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary text as a prefix of exported names, and behind a NUL as the name
 * of a claim.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "config/prefix.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

static void check_accepted(const char *prefix, const char *variable,
                           apr_pool_t *p)
{
    const char *header = mai_prefix_header(prefix, p);
    const char *name = apr_pstrcat(p, prefix, variable, NULL);

    demand(name[strspn(name, LETTERS "_")] == '\0');
    demand(header[strspn(header, LETTERS "-")] == '\0');
    demand(strncmp(name, "LD_", 3) != 0 && strncmp(name, "HTTP_", 5) != 0);
    demand(mai_prefix_of(name, prefix) && mai_prefix_of(header, prefix));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return apr_initialize();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t length = strnlen((const char *)data, size);
    size_t start = length + (length < size);
    const char *variable;
    const char *prefix;
    const char *claim;
    apr_pool_t *p;

    apr_pool_create(&p, NULL);
    prefix = apr_pstrmemdup(p, (const char *)data, length);
    claim = apr_pstrmemdup(p, (const char *)data + start, size - start);
    variable = mai_prefix_variable(claim, p);
    demand(strlen(variable) == strlen(claim));
    demand(variable[strspn(variable, LETTERS "_")] == '\0');
    if (mai_prefix_complaint(prefix, 0) == NULL) {
        demand(mai_prefix_complaint(prefix, 1) == NULL);
    }
    if (mai_prefix_complaint(prefix, 1) == NULL) {
        check_accepted(prefix, variable, p);
    }
    apr_pool_destroy(p);
    return 0;
}
