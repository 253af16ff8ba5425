/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of a Require claim line, read into conditions:
 *
 *     NAME:VALUE  NAME~REGEX  NAME  NAME<NUMBER (<=, >, >=)
 *     NAME{ WORD... }    all of them met by one object of the array NAME
 *     nocase WORD...     VALUE in either case
 *     prefix WORD...     VALUE is a beginning
 */
#ifndef TI_WORDS_H
#define TI_WORDS_H

#include <apr_tables.h>

#include "claims/regex.h"

/* A line while it is read. */
typedef struct ti_words_t {
    const apr_array_header_t *words; /* of const char * */
    int at;                          /* the next one */
    int timed; /* some condition depends on the time of the request */
    const ti_regex_t *regex;
    apr_pool_t *p;
} ti_words_t;

/* Read all words, as ti_condition_t, behind those in `conditions`. NULL, or a
 * complaint in words->p that says what to write. */
const char *ti_words_read(apr_array_header_t *conditions, ti_words_t *words);

#endif
