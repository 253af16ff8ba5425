/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/sheet.h"

#include <apr_time.h>

static mai_cell_t *add(mai_table_t *table, const char *name, const char *title,
                       mai_cell_kind_t kind);

mai_sheet_t *mai_sheet_make(apr_pool_t *p)
{
    mai_sheet_t *sheet = apr_pcalloc(p, sizeof(*sheet));

    sheet->p = p;
    sheet->tables = apr_array_make(p, 12, sizeof(mai_table_t *));
    return sheet;
}

mai_table_t *mai_sheet_table(mai_sheet_t *sheet, const char *name,
                             const char *title, const char *otherwise,
                             int is_one)
{
    mai_table_t *table = apr_pcalloc(sheet->p, sizeof(*table));

    table->name = name;
    table->title = title;
    table->otherwise = otherwise;
    table->is_one = is_one;
    table->rows = apr_array_make(sheet->p, 4, sizeof(apr_array_header_t *));
    APR_ARRAY_PUSH(sheet->tables, mai_table_t *) = table;
    if (is_one) {
        mai_sheet_row(table);
    }
    return table;
}

void mai_sheet_row(mai_table_t *table)
{
    APR_ARRAY_PUSH(table->rows, apr_array_header_t *) =
        apr_array_make(table->rows->pool, 8, sizeof(mai_cell_t));
}

void mai_sheet_text(mai_table_t *table, const char *name, const char *title,
                    const char *text)
{
    add(table, name, title, MAI_CELL_TEXT)->text = text;
}

void mai_sheet_number(mai_table_t *table, const char *name, const char *title,
                      apr_int64_t number)
{
    add(table, name, title, MAI_CELL_NUMBER)->number = number;
}

void mai_sheet_list(mai_table_t *table, const char *name, const char *title,
                    const apr_array_header_t *list)
{
    add(table, name, title, MAI_CELL_LIST)->list = list;
}

void mai_sheet_time(mai_table_t *table, const char *name, const char *title,
                    apr_int64_t length)
{
    if (length < 0) {
        mai_sheet_text(table, name, title, NULL);
        return;
    }
    add(table, name, title, MAI_CELL_SECONDS)->number =
        length / APR_USEC_PER_SEC;
}

void mai_sheet_since(mai_table_t *table, const char *name, const char *title,
                     apr_int64_t moment, apr_int64_t now)
{
    apr_int64_t since = now > moment ? now - moment : 0;

    mai_sheet_time(table, name, title, moment != 0 ? since : -1);
}

void mai_sheet_until(mai_table_t *table, const char *name, const char *title,
                     apr_int64_t moment, apr_int64_t now)
{
    apr_int64_t until = moment > now ? moment - now : 0;

    mai_sheet_time(table, name, title, moment != 0 ? until : -1);
}

static mai_cell_t *add(mai_table_t *table, const char *name, const char *title,
                       mai_cell_kind_t kind)
{
    apr_array_header_t *row = APR_ARRAY_IDX(table->rows, table->rows->nelts - 1,
                                            apr_array_header_t *);
    mai_cell_t *cell = apr_array_push(row);

    cell->name = name;
    cell->title = title;
    cell->kind = kind;
    return cell;
}
