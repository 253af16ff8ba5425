/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/base64url.h"

#include <string.h>

#include <apr_encode.h>

static int value_of(char c);

int ti_base64url_read(ti_bytes_t *bytes, const char *text, apr_size_t length,
                      apr_pool_t *p)
{
    apr_uint32_t bits = 0;
    int held = 0; /* how many of these bits are of no byte yet */
    apr_size_t i;

    bytes->data = apr_palloc(p, length / 4 * 3 + 4);
    bytes->size = 0;
    for (i = 0; i < length; i++) {
        int value = value_of(text[i]);

        if (value < 0) {
            return 0;
        }
        bits = bits << 6 | (apr_uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes->data[bytes->size++] = (unsigned char)(bits >> held);
            bits &= (1U << held) - 1;
        }
    }
    bytes->data[bytes->size] = '\0';
    return length % 4 != 1 && bits == 0;
}

const char *ti_base64url_write(const void *bytes, apr_size_t size,
                               apr_pool_t *p)
{
    return size == 0 ? ""
                     : apr_pencode_base64_binary(p, bytes, (apr_ssize_t)size,
                                                 APR_ENCODE_BASE64URL, NULL);
}

void ti_bytes_wipe(ti_bytes_t *bytes)
{
    if (bytes->data != NULL) {
        explicit_bzero(bytes->data, bytes->size);
    }
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '-') {
        return 62;
    }
    return c == '_' ? 63 : -1;
}
