/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as the file of a secret.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "base/secret.h"

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
    (void)argc;
    (void)argv;
    return apr_initialize();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(1, size + 1);
    const char *complaint;
    size_t length;
    char *secret;
    size_t i;

    memcpy(text, data, size);
    secret = ti_secret_trim(text);
    length = strlen(secret);
    demand(secret >= text && secret + length <= text + size);
    complaint = ti_secret_complaint(secret);
    demand((length == 0) <= (complaint != NULL));
    for (i = 0; complaint == NULL && i < length; i++) {
        demand((unsigned char)secret[i] >= 0x20 && secret[i] != 0x7f);
    }
    demand(length == 0 || strchr(" \t\r\n\v\f", secret[length - 1]) == NULL);
    free(text);
    return 0;
}
