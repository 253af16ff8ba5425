/* SPDX-License-Identifier: Apache-2.0 */
#include "request/rpc.h"

#include <string.h>

#include <apr_base64.h>
#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "base/messages.h"
#include "claims/json.h"
#include "config/config.h"
#include "config/prefix.h"
#include "context/context.h"
#include "context/visit.h"
#include "reply/challenge.h"

#define VERSION "MCP-Protocol-Version"
#define METHOD "Mcp-Method"
#define NAME "Mcp-Name"

/* Around a value that is not plain text. */
#define BEGIN "=?base64?"
#define BEGIN_LENGTH (sizeof(BEGIN) - 1)
#define END "?="
#define END_LENGTH (sizeof(END) - 1)

/* What JSON-RPC clients are told: HeaderMismatch. */
#define HEADER_MISMATCH (-32020)

static const request_rec *first_of(const request_rec *r);
static const char *understand(mai_rpc_t *rpc, const request_rec *r,
                              const apr_array_header_t *revisions,
                              apr_pool_t *p);
static int promises(const request_rec *r, const apr_array_header_t *revisions);
static const char *look(const request_rec *r);
static int is_named(const char *list, const char *name);
static int has_name(const char *method);
static const char *decode(const char *value, apr_pool_t *p);
static const char *decode_base64(const char *text, apr_size_t length,
                                 apr_pool_t *p);
static int is_plain(const char *text);

int mai_rpc_check(request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    const request_rec *first = first_of(r);
    mai_visit_t *visit;
    mai_context_t *context;
    mai_rpc_t *rpc;
    const char *complaint;

    if (dir->revisions->nelts == 0 || first->method_number != M_POST) {
        return DECLINED;
    }
    visit = mai_visit_enter(r)->visit;
    if (visit->rpc != NULL && promises(r, dir->revisions)) {
        return DECLINED;
    }
    rpc = apr_pcalloc(visit->p, sizeof(*rpc));
    complaint = understand(rpc, r, dir->revisions, visit->p);
    if (complaint == NULL) {
        visit->rpc = rpc;
        return DECLINED;
    }
    context = mai_context_make(r);
    context->result.verdict = TI_UNCLEAR;
    context->result.message = TI_MSG_RPC;
    context->result.cause = complaint;
    context->result.description = complaint;
    context->rpc_error = HEADER_MISMATCH;
    return mai_challenge_refuse(r, context);
}

const mai_rpc_t *mai_rpc_of(const request_rec *r)
{
    const mai_step_t *step = NULL;

    while (r != NULL && step == NULL) {
        step = mai_visit_step(r);
        r = mai_visit_origin(r);
    }
    return step != NULL ? step->visit->rpc : NULL;
}

void mai_rpc_announce(request_rec *r, mai_rpc_t *rpc)
{
    mai_visit_enter(r)->visit->rpc = rpc;
}

/* The client's own: parts of it and error documents are GETs. */
static const request_rec *first_of(const request_rec *r)
{
    const request_rec *origin = mai_visit_origin(r);

    while (origin != NULL) {
        r = origin;
        origin = mai_visit_origin(r);
    }
    return r;
}

/* NULL, or a sentence (static) for the log and the client. */
static const char *understand(mai_rpc_t *rpc, const request_rec *r,
                              const apr_array_header_t *revisions,
                              apr_pool_t *p)
{
    const apr_table_t *headers = r->headers_in;
    const char *method = apr_table_get(headers, METHOD);
    const char *name = apr_table_get(headers, NAME);
    const char *complaint = look(r);

    if (complaint != NULL) {
        return complaint;
    }
    if (!promises(r, revisions)) {
        return "MCP-Protocol-Version is missing, or is a revision that does "
               "not require servers to compare headers with the body";
    }
    if (method == NULL) {
        return "Mcp-Method is missing";
    }
    rpc->method = decode(method, p);
    if (rpc->method == NULL || strchr(rpc->method, ',') != NULL) {
        return "Mcp-Method is malformed";
    }
    if (name == NULL) {
        return has_name(rpc->method) ? "Mcp-Name is missing" : NULL;
    }
    rpc->name = decode(name, p);
    return rpc->name != NULL ? NULL : "Mcp-Name is malformed, or sent twice";
}

