/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as a set of keys, a key, or PEM. What is published of it can
 * be read again, names the same keys, and holds nothing private.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <apr_general.h>

#include "jose/jwks.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

static const ti_jwk_t *key_at(const ti_jwks_t *jwks, int i)
{
    return APR_ARRAY_IDX(jwks->keys, i, const ti_jwk_t *);
}

/* Does it verify, as it is published? What decrypts and does not sign is for
 * encryption. */
static int is_public(const ti_jwk_t *key)
{
    return key->pkey != NULL && (key->may.sign != 0 || (key->may.verify != 0 &&
                                                        key->may.decrypt == 0));
}

static void publish(const ti_jwks_t *jwks, apr_pool_t *p)
{
    const char *text = ti_jwks_public(jwks, p);
    const char *why = NULL;
    ti_jwks_t *again = ti_jwks_read(&why, text, strlen(text), p);
    int at = 0;
    int i;

    demand(again != NULL);
    for (i = 0; i < again->keys->nelts; i++) {
        demand(key_at(again, i)->may.sign == 0);
        demand(key_at(again, i)->may.decrypt == 0);
        demand(key_at(again, i)->pkey != NULL);
    }
    for (i = 0; i < jwks->keys->nelts; i++) {
        if (is_public(key_at(jwks, i))) {
            demand(at < again->keys->nelts);
            demand(strcmp(ti_jwk_thumbprint(key_at(jwks, i), p),
                          ti_jwk_thumbprint(key_at(again, at), p)) == 0);
            at++;
        }
    }
    demand(at == again->keys->nelts);
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
    char *text = malloc(size + 1); /* one more, for ti_jwks_load's NUL */
    const char *why;
    ti_jwks_t *jwks;
    apr_pool_t *p;

    demand(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    apr_pool_create(&p, NULL);
    jwks = ti_jwks_load(&why, text, size, p);
    demand((jwks == NULL) == (why != NULL));
    if (jwks != NULL) {
        publish(jwks, p);
    }
    text = realloc(text, size > 0 ? size : 1);
    demand(text != NULL);
    jwks = ti_jwks_read(&why, text, size, p);
    demand((jwks == NULL) == (why != NULL));
    if (jwks != NULL) {
        demand(jwks->keys->nelts <= TI_JWKS_MAX);
        publish(jwks, p);
    }
    demand(ERR_peek_error() == 0);
    apr_pool_destroy(p);
    free(text);
    return 0;
}
