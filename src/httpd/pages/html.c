/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/html.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>

#include "base/key.h"

#define NONCE_SIZE 16

static const char style[] =
    ":root{color-scheme:light "
    "dark;--line:#cbd2d9;--soft:#f3f5f7;--mark:#b3261e;"
    "--good:#1b6e3c}"
    "@media(prefers-color-scheme:dark){:root{--line:#3c4650;--soft:#1c2329;"
    "--mark:#ff8a80;--good:#7fd6a0}}"
    "body{font:15px/1.45 system-ui,sans-serif;max-width:75rem;margin:1.5rem "
    "auto;padding:0 1rem}"
    "h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.8rem 0 .5rem}"
    "div{overflow-x:auto}"
    "table{border-collapse:collapse}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .7rem;"
    "border-bottom:1px solid var(--line);overflow-wrap:anywhere}"
    "th{background:var(--soft);font-weight:600;overflow-wrap:normal}"
    "td.number{text-align:right;font-variant-numeric:tabular-nums}"
    "#check td{text-align:left}"
    "p.error{color:var(--mark);font-weight:600}"
    "p.told{color:var(--good);font-weight:600}"
    "form{display:grid;grid-template-columns:max-content minmax(12rem,36rem);"
    "gap:.5rem .8rem;align-items:center}"
    "form p{grid-column:2;margin:0}"
    "input,button{font:inherit;padding:.3rem .5rem}";

static void write_form(request_rec *r, const mai_sheet_t *sheet);
static void write_table(request_rec *r, const mai_table_t *table);
static void write_pairs(request_rec *r, const apr_array_header_t *row);
static void write_rows(request_rec *r, const apr_array_header_t *rows);
static void write_cell(request_rec *r, const mai_cell_t *cell);
static void write_time(request_rec *r, apr_int64_t seconds);
static void write_text(request_rec *r, const char *text);
static void write_said(request_rec *r, const char *kind, const char *text);
static const char *nonce_of(apr_pool_t *p);

