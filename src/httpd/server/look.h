/* SPDX-License-Identifier: Apache-2.0
 *
 * One look at the files of a server that httpd's User may read: which of them
 * have changed, and the log lines about that.
 */
#ifndef MAI_LOOK_H
#define MAI_LOOK_H

#include <apr_tables.h>

#include "server/combination.h"

typedef struct mai_look_t {
    mai_combination_t *server;
    const ti_server_t *now;         /* the current version */
    ti_server_t next;               /* the version that the files describe */
    apr_uint64_t stamps[MAI_FILES]; /* of the files now */
    int is_due[MAI_FILES];          /* nonzero: the file may have changed */
    int has_changed;                /* nonzero: `next` differs from `now` */
    apr_array_header_t *lines;      /* ti_line_t, for the log */
    apr_pool_t *p;                  /* of `lines` and `next` */
} mai_look_t;

/* Find the files that may have changed; a certificate and its key are due
 * together. Zero: there are none. */
int mai_look_find_due(mai_look_t *look);

/* Judge the status `rv` of reading a file. Zero: it could not be read, and
 * *look has a line about that; but none about a file that only root can read,
 * unless that has changed. */
int mai_look_has_read(mai_look_t *look, mai_file_t which, apr_status_t rv);

/* The file is usable and in use from now on. `is_another`: its content is
 * new. */
void mai_look_take_in(mai_look_t *look, mai_file_t which, int is_another);

/* The file is unusable. The second look in a row that finds the same reason
 * adds a line with `why`; then the file is left alone until it changes. */
void mai_look_refuse(mai_look_t *look, mai_file_t which, const char *why);

/* Add a log line about a file. `text` lives in look->p. */
void mai_look_say(mai_look_t *look, mai_file_t which, int level, int id,
                  const char *text);

#endif
