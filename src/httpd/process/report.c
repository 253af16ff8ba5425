/* SPDX-License-Identifier: Apache-2.0 */
#include "process/report.h"

#include <http_log.h>

#include "module.h"

APLOG_USE_MODULE(auth_introspect);

static void write_request(void *self, ti_level_t level, const char *line)
{
    ap_log_rerror(APLOG_MARK, (int)level, 0, (const request_rec *)self, "%s",
                  line);
}

static void write_server(void *self, ti_level_t level, const char *line)
{
    ap_log_error(APLOG_MARK, (int)level, 0, (const server_rec *)self, "%s",
                 line);
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
