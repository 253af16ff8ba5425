/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets as text: cleaned when they are read, wiped when they are not needed
 * any more.
 */
#ifndef TI_SECRET_H
#define TI_SECRET_H

#include <apr_pools.h>

/* Bytes of one: long enough for a set of keys, short enough to be no
 * accident. */
#define TI_SECRET_TEXT_MAX ((apr_size_t)32768)

/* Of what a file, a variable or a program gave, the secret in it: without a
 * UTF-8 byte order mark at the beginning and white space (CR LF too) at the
 * end. In place, for `text` ends with NUL. */
char *ti_secret_trim(char *text);

/* NULL, or what keeps this from being a secret: nothing in it, a control
 * character, a second line. Never holds any of it. */
const char *ti_secret_complaint(const char *secret);

/* Wipe these bytes when `p` goes. */
void ti_secret_wipe_with(apr_pool_t *p, char *secret);

/* Wipe what copies of secrets leave in vector registers, which a core has too,
 * and below the caller on the stack, where the dynamic linker saves them. For
 * the end of work with secrets. */
void ti_secret_leave(void);

#endif
