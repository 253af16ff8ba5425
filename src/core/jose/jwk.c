/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/jwk.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <apr_strings.h>

#include "base/key.h"
#include "jose/material.h"
#include "jose/object.h"

static ti_jwk_t *make(apr_pool_t *p);
static apr_status_t jwk_free(void *data);
static const char *read_key(ti_jwk_t *key, const json_t *object, apr_pool_t *p);
static const char *read_secret(ti_jwk_t *key, const json_t *object,
                               apr_pool_t *p);
static const char *read_pem(ti_jwk_t *key, const char *text, apr_size_t length);
static int no_passphrase(char *text, int size, int writing, void *self);
static const char *thumbprint(const ti_jwk_t *key, apr_pool_t *p);
static const char *public_text(const ti_jwk_t *key, apr_pool_t *p);
static const char *text_of(json_t *object, apr_pool_t *p);

ti_jwk_t *ti_jwk_read(const char **why, const char *text, apr_size_t length,
                      apr_pool_t *p)
{
    json_t *object = ti_object_read(text, length, p);

    *why = TI_OBJECT_UNREADABLE;
    return object != NULL ? ti_jwk_of_object(why, object, p) : NULL;
}

ti_jwk_t *ti_jwk_of_object(const char **why, const json_t *object,
                           apr_pool_t *p)
{
    ti_jwk_t *key = make(p);

    ERR_set_mark();
    *why = read_key(key, object, p);
    if (*why == NULL) {
        *why = ti_binding_narrow(&key->may, object);
    }
    if (*why == NULL && !ti_object_text(&key->kid, object, "kid")) {
        *why = "its kid is not a string";
    }
    ti_object_wipe(object);
    ERR_pop_to_mark();
    return *why == NULL ? key : NULL;
}

ti_jwk_t *ti_jwk_of_pem(const char **why, const char *text, apr_size_t length,
                        apr_pool_t *p)
{
    ti_jwk_t *key = make(p);

    ERR_set_mark();
    *why = read_pem(key, text, length);
    ERR_pop_to_mark();
    return *why == NULL ? key : NULL;
}

ti_jwk_t *ti_jwk_of_secret(const void *bytes, apr_size_t size, apr_pool_t *p)
{
    ti_jwk_t *key = make(p);

    key->secret.data = apr_pmemdup(p, bytes, size);
    key->secret.size = size;
    ti_binding_of_secret(&key->may, size);
    return key->may.sign != 0 ? key : NULL;
}

const char *ti_jwk_thumbprint(const ti_jwk_t *key, apr_pool_t *p)
{
    const char *text;

    ERR_set_mark();
    text = thumbprint(key, p);
    ERR_pop_to_mark();
    return text;
}

void ti_jwk_name(ti_jwk_t *key, apr_pool_t *p)
{
    if (key->kid == NULL) {
        key->kid = ti_jwk_thumbprint(key, p);
        key->unnamed = 1;
    }
}

const char *ti_jwk_public(const ti_jwk_t *key, apr_pool_t *p)
{
    const char *text;

    ERR_set_mark();
    text = public_text(key, p);
    ERR_pop_to_mark();
    return text;
}

static ti_jwk_t *make(apr_pool_t *p)
{
    ti_jwk_t *key = apr_pcalloc(p, sizeof(*key));

    apr_pool_cleanup_register(p, key, jwk_free, apr_pool_cleanup_null);
    return key;
}

/* OpenSSL clears the numbers of a private key itself. */
static apr_status_t jwk_free(void *data)
{
    ti_jwk_t *key = data;

    ti_bytes_wipe(&key->secret);
    EVP_PKEY_free(key->pkey);
    return APR_SUCCESS;
}

static const char *read_key(ti_jwk_t *key, const json_t *object, apr_pool_t *p)
{
    const char *kty;
    const char *why = NULL;
    int is_private;

    if (ti_object_text(&kty, object, "kty") && kty != NULL &&
        strcmp(kty, "oct") == 0) {
        return read_secret(key, object, p);
    }
    key->pkey = ti_material_read(&why, &is_private, object, p);
    return key->pkey != NULL
               ? ti_binding_of_key(&key->may, key->pkey, is_private)
               : why;
}

/* RFC 7518 6.4 */
static const char *read_secret(ti_jwk_t *key, const json_t *object,
                               apr_pool_t *p)
{
    if (!ti_object_bytes(&key->secret, object, "k", p)) {
        return "its k is missing or not base64url";
    }
    ti_binding_of_secret(&key->may, key->secret.size);
    return key->may.sign != 0 ? NULL : "its k is shorter than 32 bytes";
}

static const char *read_pem(ti_jwk_t *key, const char *text, apr_size_t length)
{
    int is_private = strstr(text, "PRIVATE KEY-----") != NULL;
    BIO *bio =
        length <= TI_OBJECT_MAX ? BIO_new_mem_buf(text, (int)length) : NULL;

    if (bio != NULL) {
        key->pkey =
            is_private ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)
                       : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
        BIO_free(bio);
    }
    if (key->pkey == NULL) {
        return strstr(text, "ENCRYPTED") != NULL
                   ? "it has a passphrase: give the key without one, from "
                     "exec: if no file may hold it in the clear"
                   : "it is not a private or public key in PEM";
    }
    return ti_binding_of_key(&key->may, key->pkey, is_private);
}

/* OpenSSL's own would ask on the terminal. */
static int no_passphrase(char *text, int size, int writing, void *self)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)self;
    return -1;
}

/* RFC 7638 3: the required members, sorted, without white space. */
static const char *thumbprint(const ti_jwk_t *key, apr_pool_t *p)
{
    const char *text =
        key->pkey != NULL ? text_of(ti_material_write(key->pkey, p), p) : NULL;
    ti_key_t digest;

    if (text == NULL ||
        ti_key_digest(&digest, text, strlen(text)) != APR_SUCCESS) {
        return NULL;
    }
    return ti_base64url_write(digest.bytes, TI_KEY_SIZE, p);
}

static const char *public_text(const ti_jwk_t *key, apr_pool_t *p)
{
    const char *kid = key->kid != NULL ? key->kid : thumbprint(key, p);
    json_t *object;

    if ((key->may.verify | key->may.sign | key->may.decrypt) == 0) {
        return NULL; /* for what we do not do: nobody needs it */
    }
    object = key->pkey != NULL ? ti_material_write(key->pkey, p) : NULL;
    if (object == NULL || kid == NULL ||
        json_object_set_new(object, "kid", json_string(kid)) != 0) {
        json_decref(object);
        return NULL;
    }
    if (key->may.sign != 0 && key->may.decrypt == 0) {
        json_object_set_new(object, "use", json_string("sig"));
    } else if (key->may.sign == 0 && key->may.decrypt != 0) {
        json_object_set_new(object, "use", json_string("enc"));
    }
    return text_of(object, p);
}

/* Takes the object over. */
static const char *text_of(json_t *object, apr_pool_t *p)
{
    const char *text = ti_object_write(object, p);

    json_decref(object);
    return text;
}
