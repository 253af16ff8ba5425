/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/jws.h"

#include <string.h>

#include <jansson.h>
#include <openssl/err.h>
#include <apr_strings.h>

#include "jose/compact.h"
#include "jose/object.h"
#include "jose/signature.h"

static const char *check(ti_opened_t *opened, const ti_compact_t *jws,
                         const ti_jwks_t *keys, ti_algs_t allowed);
static const char *header_of(const ti_jwk_t *key, const char *alg,
                             const char *typ, apr_pool_t *p);

void ti_jws_verify(ti_opened_t *opened, const char *text, apr_size_t length,
                   const ti_jwks_t *keys, ti_algs_t allowed, apr_pool_t *p)
{
    ti_compact_t jws;

    ERR_set_mark();
    if (ti_compact_open(opened, &jws, text, length, TI_COMPACT_JWS, p)) {
        opened->why = check(opened, &jws, keys, allowed);
    }
    if (opened->why == NULL) {
        opened->opening = TI_OPENING_DONE;
        opened->content = jws.parts[1];
    }
    ERR_pop_to_mark();
}

const char *ti_jws_sign(const ti_jwk_t *key, ti_alg_t alg, const char *typ,
                        const ti_bytes_t *payload, apr_pool_t *p)
{
    return ti_jws_sign_as(key, ti_alg_name(alg), typ, payload, p);
}

const char *ti_jws_sign_as(const ti_jwk_t *key, const char *name,
                           const char *typ, const ti_bytes_t *payload,
                           apr_pool_t *p)
{
    const char *header = header_of(key, name, typ, p);
    ti_alg_t alg = ti_alg_of_name(name);
    ti_bytes_t signature;
    ti_bytes_t text;
    char *input;
    int made;

    if (header == NULL || (alg & TI_ALGS_SIGNATURE) == 0) {
        return NULL;
    }
    input =
        apr_pstrcat(p, ti_base64url_write(header, strlen(header), p), ".",
                    ti_base64url_write(payload->data, payload->size, p), NULL);
    text.data = (unsigned char *)input;
    text.size = strlen(input);
    ERR_set_mark();
    made = ti_signature_make(&signature, key, alg, &text, p);
    ERR_pop_to_mark();
    return made ? apr_pstrcat(
                      p, input, ".",
                      ti_base64url_write(signature.data, signature.size, p),
                      NULL)
                : NULL;
}

/* NULL: one of the keys has signed it. */
static const char *check(ti_opened_t *opened, const ti_compact_t *jws,
                         const ti_jwks_t *keys, ti_algs_t allowed)
{
    const ti_jwk_t *found[TI_JWKS_TRIES];
    ti_bytes_t text;
    int count;
    int i;

    if ((jws->alg & allowed & TI_ALGS_SIGNATURE) == 0) {
        return "its alg is not allowed";
    }
    count = ti_jwks_find(found, keys, TI_JWKS_VERIFY, jws->alg, jws->kid);
    if (count == 0) {
        opened->opening = TI_OPENING_NO_KEY;
        return "there is no key for its kid and alg";
    }
    text.data = (unsigned char *)(apr_uintptr_t)jws->text;
    text.size = jws->signed_length;
    for (i = 0; i < count; i++) {
        if (ti_signature_good(&jws->parts[2], found[i], jws->alg, &text)) {
            return NULL;
        }
    }
    return "its signature is not by a trusted key";
}

static const char *header_of(const ti_jwk_t *key, const char *alg,
                             const char *typ, apr_pool_t *p)
{
    json_t *header =
        json_pack("{s:s, s:s, s:s*}", "alg", alg, "typ", typ, "kid", key->kid);
    const char *text = ti_object_write(header, p);

    json_decref(header);
    return text;
}
