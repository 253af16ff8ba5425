/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <apr_strings.h>

#include "base/control.h"

#define LINE_MAX_BYTES 1024

void ti_log_at(const ti_log_t *log, const char *file, int number,
               ti_level_t level, int id, const char *format, ...)
{
    ti_log_line_t raised = {file, number, level, NULL};
    char line[LINE_MAX_BYTES];
    int used;
    int i;
    va_list args;

    if (!ti_log_on(log, level)) {
        return;
    }
    used = apr_snprintf(line, sizeof(line), "MAI%04d: ", id);
    va_start(args, format);
    apr_vsnprintf(line + used, sizeof(line) - (apr_size_t)used, format, args);
    va_end(args);

    for (i = 0; line[i] != '\0'; i++) {
        if (ti_control_is(line[i])) {
            line[i] = '?';
        }
    }
    raised.text = line;
    log->write(log->self, &raised);
}
