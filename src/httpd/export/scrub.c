/* SPDX-License-Identifier: Apache-2.0 */
#include "export/scrub.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "config/prefix.h"

/* Between the elements of a list in a header (RFC 9110 5.6.1), and whatever
 * else mod_proxy takes for an end of one. */
#define SEPARATORS ",; \t\n\v\f\r"

/* The bits of all characters. */
#define ANY (~(apr_uint32_t)0)

static void note(mai_scrub_t *scrub, const char *prefix);
static apr_uint32_t bits_of(char c);
static inline apr_uint32_t bit_of(char c);
static inline int has_prefix(const mai_scrub_t *scrub, const char *name);
static int is_found(const mai_scrub_t *scrub, const char *name);
static int has_element(const char *list, const mai_scrub_t *scrub);
static const char *without(const char *list, const mai_scrub_t *scrub,
                           apr_pool_t *p);

void mai_scrub_add(mai_scrub_t *scrub, const char *prefix)
{
    if (prefix != NULL && scrub->count < MAI_SCRUB_MAX) {
        scrub->few[scrub->count++] = prefix;
        note(scrub, prefix);
    }
}

void mai_scrub_list(mai_scrub_t *scrub, const apr_array_header_t *prefixes)
{
    int i;

    scrub->many = prefixes;
    for (i = 0; i < prefixes->nelts; i++) {
        note(scrub, APR_ARRAY_IDX(prefixes, i, const char *));
    }
}

/* Rarely anything is there: look before working. In one pass: unsetting names
 * one by one would look at the whole table for each. */
void mai_scrub_table(apr_table_t *table, const mai_scrub_t *scrub,
                     apr_pool_t *p)
{
    const apr_array_header_t *rows = apr_table_elts(table);
    const apr_table_entry_t *row = (const apr_table_entry_t *)rows->elts;
    apr_table_t *kept;
    int first = 0;
    int i;

    while (first < rows->nelts && !has_prefix(scrub, row[first].key)) {
        first++;
    }
    if (first == rows->nelts) {
        return;
    }
    kept = apr_table_make(p, rows->nelts);
    for (i = 0; i < rows->nelts; i++) {
        if (i < first || (i > first && !has_prefix(scrub, row[i].key))) {
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

void mai_scrub_headers(request_rec *r, const mai_scrub_t *scrub)
{
    const char *connection;

    mai_scrub_table(r->headers_in, scrub, r->pool);
    connection = apr_table_get(r->headers_in, "Connection");
    if (connection != NULL && has_element(connection, scrub)) {
        connection = without(connection, scrub, r->pool);
        if (*connection != '\0') {
            apr_table_setn(r->headers_in, "Connection", connection);
        } else {
            apr_table_unset(r->headers_in, "Connection");
        }
    }
}

static void note(mai_scrub_t *scrub, const char *prefix)
{
    scrub->first |= bits_of(prefix[0]);
    scrub->third |= strlen(prefix) > 2 ? bits_of(prefix[2]) : ANY;
}

/* What is no letter or digit stands for many characters. */
static apr_uint32_t bits_of(char c)
{
    return apr_isalnum(c) ? bit_of(c) : ANY;
}

/* Equal for a letter in both cases; some others share a bit. */
static inline apr_uint32_t bit_of(char c)
{
    return (apr_uint32_t)1 << (c & 0x1f);
}

static inline int has_prefix(const mai_scrub_t *scrub, const char *name)
{
    if ((scrub->first & bit_of(name[0])) == 0) {
        return 0;
    }
    if (name[0] != '\0' && name[1] != '\0' &&
        (scrub->third & bit_of(name[2])) == 0) {
        return 0;
    }
    return is_found(scrub, name);
}

static int is_found(const mai_scrub_t *scrub, const char *name)
{
    int i;

    for (i = 0; i < scrub->count; i++) {
        if (mai_prefix_of(name, scrub->few[i])) {
            return 1;
        }
    }
    for (i = 0; scrub->many != NULL && i < scrub->many->nelts; i++) {
        if (mai_prefix_of(name, APR_ARRAY_IDX(scrub->many, i, const char *))) {
            return 1;
        }
    }
    return 0;
}

/* Does an element of this list begin with a prefix? */
static int has_element(const char *list, const mai_scrub_t *scrub)
{
    list += strspn(list, SEPARATORS);
    while (*list != '\0' && !has_prefix(scrub, list)) {
        list += strcspn(list, SEPARATORS);
        list += strspn(list, SEPARATORS);
    }
    return *list != '\0';
}

static const char *without(const char *list, const mai_scrub_t *scrub,
                           apr_pool_t *p)
{
    char *rest = apr_pstrdup(p, list);
    char *kept = apr_palloc(p, 2 * strlen(list) + 1); /* ',' becomes ", " */
    char *end = kept;
    char *state;
    char *name;

    *end = '\0';
    for (name = apr_strtok(rest, SEPARATORS, &state); name != NULL;
         name = apr_strtok(NULL, SEPARATORS, &state)) {
        if (!has_prefix(scrub, name)) {
            end = end != kept ? stpcpy(end, ", ") : end;
            end = stpcpy(end, name);
        }
    }
    return kept;
}
