/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/json.h"

#include <http_protocol.h>

#define REPLACEMENT 0xfffdU

static void write_table(request_rec *r, const mai_table_t *table);
static void write_row(request_rec *r, const apr_array_header_t *row);
static void write_cell(request_rec *r, const mai_cell_t *cell);
static void write_member(request_rec *r, const char *name, const char *text);
static void write_text(request_rec *r, const char *text);
static unsigned take(const char **text);
static int bytes_behind(unsigned char first);
static int is_character(unsigned code, int more);

void mai_json_write(request_rec *r, const mai_sheet_t *sheet)
{
    int i;

    ap_set_content_type(r, "application/json");
    ap_rputs("{", r);
    for (i = 0; i < sheet->tables->nelts; i++) {
        ap_rputs(i > 0 ? ",\n " : "", r);
        write_table(r, APR_ARRAY_IDX(sheet->tables, i, const mai_table_t *));
    }
    write_member(r, "error", sheet->error);
    write_member(r, "told", sheet->told);
    write_member(r, "form_key", sheet->form_key);
    ap_rputs("}\n", r);
}

static void write_table(request_rec *r, const mai_table_t *table)
{
    int i;

    write_text(r, table->name);
    ap_rputs(table->is_one ? ":" : ":[", r);
    for (i = 0; i < table->rows->nelts; i++) {
        ap_rputs(i > 0 ? ",\n  " : "", r);
        write_row(r, APR_ARRAY_IDX(table->rows, i, const apr_array_header_t *));
    }
    ap_rputs(table->is_one ? "" : "]", r);
}

static void write_row(request_rec *r, const apr_array_header_t *row)
{
    int i;

    ap_rputs("{", r);
    for (i = 0; i < row->nelts; i++) {
        ap_rputs(i > 0 ? "," : "", r);
        write_cell(r, &APR_ARRAY_IDX(row, i, const mai_cell_t));
    }
    ap_rputs("}", r);
}

static void write_cell(request_rec *r, const mai_cell_t *cell)
{
    int i;

    write_text(r, cell->name);
    ap_rputs(":", r);
    if (cell->kind == MAI_CELL_NUMBER || cell->kind == MAI_CELL_SECONDS) {
        ap_rprintf(r, "%" APR_INT64_T_FMT, cell->number);
    } else if (cell->kind == MAI_CELL_LIST) {
        ap_rputs("[", r);
        for (i = 0; cell->list != NULL && i < cell->list->nelts; i++) {
            ap_rputs(i > 0 ? "," : "", r);
            write_text(r, APR_ARRAY_IDX(cell->list, i, const char *));
        }
        ap_rputs("]", r);
    } else if (cell->text == NULL) {
        ap_rputs("null", r);
    } else {
        write_text(r, cell->text);
    }
}

/* A further member of the whole; there is always a table before. */
static void write_member(request_rec *r, const char *name, const char *text)
{
    if (text != NULL) {
        ap_rputs(",\n ", r);
        write_text(r, name);
        ap_rputs(":", r);
        write_text(r, text);
    }
}

static void write_text(request_rec *r, const char *text)
{
    ap_rputs("\"", r);
    while (*text != '\0') {
        unsigned code = take(&text);

        if (code >= 0x10000) {
            ap_rprintf(r, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10),
                       0xdc00 + (code & 0x3ff));
        } else if (code < ' ' || code >= 0x7f || code == '"' || code == '\\' ||
                   code == '<' || code == '>' || code == '&') {
            ap_rprintf(r, "\\u%04x", code);
        } else {
            ap_rputc((int)code, r);
        }
    }
    ap_rputs("\"", r);
}

/* The next character of UTF-8 (RFC 3629); of a byte that begins none, another
 * in its place. */
static unsigned take(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    int more = bytes_behind(*at);
    unsigned code = more > 0 ? *at & (0x3fU >> more) : *at;
    int i;

    (*text)++;
    for (i = 1; i <= more; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return REPLACEMENT;
        }
        code = (code << 6) | (at[i] & 0x3fU);
    }
    if (more < 0 || !is_character(code, more)) {
        return REPLACEMENT;
    }
    *text += more;
    return code;
}

/* How many bytes follow this one? -1: it begins no character. */
static int bytes_behind(unsigned char first)
{
    return first < 0x80             ? 0
           : (first & 0xe0) == 0xc0 ? 1
           : (first & 0xf0) == 0xe0 ? 2
           : (first & 0xf8) == 0xf0 ? 3
                                    : -1;
}

/* No surrogate, and in as few bytes as can be. */
static int is_character(unsigned code, int more)
{
    static const unsigned least[] = {0, 0x80, 0x800, 0x10000};

    return code >= least[more] && code <= 0x10ffff &&
           (code < 0xd800 || code > 0xdfff);
}
