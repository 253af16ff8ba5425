/* SPDX-License-Identifier: Apache-2.0
 *
 * One word of a directive, read strictly: nothing may follow it, nothing is
 * guessed. Complaints say what to write.
 */
#ifndef MAI_ARGUMENT_H
#define MAI_ARGUMENT_H

#include <httpd.h>
#include <http_config.h>

#include "ask/server.h"

/* "DIRECTIVE: 'word' is not understood: advice". */
const char *mai_argument_complain(cmd_parms *cmd, const char *word,
                                  const char *advice);

/* "DIRECTIVE: 'word' cannot be used: why". It is understood, but wrong. */
const char *mai_argument_refuse(cmd_parms *cmd, const char *word,
                                const char *why);

/* A time with one of httpd's suffixes (ms, s, min, h; seconds without). */
const char *mai_argument_time(apr_interval_time_t *time, cmd_parms *cmd,
                              const char *word);

/* On or Off. */
const char *mai_argument_switch(ti_switch_t *value, cmd_parms *cmd,
                                const char *word);

/* A list whose elements have this size, longer by one, all zero, which is
 * returned; lists once read are never changed. */
void *mai_argument_grow(const apr_array_header_t **list, cmd_parms *cmd,
                        int size);

/* The same with a word. */
void mai_argument_append(const apr_array_header_t **list, cmd_parms *cmd,
                         const char *word);

/* The same with one word or more, for each of which `is_fine` returns nonzero.
 * Else a complaint with this advice. */
const char *mai_argument_words(const apr_array_header_t **list, cmd_parms *cmd,
                               int argc, char *const argv[],
                               int (*is_fine)(const char *word),
                               const char *advice);

/* For mai_argument_words: nonzero where a word is not empty. */
int mai_argument_is_text(const char *word);

/* FILE:LINE of the directive, in the configuration's pool. */
const char *mai_argument_where(const cmd_parms *cmd);

#endif
