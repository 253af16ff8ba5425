/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <string.h>

#include <apr_lib.h>

#include "base/control.h"

#define BOM "\xef\xbb\xbf"
#define STACK 16384 /* deeper than the calls that copy secrets */
#define PIECE 1024  /* copied through all vector registers that copies use */

/* What wipes the stack writes all of it: no need to do it twice. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define UNINITIALIZED __attribute__((uninitialized))
#endif
#endif
#ifndef UNINITIALIZED
#define UNINITIALIZED
#endif

/* The C library's own, which uses the registers that it used for the secrets:
 * nothing that the compiler puts in its place. */
static void *(*const volatile copy)(void *, const void *, size_t) = memmove;

static apr_status_t wipe(void *data);

char *ti_secret_trim(char *text)
{
    apr_size_t length;

    if (strncmp(text, BOM, sizeof(BOM) - 1) == 0) {
        text += sizeof(BOM) - 1;
    }
    length = strlen(text);
    while (length > 0 && apr_isspace(text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

const char *ti_secret_complaint(const char *secret)
{
    if (*secret == '\0') {
        return "is empty: give the secret as text, file:PATH, env:NAME or "
               "exec:PROGRAM";
    }
    return ti_control_in(secret)
               ? "holds a control character or a second line: give one line of "
                 "text"
               : NULL;
}

void ti_secret_wipe_with(apr_pool_t *p, char *secret)
{
    apr_pool_cleanup_register(p, secret, wipe, apr_pool_cleanup_null);
}

static apr_status_t wipe(void *data)
{
    explicit_bzero(data, strlen(data));
    return APR_SUCCESS;
}

void ti_secret_leave(void)
{
    static const char zeros[PIECE];
    UNINITIALIZED char stack[STACK];
    apr_size_t i;

    for (i = 16; i < PIECE; i *= 2) {
        copy(stack, zeros, i);
    }
    for (i = 0; i < STACK; i += PIECE) {
        copy(stack + i, zeros, PIECE);
    }
}
