/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/jwe.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "jose/cek.h"
#include "jose/compact.h"

/* RFC 7518 5.3: exactly these sizes. A shorter tag would be easier to guess. */
#define IV_SIZE 12
#define TAG_SIZE 16

static const char *decrypt(ti_opened_t *opened, const ti_compact_t *jwe,
                           const ti_jwks_t *keys, ti_algs_t allowed,
                           apr_pool_t *p);
static int decrypt_with(ti_bytes_t *plain, const ti_compact_t *jwe,
                        const ti_jwk_t *key, apr_pool_t *p);
static int open_content(ti_bytes_t *plain, const ti_compact_t *jwe,
                        const unsigned char *cek, apr_pool_t *p);

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
               "A128GCM or A256GCM";
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
        ti_cek_find(cek, jwe, key, p) && open_content(plain, jwe, cek, p);

    explicit_bzero(cek, sizeof(cek));
    return done;
}

/* AES-GCM over the content, with the header as written; RFC 7518 5.3. */
static int open_content(ti_bytes_t *plain, const ti_compact_t *jwe,
                        const unsigned char *cek, apr_pool_t *p)
{
    const EVP_CIPHER *cipher =
        jwe->enc == TI_ALG_A128GCM ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
    const ti_bytes_t *iv = &jwe->parts[2];
    const ti_bytes_t *text = &jwe->parts[3];
    const ti_bytes_t *tag = &jwe->parts[4];
    EVP_CIPHER_CTX *context;
    int size = 0;
    int last = 0;
    int done;

    if (iv->size != IV_SIZE || tag->size != TAG_SIZE) {
        return 0;
    }
    plain->data = apr_pcalloc(p, text->size + 1);
    plain->size = text->size;
    context = EVP_CIPHER_CTX_new();
    done = context != NULL &&
           EVP_DecryptInit_ex(context, cipher, NULL, cek, iv->data) == 1 &&
           EVP_DecryptUpdate(context, NULL, &size,
                             (const unsigned char *)jwe->text,
                             (int)jwe->header_length) == 1 &&
           EVP_DecryptUpdate(context, plain->data, &size, text->data,
                             (int)text->size) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_SIZE,
                               tag->data) == 1 &&
           EVP_DecryptFinal_ex(context, plain->data + size, &last) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!done) {
        ti_bytes_wipe(plain);
    }
    return done;
}
