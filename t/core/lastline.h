/* SPDX-License-Identifier: Apache-2.0
 *
 * A log that keeps its last line and counts.
 */
#ifndef T_LASTLINE_H
#define T_LASTLINE_H

#include <apr_strings.h>

#include "base/log.h"

static char last[2000];
static int lines;

static void keep_line(void *self, const ti_log_line_t *line)
{
    (void)self;
    apr_cpystrn(last, line->text, sizeof(last));
    lines++;
}

static const ti_log_t log_info = {keep_line, NULL, TI_LOG_INFO};

#endif
