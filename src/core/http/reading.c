/* SPDX-License-Identifier: Apache-2.0 */
#include "http/reading.h"

#include <string.h>

#include <apr_date.h>
#include <apr_lib.h>
#include <apr_strings.h>

/* Where the buffer of a body without announced length begins; it doubles. */
#define ROOM_MIN ((apr_size_t)4 * 1024)

/* More digits of delta-seconds than any time we heed. */
#define SECONDS_DIGITS_MAX 9

static int within_limits(ti_reading_t *reading, apr_size_t length);
static int is_interim(const char *line, apr_size_t length);
static void read_field(ti_reading_t *reading, const char *line,
                       apr_size_t length);
static const char *field_value(const ti_reading_t *reading, const char *name,
                               const char *line, apr_size_t length);
static apr_interval_time_t retry_after(const char *text, apr_time_t now);
static void make_room(ti_reading_t *reading, apr_size_t needed,
                      apr_off_t expected);

void ti_reading_open(ti_reading_t *reading, apr_size_t size_max, apr_time_t now,
                     apr_pool_t *p)
{
    memset(reading, 0, sizeof(*reading));
    reading->type = "";
    reading->body = "";
    reading->size_max = size_max;
    reading->now = now;
    reading->p = p;
}

int ti_reading_line(ti_reading_t *reading, const char *line, apr_size_t length)
{
    if (!within_limits(reading, length)) {
        return 0;
    }
    while (length > 0 && apr_isspace(line[length - 1])) {
        length--;
    }

    if (reading->section == TI_READING_INTERIM) {
        reading->section =
            is_interim(line, length) ? TI_READING_INTERIM : TI_READING_HEADER;
    } else if (reading->section == TI_READING_HEADER && length == 0) {
        reading->section = TI_READING_REST;
    } else if (reading->section == TI_READING_HEADER) {
        read_field(reading, line, length);
    }
    return 1;
}

int ti_reading_headed(const ti_reading_t *reading)
{
    return reading->section == TI_READING_REST;
}

int ti_reading_piece(ti_reading_t *reading, const char *piece,
                     apr_size_t length, apr_off_t expected)
{
    char *end;

    if (length > reading->size_max - reading->length) {
        reading->excess = apr_psprintf(
            reading->p, "a body of more than %" APR_SIZE_T_FMT " bytes",
            reading->size_max);
        return 0;
    }

    make_room(reading, reading->length + length + 1, expected);
    end = reading->room + reading->length;
    memcpy(end, piece, length);
    end[length] = '\0';
    reading->length += length;
    reading->body = reading->room;
    return 1;
}

static int within_limits(ti_reading_t *reading, apr_size_t length)
{
    reading->lines++;
    if (reading->lines > TI_READING_LINES_MAX ||
        length > TI_READING_HEADER_MAX - reading->header_size) {
        reading->excess = apr_psprintf(
            reading->p,
            "more than %d header lines or %" APR_SIZE_T_FMT " bytes of them",
            TI_READING_LINES_MAX, TI_READING_HEADER_MAX);
        return 0;
    }
    reading->header_size += length;
    return 1;
}

/* Anything but the status line of a final response: a status line with 1xx, its
 * fields, its end. RFC 9110 15.2 */
static int is_interim(const char *line, apr_size_t length)
{
    const char *space;

    if (length < 5 || strncmp(line, "HTTP/", 5) != 0) {
        return 1;
    }
    space = memchr(line, ' ', length);
    return space == NULL || space + 1 == line + length || space[1] == '1';
}

static void read_field(ti_reading_t *reading, const char *line,
                       apr_size_t length)
{
    const char *value;

    value = field_value(reading, "Content-Type:", line, length);
    if (value != NULL) {
        reading->type = value;
    }
    value = field_value(reading, "Retry-After:", line, length);
    if (value != NULL) {
        reading->retry_after = retry_after(value, reading->now);
    }
}

/* A copy of the value if the line is this field, else NULL. */
static const char *field_value(const ti_reading_t *reading, const char *name,
                               const char *line, apr_size_t length)
{
    apr_size_t start = strlen(name);

    if (length < start || strncasecmp(line, name, start) != 0) {
        return NULL;
    }
    while (start < length && apr_isspace(line[start])) {
        start++;
    }
    return apr_pstrmemdup(reading->p, line + start, length - start);
}

/* delta-seconds or a date, RFC 9110 10.2.3. */
static apr_interval_time_t retry_after(const char *text, apr_time_t now)
{
    apr_size_t digits = strspn(text, "0123456789");
    apr_interval_time_t wait;

    if (digits > SECONDS_DIGITS_MAX && text[digits] == '\0') {
        wait = TI_READING_RETRY_MAX;
    } else if (digits > 0 && text[digits] == '\0') {
        wait = apr_time_from_sec(apr_atoi64(text));
    } else {
        wait = apr_date_parse_http(text) - now; /* unreadable: 1970 */
    }
    if (wait > TI_READING_RETRY_MAX) {
        return TI_READING_RETRY_MAX;
    }
    return wait > 0 ? wait : 0;
}

/* Room for `needed` bytes: at once for all that is expected, else doubling, so
 * that what is left behind in the pool is never more than what is used. */
static void make_room(ti_reading_t *reading, apr_size_t needed,
                      apr_off_t expected)
{
    apr_size_t size = reading->room_size * 2;
    char *room;

    if (needed <= reading->room_size) {
        return;
    }
    if (size < ROOM_MIN) {
        size = ROOM_MIN;
    }
    if (size > reading->size_max) {
        size = reading->size_max + 1;
    }
    if (expected > 0 && (apr_uint64_t)expected <= reading->size_max) {
        size = (apr_size_t)expected + 1;
    }
    if (size < needed) {
        size = needed;
    }

    room = apr_palloc(reading->p, size);
    memcpy(room, reading->body, reading->length);
    reading->room = room;
    reading->room_size = size;
}
