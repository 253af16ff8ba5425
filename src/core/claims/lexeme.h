/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings and numbers of a JSON text as they are written: where each ends.
 * RFC 8259. The texts end with NUL.
 */
#ifndef TI_LEXEME_H
#define TI_LEXEME_H

#include <apr.h>

/* Bytes of the string that begins here, with its quotes; 0: none does. One that
 * does not end reaches to the end of the text. RFC 8259 7. */
apr_size_t ti_lexeme_string(const char *text);

/* Bytes of the number that begins here; 0: none does. RFC 8259 6. */
apr_size_t ti_lexeme_number(const char *text);

/* Are these bytes, all of them, a number? A NUL follows them. */
int ti_lexeme_is_number(const char *text, apr_size_t length);

/* Is what ends here a member's name: does a colon follow? */
int ti_lexeme_is_name(const char *end);

#endif
