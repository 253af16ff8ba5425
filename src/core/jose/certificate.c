/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/certificate.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <apr_strings.h>

#include "base/secret.h"

/* TLS wants as much: OpenSSL's security level 2, RSA of 2,048 bits. */
#define SECURITY_BITS 112

/* What the files hold, until it is written down again. */
typedef struct bundle_t {
    X509 *own;
    STACK_OF(X509) * above;
    EVP_PKEY *key;
} bundle_t;

static const char *read_pem(bundle_t *bundle, const ti_certificate_t *from);
static const char *read_pkcs12(bundle_t *bundle, const ti_certificate_t *from);
static const char *check(const bundle_t *bundle);
static apr_time_t end_of(const X509 *certificate);
static const char *write_all(ti_certificate_t *certificate,
                             const bundle_t *bundle, apr_pool_t *p);
static const char *names_of(const X509 *own, apr_pool_t *p);
static const char *text_of(BIO *bio, apr_pool_t *p);
static int say_passphrase(char *text, int size, int writing, void *passphrase);

int ti_certificate_is_set(const ti_certificate_t *certificate)
{
    return certificate->file.data != NULL ||
           certificate->key_file.data != NULL ||
           certificate->passphrase != NULL;
}

void ti_certificate_ready(ti_certificate_t *certificate, apr_pool_t *p)
{
    bundle_t bundle = {0};
    int is_pem;

    if (certificate->file.data == NULL) {
        certificate->why = "there is a key or a passphrase without it: write "
                           "all of them in one section";
        return;
    }
    is_pem =
        strstr((const char *)certificate->file.data, "-----BEGIN ") != NULL;
    ERR_set_mark();
    certificate->why = is_pem ? read_pem(&bundle, certificate)
                              : read_pkcs12(&bundle, certificate);
    if (certificate->why == NULL) {
        certificate->why = check(&bundle);
    }
    if (certificate->why == NULL) {
        certificate->ends = end_of(bundle.own);
        certificate->why = write_all(certificate, &bundle, p);
    }
    X509_free(bundle.own);
    sk_X509_pop_free(bundle.above, X509_free);
    EVP_PKEY_free(bundle.key);
    ERR_pop_to_mark();
}

static const char *read_pem(bundle_t *bundle, const ti_certificate_t *from)
{
    const ti_bytes_t *key_file =
        from->key_file.size > 0 ? &from->key_file : &from->file;
    BIO *bio = BIO_new_mem_buf(from->file.data, (int)from->file.size);
    BIO *key_bio = BIO_new_mem_buf(key_file->data, (int)key_file->size);
    char *passphrase = (char *)(apr_uintptr_t)from->passphrase;
    X509 *next;

    bundle->above = sk_X509_new_null();
    if (bio != NULL && key_bio != NULL && bundle->above != NULL) {
        bundle->own = PEM_read_bio_X509(bio, NULL, say_passphrase, NULL);
        bundle->key =
            PEM_read_bio_PrivateKey(key_bio, NULL, say_passphrase, passphrase);
        next = PEM_read_bio_X509(bio, NULL, say_passphrase, NULL);
        while (next != NULL && sk_X509_push(bundle->above, next) > 0) {
            next = PEM_read_bio_X509(bio, NULL, say_passphrase, NULL);
        }
    }
    BIO_free(bio);
    BIO_free(key_bio);
    if (bundle->own == NULL) {
        return "it holds no certificate in PEM";
    }
    return bundle->key != NULL
               ? NULL
               : "its private key is missing, or the passphrase is wrong";
}

static const char *read_pkcs12(bundle_t *bundle, const ti_certificate_t *from)
{
    const unsigned char *der = from->file.data;
    PKCS12 *all = d2i_PKCS12(NULL, &der, (long)from->file.size);
    int done;

    if (all == NULL) {
        return "it is neither PEM nor PKCS#12";
    }
    done = PKCS12_parse(all, from->passphrase, &bundle->key, &bundle->own,
                        &bundle->above);
    PKCS12_free(all);
    if (!done) {
        return "its passphrase is wrong, or OpenSSL no longer supports its "
               "encryption (export it again with 'openssl pkcs12 -export')";
    }
    return bundle->own != NULL && bundle->key != NULL
               ? NULL
               : "it lacks a certificate or a private key";
}

static const char *check(const bundle_t *bundle)
{
    if (X509_check_private_key(bundle->own, bundle->key) != 1) {
        return "its private key belongs to another certificate";
    }
    return EVP_PKEY_get_security_bits(bundle->key) >= SECURITY_BITS
               ? NULL
               : "its key is too weak for TLS: RSA needs 2,048 bits or more";
}

static apr_time_t end_of(const X509 *certificate)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    apr_time_t end = 0;
    int seconds;
    int days;

    if (epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch,
                                        X509_get0_notAfter(certificate)) == 1) {
        end = apr_time_from_sec((apr_time_t)days * 86400 + seconds);
    }
    ASN1_TIME_free(epoch);
    return end;
}

static const char *write_all(ti_certificate_t *certificate,
                             const bundle_t *bundle, apr_pool_t *p)
{
    BIO *chain = BIO_new(BIO_s_mem());
    BIO *key = BIO_new(BIO_s_secmem());
    int done = chain != NULL && key != NULL &&
               PEM_write_bio_X509(chain, bundle->own) == 1 &&
               PEM_write_bio_PrivateKey(key, bundle->key, NULL, NULL, 0, NULL,
                                        NULL) == 1;
    int i;

    for (i = 0; done && i < sk_X509_num(bundle->above); i++) {
        done = PEM_write_bio_X509(chain, sk_X509_value(bundle->above, i));
    }
    if (done) {
        certificate->chain = text_of(chain, p);
        certificate->key = text_of(key, p);
        certificate->names = names_of(bundle->own, p);
        ti_secret_wipe_with(p, (char *)(apr_uintptr_t)certificate->key);
    }
    BIO_free(chain);
    BIO_free(key);
    return done ? NULL : "OpenSSL cannot write it as PEM";
}

static const char *names_of(const X509 *own, apr_pool_t *p)
{
    int at = X509_get_ext_by_NID(own, NID_subject_alt_name, -1);
    const ASN1_OCTET_STRING *others =
        at >= 0 ? X509_EXTENSION_get_data(X509_get_ext(own, at)) : NULL;
    unsigned char *subject = NULL;
    int size = i2d_X509_NAME(X509_get_subject_name(own), &subject);
    const char *names =
        size > 0 ? ti_base64url_write(subject, (apr_size_t)size, p) : "";

    OPENSSL_free(subject);
    return others == NULL
               ? names
               : apr_pstrcat(p, names, ".",
                             ti_base64url_write(
                                 ASN1_STRING_get0_data(others),
                                 (apr_size_t)ASN1_STRING_length(others), p),
                             NULL);
}

static const char *text_of(BIO *bio, apr_pool_t *p)
{
    char *bytes = NULL;
    long size = BIO_get_mem_data(bio, &bytes);

    return apr_pstrmemdup(p, bytes, (apr_size_t)size);
}

/* OpenSSL's own would ask on the terminal. */
static int say_passphrase(char *text, int size, int writing, void *passphrase)
{
    (void)writing;
    if (passphrase == NULL || strlen(passphrase) > (size_t)size) {
        return -1;
    }
    /* its length is what is returned */
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
    memcpy(text, passphrase, strlen(passphrase));
    return (int)strlen(passphrase);
}
