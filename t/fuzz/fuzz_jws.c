/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as a JWS, against one key of each kind. The keys have signed
 * one payload each, long ago: nothing else may come out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <sanitizer/lsan_interface.h>
#include <apr_general.h>

#include "jose/jws.h"

/* Those of RFC 7515 A.1 to A.3 and RFC 8037 A.1. */
static const char keys_text[] =
    "{\"keys\":["
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0"
    "gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"},"
    "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_"
    "wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ"
    "S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5"
    "rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k"
    "G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5"
    "4h4FRWyuXpoQ\"},"
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8T"
    "us9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPap"
    "iMlrwIaaPcHURo\"}]}";

static const char *const payloads[] = {
    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
    "\"http://example.com/is_root\":true}",
    "Example of Ed25519 signing"};

static ti_jwks_t *keys;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    apr_pool_t *p;
    const char *why;

    (void)argc;
    (void)argv;
    apr_initialize();
    apr_pool_create(&p, NULL);
    __lsan_disable(); /* it cannot see inside pools, and these keys stay */
    keys = ti_jwks_read(&why, keys_text, strlen(keys_text), p);
    __lsan_enable();
    demand(keys != NULL && keys->keys->nelts == 4);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size > 0 ? size : 1);
    ti_opened_t opened;
    apr_pool_t *p;

    demand(text != NULL);
    memcpy(text, data, size);
    apr_pool_create(&p, NULL);
    ti_jws_verify(&opened, text, size, keys, TI_ALGS_SIGNATURE, p);
    if (opened.opening == TI_OPENING_DONE) {
        demand(opened.why == NULL);
        demand(strcmp((const char *)opened.content.data, payloads[0]) == 0 ||
               strcmp((const char *)opened.content.data, payloads[1]) == 0);
    } else {
        demand(opened.why != NULL && opened.content.data == NULL);
    }
    demand(ERR_peek_error() == 0);
    apr_pool_destroy(p);
    free(text);
    return 0;
}
