/* SPDX-License-Identifier: Apache-2.0
 *
 * What a page says, apart from how it looks: tables of cells. html.h and json.h
 * write it.
 */
#ifndef MAI_SHEET_H
#define MAI_SHEET_H

#include <apr_pools.h>
#include <apr_tables.h>

typedef enum mai_cell_kind_t {
    MAI_CELL_TEXT = 0, /* NULL: nothing is known */
    MAI_CELL_NUMBER,
    MAI_CELL_SECONDS, /* a length of time */
    MAI_CELL_LIST     /* of const char * */
} mai_cell_kind_t;

/* Text is anybody's: who writes it escapes it. */
typedef struct mai_cell_t {
    const char *name;  /* in JSON */
    const char *title; /* on the page */
    mai_cell_kind_t kind;
    const char *text;
    apr_int64_t number;
    const apr_array_header_t *list;
} mai_cell_t;

/* One table. */
typedef struct mai_table_t {
    const char *name;         /* in JSON */
    const char *title;        /* on the page */
    const char *otherwise;    /* what is said where there is no row */
    int is_one;               /* one row, shown as name and value */
    apr_array_header_t *rows; /* of apr_array_header_t *, of mai_cell_t */
} mai_table_t;

/* Zero but for the pool and the tables: make it with mai_sheet_make. */
typedef struct mai_sheet_t {
    apr_pool_t *p;
    apr_array_header_t *tables; /* of mai_table_t * */
    const char *form_key;       /* what a form has to bring; or NULL */
    const char *error; /* why what was asked for is not there; or NULL */
    const char *told;  /* what was done; or NULL */
} mai_sheet_t;

mai_sheet_t *mai_sheet_make(apr_pool_t *p);

/* A table of rows, or, `is_one`, of names and values: its row is begun. */
mai_table_t *mai_sheet_table(mai_sheet_t *sheet, const char *name,
                             const char *title, const char *otherwise,
                             int is_one);

/* Begin a row; all rows of a table have the same cells. */
void mai_sheet_row(mai_table_t *table);

/* Add a cell to the last row. Texts live as long as the sheet. */
void mai_sheet_text(mai_table_t *table, const char *name, const char *title,
                    const char *text);
void mai_sheet_number(mai_table_t *table, const char *name, const char *title,
                      apr_int64_t number);
void mai_sheet_list(mai_table_t *table, const char *name, const char *title,
                    const apr_array_header_t *list);

/* A length of time in microseconds; below 0: not known. */
void mai_sheet_time(mai_table_t *table, const char *name, const char *title,
                    apr_int64_t length);

/* How long ago, or how long until, a moment is; 0: not known. */
void mai_sheet_since(mai_table_t *table, const char *name, const char *title,
                     apr_int64_t moment, apr_int64_t now);
void mai_sheet_until(mai_table_t *table, const char *name, const char *title,
                     apr_int64_t moment, apr_int64_t now);

#endif
