/* SPDX-License-Identifier: Apache-2.0 */
#include "process/report.h"

#include <http_log.h>

#include "module.h"

APLOG_USE_MODULE(auth_introspect);

static void write_request(void *self, const ti_log_line_t *line)
{
    ap_log_rerror(line->file, line->number, APLOG_MODULE_INDEX,
                  (int)line->level, 0, (const request_rec *)self, "%s",
                  line->text);
}

static void write_server(void *self, const ti_log_line_t *line)
{
    ap_log_error(line->file, line->number, APLOG_MODULE_INDEX, (int)line->level,
                 0, (const server_rec *)self, "%s", line->text);
}

void mai_report_request(ti_log_t *log, const request_rec *r)
{
    log->write = write_request;
    log->self = (void *)(apr_uintptr_t)r;
    log->level =
        (ti_level_t)ap_get_request_module_loglevel(r, APLOG_MODULE_INDEX);
}

void mai_report_server(ti_log_t *log, const server_rec *s)
{
    log->write = write_server;
    log->self = (void *)(apr_uintptr_t)s;
    log->level =
        (ti_level_t)ap_get_server_module_loglevel(s, APLOG_MODULE_INDEX);
}
