/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/content.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/key.h"

/* Parts of a JWE. */
#define IV 2
#define TEXT 3
#define TAG 4

/* Exactly these sizes, RFC 7518 5.2, 5.3. A shorter tag is easier to guess, and
 * a longer IV of CBC takes its end from the text, by the same tag. */
#define GCM_IV_SIZE 12
#define GCM_TAG_SIZE 16
#define BLOCK_SIZE 16 /* of AES; CBC's IV is one */

/* AL: how many bits the header has. */
#define LENGTH_SIZE 8

static int is_authentic(const ti_compact_t *jwe, const unsigned char *cek);
static int authenticate(unsigned char made[EVP_MAX_MD_SIZE],
                        const ti_compact_t *jwe, const unsigned char *key,
                        apr_size_t size);
static int open_cbc(ti_bytes_t *plain, EVP_CIPHER_CTX *context,
                    const ti_compact_t *jwe, const unsigned char *cek);
static int open_gcm(const ti_bytes_t *plain, EVP_CIPHER_CTX *context,
                    const ti_compact_t *jwe, const unsigned char *cek);

int ti_content_open(ti_bytes_t *plain, const ti_compact_t *jwe,
                    const unsigned char *cek, apr_pool_t *p)
{
    int is_cbc = (jwe->enc & TI_ALGS_CBC) != 0;
    EVP_CIPHER_CTX *context;
    int done;

    if (is_cbc ? !is_authentic(jwe, cek)
               : jwe->parts[IV].size != GCM_IV_SIZE ||
                     jwe->parts[TAG].size != GCM_TAG_SIZE) {
        return 0;
    }
    plain->size = jwe->parts[TEXT].size;
    plain->data = apr_pcalloc(p, plain->size + BLOCK_SIZE);
    context = EVP_CIPHER_CTX_new();
    done = context != NULL && (is_cbc ? open_cbc(plain, context, jwe, cek)
                                      : open_gcm(plain, context, jwe, cek));
    EVP_CIPHER_CTX_free(context);
    if (!done) {
        ti_bytes_wipe(plain);
    }
    return done;
}

/* RFC 7518 5.2.2.2: the first half of the key makes the MAC, whose first half
 * is the tag. It is compared before anything is decrypted: how a changed text
 * fails would tell its padding, and so, bit by bit, the text. */
static int is_authentic(const ti_compact_t *jwe, const unsigned char *cek)
{
    apr_size_t half = ti_alg_facts(jwe->enc)->size / 2;
    apr_size_t size = jwe->parts[TEXT].size;
    unsigned char made[EVP_MAX_MD_SIZE];
    int is;

    if (jwe->parts[IV].size != BLOCK_SIZE || jwe->parts[TAG].size != half ||
        size == 0 || size % BLOCK_SIZE != 0) {
        return 0;
    }
    is = authenticate(made, jwe, cek, half) &&
         ti_key_same(made, jwe->parts[TAG].data, half);
    explicit_bzero(made, sizeof(made));
    return is;
}

/* HMAC over the header as written, IV, text and AL. */
static int authenticate(unsigned char made[EVP_MAX_MD_SIZE],
                        const ti_compact_t *jwe, const unsigned char *key,
                        apr_size_t size)
{
    const char *digest = ti_alg_facts(jwe->enc)->digest;
    apr_uint64_t bits = (apr_uint64_t)jwe->header_length * 8;
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    EVP_MAC_CTX *context = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;
    unsigned char length[LENGTH_SIZE];
    OSSL_PARAM params[2];
    int done;
    int i;

    for (i = LENGTH_SIZE - 1; i >= 0; i--) {
        length[i] = (unsigned char)bits;
        bits >>= 8;
    }
    params[0] = OSSL_PARAM_construct_utf8_string(
        OSSL_MAC_PARAM_DIGEST, (char *)(apr_uintptr_t)digest, 0);
    params[1] = OSSL_PARAM_construct_end();
    done = context != NULL && EVP_MAC_init(context, key, size, params) == 1 &&
           EVP_MAC_update(context, (const unsigned char *)jwe->text,
                          jwe->header_length) == 1 &&
           EVP_MAC_update(context, jwe->parts[IV].data, jwe->parts[IV].size) ==
               1 &&
           EVP_MAC_update(context, jwe->parts[TEXT].data,
                          jwe->parts[TEXT].size) == 1 &&
           EVP_MAC_update(context, length, sizeof(length)) == 1 &&
           EVP_MAC_final(context, made, NULL, EVP_MAX_MD_SIZE) == 1;
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(hmac);
    return done;
}

/* With the second half of the key. The padding is authentic by now. */
static int open_cbc(ti_bytes_t *plain, EVP_CIPHER_CTX *context,
                    const ti_compact_t *jwe, const unsigned char *cek)
{
    const EVP_CIPHER *cipher = jwe->enc == TI_ALG_A128CBC_HS256
                                   ? EVP_aes_128_cbc()
                                   : EVP_aes_256_cbc();
    const ti_bytes_t *text = &jwe->parts[TEXT];
    int size = 0;
    int last = 0;

    if (EVP_DecryptInit_ex(context, cipher, NULL,
                           cek + ti_alg_facts(jwe->enc)->size / 2,
                           jwe->parts[IV].data) != 1 ||
        EVP_DecryptUpdate(context, plain->data, &size, text->data,
                          (int)text->size) != 1 ||
        EVP_DecryptFinal_ex(context, plain->data + size, &last) != 1) {
        return 0;
    }
    plain->size = (apr_size_t)size + (apr_size_t)last;
    plain->data[plain->size] = '\0';
    return 1;
}

/* RFC 7518 5.3 */
static int open_gcm(const ti_bytes_t *plain, EVP_CIPHER_CTX *context,
                    const ti_compact_t *jwe, const unsigned char *cek)
{
    const EVP_CIPHER *cipher =
        jwe->enc == TI_ALG_A128GCM ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
    const ti_bytes_t *text = &jwe->parts[TEXT];
    int size = 0;
    int last = 0;

    return EVP_DecryptInit_ex(context, cipher, NULL, cek,
                              jwe->parts[IV].data) == 1 &&
           EVP_DecryptUpdate(context, NULL, &size,
                             (const unsigned char *)jwe->text,
                             (int)jwe->header_length) == 1 &&
           EVP_DecryptUpdate(context, plain->data, &size, text->data,
                             (int)text->size) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, GCM_TAG_SIZE,
                               jwe->parts[TAG].data) == 1 &&
           EVP_DecryptFinal_ex(context, plain->data + size, &last) == 1;
}