int mai_html_write(request_rec *r, const mai_sheet_t *sheet)
{
    const char *nonce = nonce_of(r->pool);
    int i;

    if (nonce == NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    ap_set_content_type(r, "text/html; charset=utf-8");
    apr_table_setn(
        r->headers_out, "Content-Security-Policy",
        apr_pstrcat(r->pool, "default-src 'none'; style-src 'nonce-", nonce,
                    "'; form-action 'self'; base-uri 'none'; frame-ancestors "
                    "'none'",
                    NULL));
    apr_table_setn(r->headers_out, "X-Frame-Options", "DENY");
    apr_table_setn(r->headers_out, "Referrer-Policy", "no-referrer");
    ap_rvputs(r,
              "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
              "charset=\"utf-8\">\n<meta name=\"viewport\" "
              "content=\"width=device-width\">\n<title>Token "
              "introspection</title>\n<style nonce=\"",
              nonce, "\">", style,
              "</style>\n</head>\n<body>\n<h1>Token introspection</h1>\n",
              NULL);
    write_said(r, "error", sheet->error);
    write_said(r, "told", sheet->told);
    write_form(r, sheet);
    for (i = 0; i < sheet->tables->nelts; i++) {
        write_table(r, APR_ARRAY_IDX(sheet->tables, i, const mai_table_t *));
    }
    ap_rputs("</body>\n</html>\n", r);
    return OK;
}

/* To this page itself, without its query. The token is never written back. */
static void write_form(request_rec *r, const mai_sheet_t *sheet)
{
    ap_rvputs(r, "<h2>What would happen?</h2>\n<form method=\"post\" action=\"",
              ap_escape_html(r->pool, ap_escape_uri(r->pool, r->uri)),
              "\" autocomplete=\"off\">\n<input type=\"hidden\" "
              "name=\"form_key\" value=\"",
              ap_escape_html(r->pool, sheet->form_key),
              "\">\n<label for=\"path\">Path or URL</label><input id=\"path\" "
              "name=\"path\" value=\"/\" required>\n<label "
              "for=\"method\">Method</label><input id=\"method\" "
              "name=\"method\" value=\"GET\" required>\n<label "
              "for=\"token\">Token</label><input id=\"token\" name=\"token\" "
              "type=\"password\" autocomplete=\"off\" required>\n"
              "<p><button name=\"action\" value=\"check\">Check</button> "
              "<button name=\"action\" value=\"forget\">Forget this "
              "token</button></p>\n</form>\n",
              NULL);
}

static void write_table(request_rec *r, const mai_table_t *table)
{
    ap_rputs("<h2>", r);
    write_text(r, table->title);
    ap_rputs("</h2>\n", r);
    if (table->rows->nelts == 0) {
        ap_rputs("<p>", r);
        write_text(r, table->otherwise);
        ap_rputs("</p>\n", r);
        return;
    }
    ap_rvputs(r, "<div><table id=\"", table->name, "\">\n", NULL);
    if (table->is_one) {
        write_pairs(r, APR_ARRAY_IDX(table->rows, 0, apr_array_header_t *));
    } else {
        write_rows(r, table->rows);
    }
    ap_rputs("</table></div>\n", r);
}

static void write_pairs(request_rec *r, const apr_array_header_t *row)
{
    int i;

    for (i = 0; i < row->nelts; i++) {
        const mai_cell_t *cell = &APR_ARRAY_IDX(row, i, const mai_cell_t);

        ap_rputs("<tr><th scope=\"row\">", r);
        write_text(r, cell->title);
        ap_rputs("</th>", r);
        write_cell(r, cell);
        ap_rputs("</tr>\n", r);
    }
}

static void write_rows(request_rec *r, const apr_array_header_t *rows)
{
    const apr_array_header_t *first =
        APR_ARRAY_IDX(rows, 0, const apr_array_header_t *);
    int i;
    int j;

    ap_rputs("<tr>", r);
    for (j = 0; j < first->nelts; j++) {
        ap_rputs("<th scope=\"col\">", r);
        write_text(r, APR_ARRAY_IDX(first, j, const mai_cell_t).title);
        ap_rputs("</th>", r);
    }
    ap_rputs("</tr>\n", r);
    for (i = 0; i < rows->nelts; i++) {
        const apr_array_header_t *row =
            APR_ARRAY_IDX(rows, i, const apr_array_header_t *);

        ap_rputs("<tr>", r);
        for (j = 0; j < row->nelts; j++) {
            write_cell(r, &APR_ARRAY_IDX(row, j, const mai_cell_t));
        }
        ap_rputs("</tr>\n", r);
    }
}

static void write_cell(request_rec *r, const mai_cell_t *cell)
{
    int i;

    ap_rputs(cell->kind == MAI_CELL_NUMBER || cell->kind == MAI_CELL_SECONDS
                 ? "<td class=\"number\">"
                 : "<td>",
             r);
    if (cell->kind == MAI_CELL_NUMBER) {
        ap_rprintf(r, "%" APR_INT64_T_FMT, cell->number);
    } else if (cell->kind == MAI_CELL_SECONDS) {
        write_time(r, cell->number);
    } else if (cell->kind == MAI_CELL_LIST) {
        for (i = 0; cell->list != NULL && i < cell->list->nelts; i++) {
            ap_rputs(i > 0 ? "<br>" : "", r);
            write_text(r, APR_ARRAY_IDX(cell->list, i, const char *));
        }
    } else {
        write_text(r, cell->text != NULL ? cell->text : "\xe2\x80\x93");
    }
    ap_rputs("</td>", r);
}

static void write_time(request_rec *r, apr_int64_t seconds)
{
    if (seconds < 120) {
        ap_rprintf(r, "%" APR_INT64_T_FMT " s", seconds);
    } else if (seconds < 2 * 3600) {
        ap_rprintf(r, "%" APR_INT64_T_FMT " min", seconds / 60);
    } else if (seconds < 2 * 86400) {
        ap_rprintf(r, "%" APR_INT64_T_FMT " h", seconds / 3600);
    } else {
        ap_rprintf(r, "%" APR_INT64_T_FMT " days", seconds / 86400);
    }
}

/* Control characters, which have no place in HTML, become '?'. */
static void write_text(request_rec *r, const char *text)
{
    char *plain = apr_pstrdup(r->pool, text);
    char *at;

    for (at = plain; *at != '\0'; at++) {
        if (apr_iscntrl(*at)) {
            *at = '?';
        }
    }
    ap_rputs(ap_escape_html(r->pool, plain), r);
}

static void write_said(request_rec *r, const char *kind, const char *text)
{
    if (text != NULL) {
        ap_rvputs(r, "<p class=\"", kind, "\">", NULL);
        write_text(r, text);
        ap_rputs("</p>\n", r);
    }
}

/* By which the browser knows that the style is ours; or NULL. */
static const char *nonce_of(apr_pool_t *p)
{
    unsigned char bytes[NONCE_SIZE];

    return ti_key_random(bytes, sizeof(bytes)) == APR_SUCCESS
               ? apr_pescape_hex(p, bytes, sizeof(bytes), 0)
               : NULL;
}
