/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/jwt.h"

#include <jansson.h>

#include "jose/jws.h"
#include "jose/object.h"

const char *ti_jwt_sign(const ti_jwt_t *jwt, const ti_jwk_t *key,
                        const char *alg, apr_pool_t *p)
{
    json_t *claims =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "iss", jwt->issuer, "sub",
                  jwt->subject, "aud", jwt->audience, "jti", jwt->id, "iat",
                  (json_int_t)apr_time_sec(jwt->issued), "exp",
                  (json_int_t)apr_time_sec(jwt->expires));
    const char *text = ti_object_write(claims, p);
    ti_bytes_t payload;

    json_decref(claims);
    if (text == NULL) {
        return NULL;
    }
    payload.data = (unsigned char *)(apr_uintptr_t)text;
    payload.size = strlen(text);
    return ti_jws_sign_as(key, alg, "JWT", &payload, p);
}
