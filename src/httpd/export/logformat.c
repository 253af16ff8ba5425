/* SPDX-License-Identifier: Apache-2.0 */
#include "export/logformat.h"

#include <string.h>

#include <apr_strings.h>
#include <httpd.h>
#include <mod_log_config.h>
#include <apr_optional.h>

#include "ask/server.h"
#include "context/tally.h"

/* What was decided about a request, and for which part of it. */
typedef struct entry_t {
    const request_rec *r;
    const mai_context_t *context;
} entry_t;

static const char *write_field(request_rec *r, char *name);
static const char *result_of(const entry_t *entry, apr_pool_t *p);
static const char *cause_of(const entry_t *entry, apr_pool_t *p);
static const char *cache_of(const entry_t *entry, apr_pool_t *p);
static const char *time_of(const entry_t *entry, apr_pool_t *p);
static const char *server_of(const entry_t *entry, apr_pool_t *p);
static const char *fingerprint_of(const entry_t *entry, apr_pool_t *p);

static const struct {
    const char *name;
    const char *(*write)(const entry_t *entry, apr_pool_t *p);
} fields[] = {{"result", result_of},    {"cause", cause_of},
              {"cache", cache_of},      {"us", time_of},
              {"server", server_of},    {"fingerprint", fingerprint_of},
              {"label", fingerprint_of}};

void mai_logformat_register(apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_register_log_handler) *enter =
        APR_RETRIEVE_OPTIONAL_FN(ap_register_log_handler);

    if (enter != NULL) {
        char *format = apr_pstrdup(pconf, "^IN");

        enter(pconf, format, write_field, 1);
    }
}

/* NULL, for which "-" is written: another name, or nothing of ours. */
static const char *write_field(request_rec *r, char *name)
{
    entry_t *entry = apr_pcalloc(r->pool, sizeof(*entry));
    apr_size_t i;

    entry->context = mai_tally_deciding(&entry->r, r);
    for (i = 0;
         entry->context != NULL && i < sizeof(fields) / sizeof(fields[0]);
         i++) {
        if (strcmp(fields[i].name, name) == 0) {
            return fields[i].write(entry, r->pool);
        }
    }
    return NULL;
}

static const char *result_of(const entry_t *entry, apr_pool_t *p)
{
    (void)p;
    return mai_tally_words[mai_tally_result(entry->context, entry->r->status)];
}

static const char *cause_of(const entry_t *entry, apr_pool_t *p)
{
    int message = entry->context->result.message;

    return entry->context->result.verdict != TI_GRANTED && message > 0
               ? apr_psprintf(p, "MAI%04d", message)
               : NULL;
}

static const char *cache_of(const entry_t *entry, apr_pool_t *p)
{
    int lookup = mai_tally_source(&entry->context->result);

    (void)p;
    return lookup >= 0 ? mai_tally_source_words[lookup] : NULL;
}

static const char *time_of(const entry_t *entry, apr_pool_t *p)
{
    apr_time_t judged = entry->context->result.moment.wall;

    return judged >= entry->r->request_time && judged > 0
               ? apr_psprintf(p, "%" APR_TIME_T_FMT,
                              judged - entry->r->request_time)
               : NULL;
}

static const char *server_of(const entry_t *entry, apr_pool_t *p)
{
    const ti_server_t *server = mai_tally_server(entry->context, entry->r);

    (void)p;
    return server != NULL ? server->displayname : NULL;
}

static const char *fingerprint_of(const entry_t *entry, apr_pool_t *p)
{
    return entry->context->fingerprint != 0
               ? apr_psprintf(p, "%08x", entry->context->fingerprint)
               : NULL;
}
