/* SPDX-License-Identifier: Apache-2.0
 *
 * One look at the files of a server that httpd's User may read: which of them
 * have changed, and what is said of them.
 */
#ifndef MAI_LOOK_H
#define MAI_LOOK_H

#include <apr_tables.h>

#include "server/combination.h"

typedef struct mai_look_t {
    mai_combination_t *server;
    const ti_server_t *now;         /* as it is until then */
    ti_server_t next;               /* as the files say */
    apr_uint64_t stamps[MAI_FILES]; /* of files that may have changed */
    int is_due[MAI_FILES];          /* which these are */
    int has_changed;                /* nonzero: `next` is another */
    apr_array_header_t *lines;      /* ti_line_t, for the log */
    apr_pool_t *p;                  /* of the lines, and of `next` */
} mai_look_t;

/* Find the files that may have changed; a certificate and its key are due
 * together. Returns how many there are. */
int mai_look_find_due(mai_look_t *look);

/* Zero: the file could not be read, by the status `rv` of the attempt, and that
 * was said. A file that only root can read is no news, unless it has changed.
 */
int mai_look_has_read(mai_look_t *look, mai_file_t which, apr_status_t rv);

/* The file can be used, and is in use from now on; `is_another`: it holds
 * something new. */
void mai_look_take_in(mai_look_t *look, mai_file_t which, int is_another);

/* The file cannot be used: it is left alone until it changes once more, and the
 * second look in a row that finds the same says `why`. */
void mai_look_refuse(mai_look_t *look, mai_file_t which, const char *why);

/* Add a line about a file; `text` lives in look->p. */
void mai_look_say(mai_look_t *look, mai_file_t which, int level, int id,
                  const char *text);

#endif
