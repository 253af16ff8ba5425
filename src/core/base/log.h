/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's way to the error log: a sink that the caller provides.
 */
#ifndef TI_LOG_H
#define TI_LOG_H

#include <stdarg.h>

/* Levels, with the numbers of syslog and of httpd's APLOG_*. */
typedef enum ti_level_t {
    TI_LOG_ERROR = 3,   /* an operator must act */
    TI_LOG_WARNING = 4, /* degraded, but serving */
    TI_LOG_NOTICE = 5,  /* start and stop */
    TI_LOG_INFO = 6,    /* a refusal and its reason */
    TI_LOG_DEBUG = 7    /* decisions on the way */
} ti_level_t;

/* A finished line without a newline, and where it was raised. */
typedef struct ti_log_line_t {
    const char *file; /* of the source */
    int number;       /* of the line there */
    ti_level_t level;
    const char *text;
} ti_log_line_t;

/* A sink. `level` is the most verbose level that is on: no line above it is
 * formatted. */
typedef struct ti_log_t {
    void (*write)(void *self, const ti_log_line_t *line);
    void *self;
    ti_level_t level;
} ti_log_t;

/* Write one line: "MAI0042: text". `id` is a number of messages.h. A NULL log
 * writes nothing. Lines are cut at 1 KiB; control characters become '?', so
 * that no text from outside can forge a line of its own. */
#define ti_log(log, ...) ti_log_at((log), __FILE__, __LINE__, __VA_ARGS__)
void ti_log_at(const ti_log_t *log, const char *file, int number,
               ti_level_t level, int id, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Is this level on? For work that only a log line needs. */
#define ti_log_on(log, at) ((log) != NULL && (log)->level >= (at))

#endif
