/* SPDX-License-Identifier: Apache-2.0
 *
 * Control characters: none of them belongs in a header, a log line, a secret
 * or a claim that is exported.
 */
#ifndef TI_CONTROL_H
#define TI_CONTROL_H

/* Is this byte one, in any locale? */
static inline int ti_control_is(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Does this text hold one? NULL: no. */
static inline int ti_control_in(const char *text)
{
    while (text != 0 && *text != '\0' && !ti_control_is(*text)) {
        text++;
    }
    return text != 0 && *text != '\0';
}

#endif