/* Is it of a revision whose servers compare headers and body? */
static int promises(const request_rec *r, const apr_array_header_t *revisions)
{
    const char *version = apr_table_get(r->headers_in, VERSION);

    return version != NULL && ap_array_str_contains(revisions, version);
}

/* Each of the three once, spelled so that a program behind us sees the same
 * one: some take Mcp_Name for Mcp-Name, and a proxy removes what Connection
 * lists (RFC 9110 7.6.1). */
static const char *look(const request_rec *r)
{
    static const char *const names[] = {VERSION, METHOD, NAME};
    const apr_array_header_t *rows = apr_table_elts(r->headers_in);
    const apr_table_entry_t *row = (const apr_table_entry_t *)rows->elts;
    const char *connection = apr_table_get(r->headers_in, "Connection");
    apr_size_t which;

    for (which = 0; which < sizeof(names) / sizeof(names[0]); which++) {
        apr_size_t length = strlen(names[which]);
        int count = 0;
        int i;

        for (i = 0; i < rows->nelts; i++) {
            if (strlen(row[i].key) != length ||
                !mai_prefix_of(row[i].key, names[which])) {
                continue;
            }
            if (apr_cstr_casecmp(row[i].key, names[which]) != 0) {
                return "a header has a name that programs confuse with another "
                       "(MCP-Protocol-Version, Mcp-Method, Mcp-Name)";
            }
            count++;
        }
        if (count > 1) {
            return "a header of MCP is sent twice";
        }
        if (connection != NULL && is_named(connection, names[which])) {
            return "Connection lists a header of MCP";
        }
    }
    return NULL;
}

static int is_named(const char *list, const char *name)
{
    apr_size_t length = strlen(name);

    for (; *list != '\0'; list++) {
        if (apr_cstr_casecmpn(list, name, length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Of these the server compares a name, too. */
static int has_name(const char *method)
{
    return strcmp(method, MAI_RPC_CALL) == 0 ||
           strcmp(method, "resources/read") == 0 ||
           strcmp(method, "prompts/get") == 0;
}

/* The text that a value stands for, in `p`; NULL where that is not one text
 * for all: httpd joins headers of one name by a comma and a space, and readers
 * differ about what only begins like an encoded word. */
static const char *decode(const char *value, apr_pool_t *p)
{
    apr_size_t length = strlen(value);

    if (length == 0 || !is_plain(value) || strstr(value, ", ") != NULL) {
        return NULL;
    }
    if (strncmp(value, "=?", 2) != 0) {
        return apr_pstrdup(p, value);
    }
    if (length <= BEGIN_LENGTH + END_LENGTH ||
        strncmp(value, BEGIN, BEGIN_LENGTH) != 0 ||
        strcmp(value + length - END_LENGTH, END) != 0) {
        return NULL;
    }
    return decode_base64(value + BEGIN_LENGTH,
                         length - BEGIN_LENGTH - END_LENGTH, p);
}

/* Strictly: no other text means the same bytes, and they are UTF-8 without
 * control characters. */
static const char *decode_base64(const char *text, apr_size_t length,
                                 apr_pool_t *p)
{
    const char *copy = apr_pstrmemdup(p, text, length);
    char *decoded = apr_palloc(p, (apr_size_t)apr_base64_decode_len(copy) + 1);
    int size = apr_base64_decode(decoded, copy);
    char *again;
    int i;

    if (size <= 0) {
        return NULL;
    }
    again = apr_palloc(p, (apr_size_t)apr_base64_encode_len(size));
    apr_base64_encode(again, decoded, size);
    if (strcmp(again, copy) != 0) {
        return NULL;
    }
    for (i = 0; i < size; i++) {
        if (apr_iscntrl(decoded[i])) {
            return NULL;
        }
    }
    decoded[size] = '\0';
    return ti_json_string(decoded, p) != NULL ? decoded : NULL;
}

static int is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e) {
            return 0;
        }
    }
    return 1;
}
