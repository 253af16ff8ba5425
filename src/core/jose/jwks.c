/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/jwks.h"

#include <string.h>

#include <apr_strings.h>

#include "jose/object.h"

static void add(ti_jwks_t *jwks, const json_t *object, apr_pool_t *p);
static ti_jwks_t *make(apr_pool_t *p);
static void push(const ti_jwks_t *jwks, const ti_jwk_t *key);
static ti_jwks_t *of_one(ti_jwk_t *key, apr_pool_t *p);
static void name_all(const ti_jwks_t *jwks, apr_pool_t *p);
static ti_algs_t allowed_for(const ti_jwk_t *key, ti_jwks_purpose_t purpose);
static int is_named(const ti_jwk_t *key, const char *kid);

ti_jwks_t *ti_jwks_read(const char **why, const char *text, apr_size_t length,
                        apr_pool_t *p)
{
    const json_t *object = ti_object_read(text, length, p);

    *why = TI_OBJECT_UNREADABLE;
    return object != NULL ? ti_jwks_of_object(why, object, p) : NULL;
}

ti_jwks_t *ti_jwks_of_object(const char **why, const json_t *object,
                             apr_pool_t *p)
{
    const json_t *keys = json_object_get(object, "keys");
    ti_jwks_t *jwks = make(p);
    const json_t *key;
    size_t i;

    *why = "it has no array of keys";
    if (!json_is_array(keys)) {
        ti_object_wipe(object); /* it may be a key */
        return NULL;
    }
    *why =
        json_array_size(keys) > TI_JWKS_MAX ? "it has more than 64 keys" : NULL;
    json_array_foreach(keys, i, key)
    {
        if (*why == NULL) {
            add(jwks, key, p);
        } else {
            ti_object_wipe(key);
        }
    }
    return *why == NULL ? jwks : NULL;
}

ti_jwks_t *ti_jwks_load(const char **why, const char *text, apr_size_t length,
                        apr_pool_t *p)
{
    const json_t *object;
    ti_jwks_t *jwks;

    if (strstr(text, "-----BEGIN ") != NULL) {
        return of_one(ti_jwk_of_pem(why, text, length, p), p);
    }
    *why = TI_OBJECT_UNREADABLE;
    object = ti_object_read(text, length, p);
    if (object == NULL) {
        return NULL;
    }
    if (json_object_get(object, "keys") == NULL) {
        return of_one(ti_jwk_of_object(why, object, p), p);
    }
    jwks = ti_jwks_of_object(why, object, p);
    if (jwks == NULL) {
        return NULL;
    }
    *why = jwks->keys->nelts > 0 ? jwks->why : "it has no key";
    name_all(jwks, p);
    return *why == NULL ? jwks : NULL;
}

static ti_jwks_t *of_one(ti_jwk_t *key, apr_pool_t *p)
{
    if (key == NULL) {
        return NULL;
    }
    ti_jwk_name(key, p);
    return ti_jwks_of_key(key, p);
}

/* Nobody else has them yet. */
static void name_all(const ti_jwks_t *jwks, apr_pool_t *p)
{
    int i;

    for (i = 0; i < jwks->keys->nelts; i++) {
        ti_jwk_name(APR_ARRAY_IDX(jwks->keys, i, ti_jwk_t *), p);
    }
}

ti_jwks_t *ti_jwks_of_key(const ti_jwk_t *key, apr_pool_t *p)
{
    ti_jwks_t *jwks = make(p);

    push(jwks, key);
    return jwks;
}

int ti_jwks_find(const ti_jwk_t *found[TI_JWKS_TRIES], const ti_jwks_t *jwks,
                 ti_jwks_purpose_t purpose, ti_alg_t alg, const char *kid)
{
    int count = 0;
    int i;

    for (i = 0; i < jwks->keys->nelts && count < TI_JWKS_TRIES; i++) {
        const ti_jwk_t *key = APR_ARRAY_IDX(jwks->keys, i, const ti_jwk_t *);

        if ((allowed_for(key, purpose) & (ti_algs_t)alg) != 0 &&
            is_named(key, kid)) {
            found[count++] = key;
        }
    }
    return count;
}

const char *ti_jwks_public(const ti_jwks_t *jwks, apr_pool_t *p)
{
    apr_array_header_t *texts = apr_array_make(p, 4, sizeof(const char *));
    int i;

    for (i = 0; i < jwks->keys->nelts; i++) {
        const char *text =
            ti_jwk_public(APR_ARRAY_IDX(jwks->keys, i, const ti_jwk_t *), p);

        if (text != NULL) {
            APR_ARRAY_PUSH(texts, const char *) = text;
        }
    }
    return apr_pstrcat(p, "{\"keys\":[", apr_array_pstrcat(p, texts, ','), "]}",
                       NULL);
}

static void add(ti_jwks_t *jwks, const json_t *object, apr_pool_t *p)
{
    const char *why = NULL;
    ti_jwk_t *key = ti_jwk_of_object(&why, object, p);

    if (key != NULL &&
        (key->may.verify | key->may.sign | key->may.decrypt) != 0) {
        push(jwks, key);
        return;
    }
    if (jwks->why == NULL) {
        jwks->why = why != NULL ? why : "it fits no algorithm that we know";
    }
}

static ti_jwks_t *make(apr_pool_t *p)
{
    ti_jwks_t *jwks = apr_pcalloc(p, sizeof(*jwks));

    jwks->keys = apr_array_make(p, 4, sizeof(const ti_jwk_t *));
    return jwks;
}

static void push(const ti_jwks_t *jwks, const ti_jwk_t *key)
{
    apr_array_header_t *keys = (apr_array_header_t *)(apr_uintptr_t)jwks->keys;

    APR_ARRAY_PUSH(keys, const ti_jwk_t *) = key;
}

static ti_algs_t allowed_for(const ti_jwk_t *key, ti_jwks_purpose_t purpose)
{
    switch (purpose) {
    case TI_JWKS_VERIFY:
        return key->may.verify;
    case TI_JWKS_SIGN:
        return key->may.sign;
    case TI_JWKS_DECRYPT:
        return key->may.decrypt;
    default:
        return 0;
    }
}

static int is_named(const ti_jwk_t *key, const char *kid)
{
    return kid == NULL || key->kid == NULL || key->unnamed ||
           strcmp(key->kid, kid) == 0;
}
