/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/jwe.h"

#include <string.h>

#include <openssl/err.h>

#include "jose/cek.h"
#include "jose/compact.h"
#include "jose/content.h"

static const char *decrypt(ti_opened_t *opened, const ti_compact_t *jwe,
                           const ti_jwks_t *keys, ti_algs_t allowed,
                           apr_pool_t *p);
static int decrypt_with(ti_bytes_t *plain, const ti_compact_t *jwe,
                        const ti_jwk_t *key, apr_pool_t *p);

void ti_jwe_decrypt(ti_opened_t *opened, const char *text, apr_size_t length,
                    const ti_jwks_t *keys, ti_algs_t allowed, apr_pool_t *p)
{
    ti_compact_t jwe;

    ERR_set_mark();
    if (ti_compact_open(opened, &jwe, text, length, TI_COMPACT_JWE, p)) {
        opened->why = decrypt(opened, &jwe, keys, allowed, p);
    }
    if (opened->why == NULL) {
        opened->opening = TI_OPENING_DONE;
    }
    ERR_pop_to_mark();
}

/* NULL: one of the keys has opened it. */
static const char *decrypt(ti_opened_t *opened, const ti_compact_t *jwe,
                           const ti_jwks_t *keys, ti_algs_t allowed,
                           apr_pool_t *p)
{
    const ti_jwk_t *found[TI_JWKS_TRIES];
    int count;
    int i;

    if ((jwe->alg & allowed & TI_ALGS_ENCRYPTION) == 0) {
        return "its alg is not allowed";
    }
    if ((jwe->enc & allowed & TI_ALGS_CONTENT) == 0) {
        return "its enc is not allowed: the server has to encrypt with "
               "A128CBC-HS256, A256CBC-HS512, A128GCM or A256GCM";
    }
    count = ti_jwks_find(found, keys, TI_JWKS_DECRYPT, jwe->alg, jwe->kid);
    if (count == 0) {
        opened->opening = TI_OPENING_NO_KEY;
        return "there is no key for its kid and alg";
    }
    for (i = 0; i < count; i++) {
        if (decrypt_with(&opened->content, jwe, found[i], p)) {
            return NULL;
        }
    }
    memset(&opened->content, 0, sizeof(opened->content));
    return "it cannot be decrypted";
}

static int decrypt_with(ti_bytes_t *plain, const ti_compact_t *jwe,
                        const ti_jwk_t *key, apr_pool_t *p)
{
    unsigned char cek[TI_CEK_SIZE_MAX];
    int done =
        ti_cek_find(cek, jwe, key, p) && ti_content_open(plain, jwe, cek, p);

    explicit_bzero(cek, sizeof(cek));
    return done;
}
