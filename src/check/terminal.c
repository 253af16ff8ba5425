/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <stdio.h>
#include <string.h>

static size_t steers(const char *at);

void check_print(const char *text)
{
    while (*text != '\0') {
        size_t length = steers(text);

        putchar(length > 0 ? '?' : *text);
        text += length > 0 ? length : 1;
    }
}

/* Bytes of a character that steers a terminal or the direction of text, in
 * UTF-8; 0: it is none. */
static size_t steers(const char *at)
{
    /* LRE to RLO, LRI to PDI, and the marks LRM, RLM and ALM */
    static const char *const turning[] = {
        "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad",
        "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8",
        "\xe2\x81\xa9", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xd8\x9c"};
    unsigned char byte = (unsigned char)*at;
    unsigned char next = byte != '\0' ? (unsigned char)at[1] : 0;
    size_t i;

    if (byte < ' ' || byte == 0x7f) {
        return 1;
    }
    if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) {
        return 2; /* C1, such as CSI */
    }
    for (i = 0; i < sizeof(turning) / sizeof(turning[0]); i++) {
        size_t length = strlen(turning[i]);

        if (strncmp(at, turning[i], length) == 0) {
            return length;
        }
    }
    return 0;
}
