/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/exposition.h"

#include <string.h>

#include <apr_strings.h>
#include <http_protocol.h>

#include "reply/accept.h"

#define OPEN "application/openmetrics-text"

/* A time in seconds, with six digits after the point, is printed from these. */
#define SECONDS(time) apr_time_sec(time), (int)apr_time_usec(time)
#define SECONDS_FORMAT "%" APR_TIME_T_FMT ".%06d"

static int max(int one, int other);
static void begin_family(mai_exposition_t *out);
static const char *braced(const mai_exposition_t *out, const char *labels);
static const char *escaped(const char *text, apr_pool_t *p);
static const char *bound_text(apr_interval_time_t bound, apr_pool_t *p);
static void created(const mai_exposition_t *out, const char *labels,
                    apr_time_t since);

void mai_exposition_begin(mai_exposition_t *out, request_rec *r)
{
    int text =
        max(mai_accept_weight(r, "text/plain"),
            max(mai_accept_weight(r, "text/*"), mai_accept_weight(r, "*/*")));

    memset(out, 0, sizeof(*out));
    out->r = r;
    out->is_open = mai_accept_weight(r, OPEN) > text;
    ap_set_content_type(r, out->is_open
                               ? OPEN "; version=1.0.0; charset=utf-8"
                               : "text/plain; version=0.0.4; charset=utf-8");
}

void mai_exposition_family(mai_exposition_t *out, mai_family_type_t type,
                           const char *name, const char *unit, const char *help)
{
    out->is_begun = 0;
    out->type = type;
    out->name = name;
    out->unit = unit;
    out->help = help;
}

const char *mai_exposition_label(const mai_exposition_t *out,
                                 const char *labels, const char *name,
                                 const char *value)
{
    return apr_pstrcat(out->r->pool, labels, *labels != '\0' ? "," : "", name,
                       "=\"", escaped(value, out->r->pool), "\"", NULL);
}

void mai_exposition_count(mai_exposition_t *out, const char *labels,
                          apr_uint64_t value, apr_time_t since)
{
    if (value == 0) {
        return;
    }
    begin_family(out);
    ap_rprintf(out->r, "%s_total%s %" APR_UINT64_T_FMT "\n", out->name,
               braced(out, labels), value);
    created(out, labels, since);
}

void mai_exposition_gauge(mai_exposition_t *out, const char *labels,
                          apr_int64_t value)
{
    begin_family(out);
    ap_rprintf(out->r, "%s%s%s %" APR_INT64_T_FMT "\n", out->name,
               out->type == MAI_FAMILY_INFO ? "_info" : "", braced(out, labels),
               value);
}

void mai_exposition_moment(mai_exposition_t *out, const char *labels,
                           apr_time_t value)
{
    begin_family(out);
    ap_rprintf(out->r, "%s%s " SECONDS_FORMAT "\n", out->name,
               braced(out, labels), SECONDS(value));
}

void mai_exposition_histogram(mai_exposition_t *out, const char *labels,
                              const mai_histogram_t *histogram,
                              apr_time_t since)
{
    apr_pool_t *p = out->r->pool;
    apr_uint64_t count = 0;
    apr_time_t sum = (apr_time_t)histogram->words[histogram->count + 1];
    int i;

    for (i = 0; i <= histogram->count; i++) {
        count += histogram->words[i];
    }
    if (count == 0) {
        return;
    }
    begin_family(out);
    count = 0;
    for (i = 0; i <= histogram->count; i++) {
        const char *bound =
            i < histogram->count ? bound_text(histogram->bounds[i], p) : "+Inf";

        count += histogram->words[i];
        ap_rprintf(out->r, "%s_bucket%s %" APR_UINT64_T_FMT "\n", out->name,
                   braced(out, mai_exposition_label(out, labels, "le", bound)),
                   count);
    }
    ap_rprintf(out->r, "%s_count%s %" APR_UINT64_T_FMT "\n", out->name,
               braced(out, labels), count);
    ap_rprintf(out->r, "%s_sum%s " SECONDS_FORMAT "\n", out->name,
               braced(out, labels), SECONDS(sum));
    created(out, labels, since);
}

void mai_exposition_end(mai_exposition_t *out)
{
    if (out->is_open) {
        ap_rputs("# EOF\n", out->r);
    }
}

static int max(int one, int other)
{
    return one > other ? one : other;
}

/* OpenMetrics names a family without its samples' suffix, and has units. */
static void begin_family(mai_exposition_t *out)
{
    static const char *const types[] = {
        [MAI_FAMILY_COUNTER] = "counter",
        [MAI_FAMILY_GAUGE] = "gauge",
        [MAI_FAMILY_HISTOGRAM] = "histogram",
        [MAI_FAMILY_INFO] = "info",
    };
    const char *type = types[out->type];
    const char *name = out->name;

    if (out->is_begun) {
        return;
    }
    out->is_begun = 1;
    if (!out->is_open && out->type == MAI_FAMILY_COUNTER) {
        name = apr_pstrcat(out->r->pool, name, "_total", NULL);
    } else if (!out->is_open && out->type == MAI_FAMILY_INFO) {
        name = apr_pstrcat(out->r->pool, name, "_info", NULL);
        type = "gauge";
    }
    ap_rprintf(out->r, "# HELP %s %s\n# TYPE %s %s\n", name, out->help, name,
               type);
    if (out->is_open && *out->unit != '\0') {
        ap_rprintf(out->r, "# UNIT %s %s\n", name, out->unit);
    }
}

static const char *braced(const mai_exposition_t *out, const char *labels)
{
    return *labels != '\0' ? apr_pstrcat(out->r->pool, "{", labels, "}", NULL)
                           : "";
}

static const char *escaped(const char *text, apr_pool_t *p)
{
    char *copy = apr_palloc(p, 2 * strlen(text) + 1);
    char *to = copy;

    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '"' || *text == '\n') {
            *to++ = '\\';
        }
        *to++ = *text == '\n' ? 'n' : *text;
    }
    *to = '\0';
    return copy;
}

/* As a number with a point, which both formats take for the same. */
static const char *bound_text(apr_interval_time_t bound, apr_pool_t *p)
{
    char *text = apr_psprintf(p, SECONDS_FORMAT, SECONDS(bound));
    char *end = text + strlen(text);

    while (end[-1] == '0' && end[-2] != '.') {
        *--end = '\0';
    }
    return text;
}

static void created(const mai_exposition_t *out, const char *labels,
                    apr_time_t since)
{
    if (out->is_open) {
        ap_rprintf(out->r, "%s_created%s " SECONDS_FORMAT "\n", out->name,
                   braced(out, labels), SECONDS(since));
    }
}
