/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's log sink into httpd's error log.
 */
#ifndef MAI_REPORT_H
#define MAI_REPORT_H

#include <httpd.h>

#include "base/log.h"

/* A sink for one request, which must not outlive it. */
void mai_report_request(ti_log_t *log, const request_rec *r);

/* A sink for lines without a request, which must not outlive the server. */
void mai_report_server(ti_log_t *log, const server_rec *s);

#endif
