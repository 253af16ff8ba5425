/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as what a server has signed. The first says which form is
 * wanted. What is read is a whole record, and names the issuer and audience.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "claims/introspection.h"
#include "claims/validity.h"

#define ISSUER "https://as.example"
#define AUDIENCE "rs"
#define NOW apr_time_from_sec(1700000000)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

/* Read again, by the reader of plain answers. */
static void look(const char *text, size_t size, int is_bare, apr_pool_t *p)
{
    const ti_claims_t *whole;
    const ti_value_t *inner;
    const char *why;

    demand(ti_claims_compile(&whole, &why, text, size, p) == APR_SUCCESS);
    demand(strcmp(ti_claims_plain(whole, "iss"), ISSUER) == 0);
    demand(ti_claims_holds(whole, ti_claims_member(whole, "aud"), AUDIENCE));
    inner = ti_claims_member(whole, "token_introspection");
    demand(is_bare ? inner == NULL : inner->type == TI_OBJECT);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ti_introspection_demand_t wanted = {ISSUER, AUDIENCE, 0};
    const ti_claims_t *claims;
    const char *why;
    apr_pool_t *p;
    char *text;

    if (size == 0) {
        return 0;
    }
    wanted.is_bare = *data & 1;
    size--;
    text = malloc(size > 0 ? size : 1);
    demand(text != NULL);
    memcpy(text, data + 1, size);
    apr_pool_create(&p, NULL);
    why = ti_introspection_read(&claims, text, size, &wanted, NOW, p);
    demand((why == NULL) == (claims != NULL));
    if (claims != NULL) {
        demand(ti_validity_check(claims, claims->size));
        (void)ti_introspection_is_other(claims);
        look(text, size, wanted.is_bare, p);
        claims = ti_claims_attach(claims, text, size, p);
        demand(claims == NULL || ti_validity_check(claims, claims->size));
    }
    apr_pool_destroy(p);
    free(text);
    return 0;
}
