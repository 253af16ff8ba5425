/* SPDX-License-Identifier: Apache-2.0
 *
 * An HTTP response while it is read: header lines and pieces of the body, each
 * within its limit.
 */
#ifndef TI_READING_H
#define TI_READING_H

#include <apr_pools.h>
#include <apr_time.h>

/* All header lines of one exchange, those of interim responses and trailers
 * included. Real responses have 1 KiB; this is what large gateways allow. */
#define TI_READING_HEADER_MAX ((apr_size_t)32 * 1024)
#define TI_READING_LINES_MAX 100

/* A Retry-After beyond this is cut: no response can switch us off for long. */
#define TI_READING_RETRY_MAX apr_time_from_sec(24 * 60 * 60)

/* What was read so far. Strings are in the pool given to ti_reading_open. */
typedef struct ti_reading_t {
    const char *type; /* Content-Type of the final response; "" if none */
    apr_interval_time_t retry_after; /* 0: absent or unreadable */
    const char *body;                /* NUL after its last byte */
    apr_size_t length;
    const char *excess; /* the limit that was passed, as words; NULL: none */

    /* The rest is for reading.c. */
    apr_pool_t *p;
    apr_time_t now;
    char *room;
    apr_size_t room_size;
    apr_size_t size_max;
    apr_size_t header_size;
    int lines;
    enum {
        TI_READING_INTERIM = 0, /* nothing, or a response with status 1xx */
        TI_READING_HEADER,      /* the header section that counts */
        TI_READING_REST         /* body and trailers */
    } section;
} ti_reading_t;

/* Begin. `size_max`: of the body; `now`: for a Retry-After that is a date. */
void ti_reading_open(ti_reading_t *reading, apr_size_t size_max, apr_time_t now,
                     apr_pool_t *p);

/* Read one header line as it came. Returns 0 when a limit is passed. */
int ti_reading_line(ti_reading_t *reading, const char *line, apr_size_t length);

/* Nonzero when the header section of a final response came to its end. */
int ti_reading_headed(const ti_reading_t *reading);

/* Read a piece of the body. `expected`: the size of the whole as announced,
 * 0 or less if unknown; it only saves memory. Returns 0 when it is too much. */
int ti_reading_piece(ti_reading_t *reading, const char *piece,
                     apr_size_t length, apr_off_t expected);

#endif
