/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/exported.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/names.h"
#include "config/config.h"
#include "config/prefix.h"
#include "context/context.h"

/* Bytes of a value that are shown. */
#define VALUE_MAX 300

/* What collects the rows of a table. */
typedef struct collector_t {
    mai_table_t *table;
    const char *prefix;
    const char *other; /* or NULL */
    const char *kind;
    apr_pool_t *p;
} collector_t;

static int add_value(void *data, const char *name, const char *value);

void mai_exported_write(mai_sheet_t *sheet, request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    const mai_context_t *context = mai_context_of(r);
    collector_t collector = {NULL, TI_CLAIMS_PREFIX, MAI_PREFIX_OURS,
                             "variable", sheet->p};

    collector.table = mai_sheet_table(
        sheet, "exported", "What the application would get",
        "Nothing: nobody is let in, or nothing is exported here.", 0);
    if (context == NULL || context->result.verdict != TI_GRANTED) {
        return;
    }
    if (dir->prefix != NULL) {
        collector.prefix = dir->prefix;
    }
    apr_table_do(add_value, &collector, r->subprocess_env, NULL);
    collector.kind = "header";
    collector.other = NULL;
    collector.prefix =
        dir->header_prefix != NULL ? dir->header_prefix : MAI_HEADER_PREFIX;
    apr_table_do(add_value, &collector, r->headers_in, NULL);
}

static int add_value(void *data, const char *name, const char *value)
{
    collector_t *collector = data;

    if (!mai_prefix_of(name, collector->prefix) &&
        (collector->other == NULL || !mai_prefix_of(name, collector->other))) {
        return 1;
    }
    mai_sheet_row(collector->table);
    mai_sheet_text(collector->table, "kind", "As", collector->kind);
    mai_sheet_text(collector->table, "name", "Name",
                   apr_pstrdup(collector->p, name));
    mai_sheet_text(
        collector->table, "value", "Value",
        strlen(value) <= VALUE_MAX
            ? apr_pstrdup(collector->p, value)
            : apr_pstrcat(collector->p,
                          apr_pstrndup(collector->p, value, VALUE_MAX), " ...",
                          NULL));
    return 1;
}
