/* SPDX-License-Identifier: Apache-2.0 */
#include "token/copies.h"

#include <string.h>

#include "config/prefix.h"

/* Shorter ones could be part of anything: what holds one stays. */
#define LENGTH_MIN 8

static void remove_from(apr_table_t *table, const mai_copies_t *copies);
static int repeats(const mai_copies_t *copies, const char *value);

void mai_copies_add(mai_copies_t *copies, const char *text)
{
    apr_size_t length = text != NULL ? strlen(text) : 0;

    if (length >= LENGTH_MIN && copies->count < MAI_COPIES_MAX) {
        if (copies->count == 0 || length < copies->shortest) {
            copies->shortest = length;
        }
        copies->texts[copies->count++] = text;
    }
}

void mai_copies_remove(request_rec *r, const mai_copies_t *copies)
{
    if (copies->count > 0) {
        remove_from(r->subprocess_env, copies);
        remove_from(r->notes, copies);
    }
}

static void remove_from(apr_table_t *table, const mai_copies_t *copies)
{
    const apr_array_header_t *rows = apr_table_elts(table);
    int i;

    for (i = rows->nelts - 1; i >= 0; i--) {
        const apr_table_entry_t *row =
            &APR_ARRAY_IDX(rows, i, apr_table_entry_t);

        if (repeats(copies, row->val) &&
            !mai_prefix_of(row->key, MAI_PREFIX_OURS)) {
            apr_table_unset(table, row->key);
            i = i < rows->nelts ? i : rows->nelts;
        }
    }
}

static int repeats(const mai_copies_t *copies, const char *value)
{
    int i;

    if (strlen(value) < copies->shortest) {
        return 0;
    }
    for (i = 0; i < copies->count; i++) {
        if (strstr(value, copies->texts[i]) != NULL) {
            return 1;
        }
    }
    return 0;
}
