/* SPDX-License-Identifier: Apache-2.0 */
#include "request/scrub.h"

#include <string.h>

#include <apr_strings.h>

#include "config/prefix.h"

/* Between the elements of a list in a header, RFC 9110 5.6.1. */
#define SEPARATORS ", \t"

static int names_prefix(const char *list, const char *prefix);
static const char *without_prefix(const char *list, const char *prefix,
                                  apr_pool_t *p);

void mai_scrub_headers(request_rec *r, const char *prefix)
{
    const char *connection;

    mai_scrub_table(r->headers_in, prefix, r->pool);
    connection = apr_table_get(r->headers_in, "Connection");
    if (connection != NULL && names_prefix(connection, prefix)) {
        connection = without_prefix(connection, prefix, r->pool);
        if (*connection != '\0') {
            apr_table_setn(r->headers_in, "Connection", connection);
        } else {
            apr_table_unset(r->headers_in, "Connection");
        }
    }
}

/* Does an element of this list begin with the prefix? */
static int names_prefix(const char *list, const char *prefix)
{
    list += strspn(list, SEPARATORS);
    while (*list != '\0' && !mai_prefix_of(list, prefix)) {
        list += strcspn(list, SEPARATORS);
        list += strspn(list, SEPARATORS);
    }
    return *list != '\0';
}

static const char *without_prefix(const char *list, const char *prefix,
                                  apr_pool_t *p)
{
    char *rest = apr_pstrdup(p, list);
    char *kept = apr_pcalloc(p, strlen(list) + 1);
    char *state;
    char *name;

    for (name = apr_strtok(rest, SEPARATORS, &state); name != NULL;
         name = apr_strtok(NULL, SEPARATORS, &state)) {
        if (!mai_prefix_of(name, prefix)) {
            kept = apr_pstrcat(p, kept, *kept != '\0' ? ", " : "", name, NULL);
        }
    }
    return kept;
}

/* Rarely anything is there: look before working. In one pass: unsetting names
 * one by one would look at the whole table for each. */
void mai_scrub_table(apr_table_t *table, const char *prefix, apr_pool_t *p)
{
    const apr_array_header_t *rows = apr_table_elts(table);
    const apr_table_entry_t *row = (const apr_table_entry_t *)rows->elts;
    const char *last = NULL;
    apr_table_t *kept;
    int found = 0;
    int i;

    for (i = 0; i < rows->nelts; i++) {
        if (row[i].key != NULL && mai_prefix_of(row[i].key, prefix)) {
            found++;
            last = row[i].key;
        }
    }
    if (found == 1) {
        apr_table_unset(table, last);
    }
    if (found < 2) {
        return;
    }
    kept = apr_table_make(p, rows->nelts - found + 4);
    for (i = 0; i < rows->nelts; i++) {
        if (row[i].key != NULL && !mai_prefix_of(row[i].key, prefix)) {
            apr_table_addn(kept, row[i].key, row[i].val);
        }
    }
    apr_table_clear(table);
    rows = apr_table_elts(kept);
    row = (const apr_table_entry_t *)rows->elts;
    for (i = 0; i < rows->nelts; i++) {
        apr_table_addn(table, row[i].key, row[i].val);
    }
}
