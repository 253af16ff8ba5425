/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/builder.h"

#include "jose/object.h"

int ti_builder_add(ti_builder_t *builder, const char *name, const char *param)
{
    BIGNUM *number = BN_secure_new();
    ti_bytes_t bytes = {NULL, 0};
    int good;

    builder->numbers[builder->count++] = number;
    good = number != NULL &&
           ti_object_bytes(&bytes, builder->jwk, name, builder->p) &&
           bytes.size > 0 && bytes.size <= TI_BUILDER_NUMBER_MAX &&
           BN_bin2bn(bytes.data, (int)bytes.size, number) != NULL &&
           OSSL_PARAM_BLD_push_BN(builder->params, param, number);
    ti_bytes_wipe(&bytes);
    return good;
}

EVP_PKEY *ti_builder_finish(ti_builder_t *builder, const char *type,
                            int is_private)
{
    int selection = is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    EVP_PKEY *pkey = NULL;

    if (type != NULL) {
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
        OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder->params);

        if (context == NULL || params == NULL ||
            EVP_PKEY_fromdata_init(context) != 1 ||
            EVP_PKEY_fromdata(context, &pkey, selection, params) != 1) {
            pkey = NULL;
        }
        OSSL_PARAM_free(params);
        EVP_PKEY_CTX_free(context);
    }
    while (builder->count > 0) {
        BN_clear_free(builder->numbers[--builder->count]);
    }
    OSSL_PARAM_BLD_free(builder->params);
    return pkey;
}
