/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/metrics.h"

#include <string.h>

#include <apr_strings.h>
#include <http_log.h>
#include <http_protocol.h>

#include "base/key.h"
#include "base/messages.h"
#include "base/metric.h"
#include "cache/table.h"
#include "http/http.h"
#include "module.h"
#include "pages/admin.h"
#include "pages/exposition.h"
#include "pages/remote.h"
#include "pages/series.h"
#include "pages/text.h"
#include "process/caches.h"
#include "process/shared.h"

APLOG_USE_MODULE(auth_introspect);

/* A family about the parts of the table, and where its number or histogram is
 * in their statistics. */
typedef struct family_t {
    mai_family_type_t type;
    const char *name;
    const char *unit;
    const char *help;
    apr_size_t offset;
} family_t;

#define STAT(field) APR_OFFSETOF(ti_table_stats_t, field)

static const family_t table_families[] = {
    {MAI_FAMILY_GAUGE, "introspect_cache_entries", "",
     "Answers in the table, including expired ones.", STAT(entries)},
    {MAI_FAMILY_GAUGE, "introspect_cache_used_bytes", "bytes",
     "Size of the answers in the table.", STAT(bytes)},
    {MAI_FAMILY_GAUGE, "introspect_cache_size_bytes", "bytes",
     "Capacity of the table.", STAT(capacity)},
    {MAI_FAMILY_COUNTER, "introspect_cache_stores", "",
     "Answers stored in the table.", STAT(stores)},
    {MAI_FAMILY_COUNTER, "introspect_cache_evictions", "",
     "Answers evicted before they expired.", STAT(evictions)},
    {MAI_FAMILY_COUNTER, "introspect_cache_repairs", "",
     "Shards repaired after a process died in them.", STAT(repairs)},
    {MAI_FAMILY_HISTOGRAM, "introspect_cache_evicted_age_seconds", "seconds",
     "Age of evicted answers: small values mean that the table is too small.",
     STAT(ages)},
    {MAI_FAMILY_COUNTER, NULL, NULL, NULL, 0}};

static void write_all(mai_exposition_t *out);
static void write_table(mai_exposition_t *out);
static void write_space(mai_exposition_t *out, mai_family_type_t type,
                        const char *labels, const apr_uint64_t *stats,
                        apr_time_t since);
static const char *space_label(const mai_exposition_t *out, int space);
static void write_common(mai_exposition_t *out, const ti_metrics_t *metrics);
static void write_build(mai_exposition_t *out);

int mai_metrics_handle(request_rec *r)
{
    mai_exposition_t out;
    int status;

    status = mai_text_begin(r);
    if (status != OK) {
        return status;
    }
    if (!mai_admin_is_ours(r, mai_config_of(r))) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "MAI%04d: No metrics: %s",
                      TI_MSG_METRICS_REFUSED, MAI_ADMIN_REMEDY);
        return HTTP_FORBIDDEN;
    }
    if (mai_shared_world() == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_mergen(r->headers_out, "Vary", "Accept");
    mai_exposition_begin(&out, r);
    if (!r->header_only) {
        write_all(&out);
        mai_exposition_end(&out);
    }
    return OK;
}

static void write_all(mai_exposition_t *out)
{
    const ti_metrics_t *metrics = mai_shared_world()->metrics;
    const apr_array_header_t *rows = mai_series_read(metrics, out->r->pool);

    mai_series_write(out, mai_series_servers, rows);
    mai_series_write(out, mai_remote_series, rows);
    if (mai_caches_table() != NULL) {
        write_table(out);
    }
    write_common(out, metrics);
    write_build(out);
}

static void write_table(mai_exposition_t *out)
{
    apr_time_t since = ti_metrics_since(mai_shared_world()->metrics);
    ti_table_stats_t spaces[TI_SPACES];
    const family_t *each;
    int i;

    for (i = 0; i < TI_SPACES; i++) {
        ti_table_space(mai_caches_table(), (ti_space_t)i, &spaces[i]);
    }
    for (each = table_families; each->name != NULL; each++) {
        mai_exposition_family(out, each->type, each->name, each->unit,
                              each->help);
        for (i = 0; i < TI_SPACES; i++) {
            const void *stats = (const char *)&spaces[i] + each->offset;

            write_space(out, each->type, space_label(out, i), stats, since);
        }
    }
}

static void write_space(mai_exposition_t *out, mai_family_type_t type,
                        const char *labels, const apr_uint64_t *stats,
                        apr_time_t since)
{
    mai_histogram_t ages = {stats, ti_ring_ages, TI_RING_AGES};

    if (type == MAI_FAMILY_HISTOGRAM) {
        mai_exposition_histogram(out, labels, &ages, since);
    } else if (type == MAI_FAMILY_COUNTER) {
        mai_exposition_count(out, labels, *stats, since);
    } else {
        mai_exposition_gauge(out, labels, (apr_int64_t)*stats);
    }
}

static const char *space_label(const mai_exposition_t *out, int space)
{
    return mai_exposition_label(
        out, "", "space", space == TI_SPACE_ACTIVE ? "active" : "inactive");
}

static void write_common(mai_exposition_t *out, const ti_metrics_t *metrics)
{
    static const char *const kinds[] = {"purge", "logout", "event"};
    apr_time_t since = ti_metrics_since(metrics);
    int i;

    mai_exposition_family(out, MAI_FAMILY_COUNTER, "introspect_revocations", "",
                          "Requests to forget what is remembered.");
    for (i = 0; i < TI_COMMON_SUPPRESSED; i++) {
        const char *labels =
            mai_exposition_label(out, "", "kind", kinds[i / 2]);

        labels = mai_exposition_label(out, labels, "outcome",
                                      i % 2 == 0 ? "done" : "failed");
        mai_exposition_count(out, labels,
                             ti_metric_common(metrics, TI_COMMON_REVOKED + i),
                             since);
    }
    mai_exposition_family(out, MAI_FAMILY_COUNTER, "introspect_log_suppressed",
                          "", "Log lines that were suppressed, by id.");
    for (i = 0; i < TI_METRIC_IDS; i++) {
        mai_exposition_count(
            out,
            mai_exposition_label(out, "", "id",
                                 apr_psprintf(out->r->pool, "MAI%04d", i)),
            ti_metric_common(metrics, TI_COMMON_SUPPRESSED + i), since);
    }
}

static void write_build(mai_exposition_t *out)
{
    ap_version_t httpd;
    const char *labels = mai_exposition_label(out, "", "version", MAI_VERSION);

    ap_get_server_revision(&httpd);
    labels =
        mai_exposition_label(out, labels, "httpd",
                             apr_psprintf(out->r->pool, "%d.%d.%d", httpd.major,
                                          httpd.minor, httpd.patch));
    labels = mai_exposition_label(out, labels, "openssl", ti_key_library());
    labels = mai_exposition_label(out, labels, "curl", ti_http_version());
    mai_exposition_family(out, MAI_FAMILY_INFO, "introspect_build", "",
                          "Versions that this httpd runs.");
    mai_exposition_gauge(out, labels, 1);
}
