/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as a JWE, against one key of each kind. What the RFCs
 * encrypted for two of them comes out, and nothing else may.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <sanitizer/lsan_interface.h>
#include <apr_general.h>

#include "jose/jwe.h"

/* Those of RFC 7516 A.1, RFC 7518 C, the JOSE cookbook, and RFC 7520 5.5. */
static const char keys_text[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48"
    "E-BVvxkeDNjbC4he8rUWcJoZmds2h7M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2K"
    "rf3Spsk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN15dsQRkgr0vEhxN92i2asbOenSZeyaxz"
    "iK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6XrgxnxbWhojf663tuEQue"
    "GC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW_TqOQtwHYbxevoJArm-L5StowjzG"
    "y-_bq6Gw\",\"e\":\"AQAB\",\"d\":\"kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI"
    "-yk1F7-kpDxY4-WY5NWV5KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV8n9Hrh2anTpT"
    "D93Dt62ypW3yDsJzBnTnrYu1iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghkqDp0Vqj3kbSCz1"
    "XyfCs6_LehBwtxHIyh8Ripy40p24moOAbgxVw3rxT_vlt3UVe4WO3JkJOzlpUf-KTVI2Ptgm-d"
    "ARxTEtE-id-4OJr0h-K-VFs3VSndVTIznSxfyrj8ILL6MG_Uv8YAu7VILSB3lOW085-4qE3Dzg"
    "rTjgyQ\",\"p\":\"1r52Xk46c-LsfB5P442p7atdPUrxQSy4mti_tZI3Mgf2EuFVbUoDBvaRQ"
    "-SWxkbkmoEzL7JXroSBjSrK3YIQgYdMgyAEPTPjXv_hI2_1eTSPVZfzL0lffNn03IXqWF5MDFu"
    "oUYE0hzb2vhrlN_rKrbfDIwUbTrjjgieRbwC6Cl0\",\"q\":\"wLb35x7hmQWZsWJmB_vle87"
    "ihgZ19S8lBEROLIsZG4ayZVe9Hi9gDVCOBmUDdaDYVTSNx_8Fyw1YYa9XGrGnDew00J28cRUoe"
    "BB_jKI1oma0Orv1T9aXIWxKwd4gvxFImOWr3QRL9KEBRzk2RatUBnmDZJTIAfwTs0g68UZHvtc"
    "\",\"dp\":\"ZK-YwE7diUh0qR1tR7w8WHtolDx3MZ_OTowiFvgfeQ3SiresXjm9gZ5KLhMXvo"
    "-uz-KUJWDxS5pFQ_M0evdo1dKiRTjVw_x4NyqyXPM5nULPkcpU827rnpZzAJKpdhWAgqrXGKAE"
    "CQH0Xt4taznjnd_zVpAmZZq60WPMBMfKcuE\",\"dq\":\"Dq0gfgJ1DdFGXiLvQEZnuKEN0UU"
    "msJBxkjydc3j4ZYdBiMRAy86x0vHCjywcMlYYg4yoC4YZa9hNVcsjqA3FeiL19rk8g6Qn29Tt0"
    "cj8qqyFpz9vNDBUfCAiJVeESOjJDZPYHdHY8v1b-o-Z2X5tvLx-TCekf7oxyeKDUqKWjis\","
    "\"qi\":\"VIMpMYbPf47dT1w_zDUXfPimsSegnMOA1zTaX7aGk_8urY6R8-ZW1FxU7AlWAyLWy"
    "bqq6t16VFd7hQd0y6flUK4SlOydB61gwanOsXGOAOv82cHq0E3eL4HrtZkUuKvnPrMnsUUFlfU"
    "dybVzxyjz9JF_XyaY14ardLSjf4L_FNY\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"x"
    "\":\"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ\",\"y\":\"e8lnCO-AlStT-NJ"
    "VX-crhB7QRYhiix03illJOVAOyck\",\"d\":\"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASR"
    "l6BfUqdw\"},{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"Bob\",\"x\":\"3p"
    "7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08\",\"d\":\"XasIfmJKikt54X-Lg4AO5m"
    "87sSkmGLb9HC-LJ_-I4Os\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"meria"
    "doc.brandybuck@buckland.example\",\"x\":\"Ze2loSV3wrroKUN_"
    "4zhwGhCqo3Xhu1td4"
    "QjeQ5wIVR0\",\"y\":\"HlLtdXARY_f55A3fnzQbPcm6hgr34Mp8p-nuzQCE0Zw\",\"d\":"
    "\"r"
    "_kHyZ-a06rmxM3yESK84r1otSg-aQcVStkRhA-iCM8\"}]}";

static const char *const plains[] = {"The true sign of intelligence",
                                     "You can trust us to stick with you"};

static ti_jwks_t *keys;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

static int begins(const ti_opened_t *opened, const char *text)
{
    return strncmp((const char *)opened->content.data, text, strlen(text)) == 0;
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
    ti_jwe_decrypt(&opened, text, size, keys,
                   TI_ALGS_ENCRYPTION | TI_ALGS_CONTENT, p);
    if (opened.opening == TI_OPENING_DONE) {
        demand(opened.why == NULL);
        demand(begins(&opened, plains[0]) || begins(&opened, plains[1]));
    } else {
        demand(opened.why != NULL && opened.content.data == NULL);
    }
    demand(ERR_peek_error() == 0);
    apr_pool_destroy(p);
    free(text);
    return 0;
}
