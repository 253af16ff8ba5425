/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/signature.h"

#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include "base/key.h"
#include "jose/curve.h"

/* DER's two integers and what is around them. */
#define DER_MAX (2 * TI_CURVE_SIZE_MAX + 16)

static int mac(unsigned char made[EVP_MAX_MD_SIZE], unsigned int *size,
               const ti_jwk_t *key, ti_alg_t alg, const ti_bytes_t *text);
static int pad(EVP_PKEY_CTX *context, ti_alg_t alg);
static int sign(ti_bytes_t *signature, EVP_MD_CTX *context, const ti_jwk_t *key,
                ti_alg_t alg, const ti_bytes_t *text);
static int verify(const ti_bytes_t *signature, EVP_MD_CTX *context,
                  const ti_jwk_t *key, ti_alg_t alg, const ti_bytes_t *text);
static int pair_of_der(ti_bytes_t *signature, apr_size_t half);
static int der_of_pair(unsigned char **der, const ti_bytes_t *signature,
                       apr_size_t half);

int ti_signature_make(ti_bytes_t *signature, const ti_jwk_t *key, ti_alg_t alg,
                      const ti_bytes_t *text, apr_pool_t *p)
{
    unsigned int size = 0;
    EVP_MD_CTX *context;
    int made;

    if ((key->may.sign & (ti_algs_t)alg) == 0) {
        return 0;
    }
    if ((alg & TI_ALGS_HS) != 0) {
        signature->data = apr_palloc(p, EVP_MAX_MD_SIZE);
        made = mac(signature->data, &size, key, alg, text);
        signature->size = size;
        return made;
    }

    signature->size = (apr_size_t)EVP_PKEY_get_size(key->pkey);
    signature->data = apr_palloc(p, signature->size + DER_MAX);
    context = EVP_MD_CTX_new();
    made = context != NULL && sign(signature, context, key, alg, text);
    EVP_MD_CTX_free(context);
    return made;
}

int ti_signature_good(const ti_bytes_t *signature, const ti_jwk_t *key,
                      ti_alg_t alg, const ti_bytes_t *text)
{
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_MD_CTX *context;
    int good;

    if ((key->may.verify & (ti_algs_t)alg) == 0) {
        return 0;
    }
    if ((alg & TI_ALGS_HS) != 0) {
        return mac(made, &size, key, alg, text) && signature->size == size &&
               ti_key_same(made, signature->data, size);
    }

    context = EVP_MD_CTX_new();
    good = context != NULL && verify(signature, context, key, alg, text);
    EVP_MD_CTX_free(context);
    return good;
}

static int mac(unsigned char made[EVP_MAX_MD_SIZE], unsigned int *size,
               const ti_jwk_t *key, ti_alg_t alg, const ti_bytes_t *text)
{
    const EVP_MD *digest = EVP_get_digestbyname(ti_alg_facts(alg)->digest);

    return digest != NULL &&
           HMAC(digest, key->secret.data, (int)key->secret.size, text->data,
                text->size, made, size) != NULL;
}

/* RFC 7518 3.5: MGF1 has the same hash, and the salt its length. */
static int pad(EVP_PKEY_CTX *context, ti_alg_t alg)
{
    if ((alg & (TI_ALG_PS256 | TI_ALG_PS384 | TI_ALG_PS512)) == 0) {
        return 1;
    }
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) ==
               1;
}

static int sign(ti_bytes_t *signature, EVP_MD_CTX *context, const ti_jwk_t *key,
                ti_alg_t alg, const ti_bytes_t *text)
{
    const ti_alg_facts_t *facts = ti_alg_facts(alg);
    EVP_PKEY_CTX *details = NULL; /* of the context */
    size_t size = signature->size;

    if (EVP_DigestSignInit_ex(context, &details, facts->digest, NULL, NULL,
                              key->pkey, NULL) != 1 ||
        !pad(details, alg) ||
        EVP_DigestSign(context, signature->data, &size, text->data,
                       text->size) != 1) {
        return 0;
    }
    signature->size = size;
    return (alg & TI_ALGS_ES) == 0 || pair_of_der(signature, facts->size);
}

static int verify(const ti_bytes_t *signature, EVP_MD_CTX *context,
                  const ti_jwk_t *key, ti_alg_t alg, const ti_bytes_t *text)
{
    const ti_alg_facts_t *facts = ti_alg_facts(alg);
    EVP_PKEY_CTX *details = NULL; /* of the context */
    unsigned char *der = NULL;
    int size = (int)signature->size;
    int good;

    if ((alg & TI_ALGS_ES) != 0) {
        size = der_of_pair(&der, signature, facts->size);
    }
    good = size > 0 &&
           EVP_DigestVerifyInit_ex(context, &details, facts->digest, NULL, NULL,
                                   key->pkey, NULL) == 1 &&
           pad(details, alg) &&
           EVP_DigestVerify(context, der != NULL ? der : signature->data,
                            (size_t)size, text->data, text->size) == 1;
    OPENSSL_free(der);
    return good;
}

/* RFC 7518 3.4: r and s, each as long as the curve has it. */
static int pair_of_der(ti_bytes_t *signature, apr_size_t half)
{
    const unsigned char *der = signature->data;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)signature->size);
    int done;

    signature->size = 2 * half;
    done = pair != NULL &&
           BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature->data, (int)half) ==
               (int)half &&
           BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature->data + half,
                        (int)half) == (int)half;
    ECDSA_SIG_free(pair);
    return done;
}

/* The size, and *der for OPENSSL_free; 0: it is no such pair. */
static int der_of_pair(unsigned char **der, const ti_bytes_t *signature,
                       apr_size_t half)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = NULL;
    BIGNUM *s = NULL;
    int size = 0;

    if (pair != NULL && signature->size == 2 * half) {
        r = BN_bin2bn(signature->data, (int)half, NULL);
        s = BN_bin2bn(signature->data + half, (int)half, NULL);
    }
    if (r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        size = i2d_ECDSA_SIG(pair, der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return size > 0 ? size : 0;
}
