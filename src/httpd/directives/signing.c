/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/signing.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "config/prefix.h"
#include "config/sections.h"
#include "directives/argument.h"

#define NAME_MAX_LENGTH 64

/* Headers of clients and proxies, or how they begin. */
static const char *const other_headers[] = {"Accept",
                                            "Accept-",
                                            "Access-Control-",
                                            "Authorization",
                                            "Cache-Control",
                                            "Connection",
                                            "Content-",
                                            "Cookie",
                                            "Date",
                                            "Depth",
                                            "Destination",
                                            "Early-Data",
                                            "Expect",
                                            "Forwarded",
                                            "From",
                                            "Host",
                                            "If",
                                            "If-",
                                            "Keep-Alive",
                                            "Last-Event-ID",
                                            "Lock-Token",
                                            "Max-Forwards",
                                            "Mcp-",
                                            "Origin",
                                            "Overwrite",
                                            "Pragma",
                                            "Prefer",
                                            "Priority",
                                            "Proxy-",
                                            "Range",
                                            "Referer",
                                            "Sec-",
                                            "TE",
                                            "Timeout",
                                            "Traceparent",
                                            "Tracestate",
                                            "Trailer",
                                            "Transfer-",
                                            "Upgrade",
                                            "Upgrade-",
                                            "User-Agent",
                                            "Via",
                                            "X-Forwarded-",
                                            "X-Real-IP",
                                            "X-Requested-With"};
#define OTHERS (sizeof(other_headers) / sizeof(other_headers[0]))

static const char *variable_complaint(const char *name);
static const char *header_complaint(const char *name);
static int is_plain(const char *name, char other);
static int is_signed(const mai_combination_t *server);

const char *mai_signing_form(ti_server_t *server, cmd_parms *cmd,
                             const char *word, const char *issuer)
{
    if (apr_cstr_casecmp(word, "On") == 0) {
        server->signing.form = TI_SIGNING_RFC9701;
    } else if (apr_cstr_casecmp(word, "jwt") == 0) {
        server->signing.form = TI_SIGNING_BARE;
    } else if (apr_cstr_casecmp(word, "Off") == 0 && issuer == NULL) {
        server->signing.form = TI_SIGNING_OFF;
    } else {
        return mai_argument_complain(cmd, word,
                                     "write On (RFC 9701) or jwt, and who "
                                     "signs where it is not known otherwise, "
                                     "or Off");
    }
    server->signing.issuer = issuer;
    return issuer == NULL || *issuer != '\0'
               ? NULL
               : mai_argument_complain(cmd, issuer, "write the issuer's URL");
}

/* A secret that both know would prove nothing to others, and a public key must
 * not be taken for one. */
const char *mai_signing_algs(ti_server_t *server, cmd_parms *cmd, int argc,
                             char *const argv[])
{
    static const char advice[] =
        "write one or more of RS256, RS384, RS512, PS256, PS384, PS512, ES256, "
        "ES384, ES512 and EdDSA";
    int i;

    server->signing.algs = 0;
    for (i = 0; i < argc; i++) {
        ti_algs_t alg = ti_alg_of_name(argv[i]);

        if ((alg & TI_ALGS_ASYMMETRIC) == 0) {
            return mai_argument_complain(cmd, argv[i], advice);
        }
        server->signing.algs |= alg;
    }
    return argc > 0 ? NULL : mai_argument_complain(cmd, "", advice);
}

const char *mai_signing_audience(ti_server_t *server, cmd_parms *cmd,
                                 const char *text)
{
    server->signing.audience = text;
    return *text != '\0'
               ? NULL
               : mai_argument_complain(
                     cmd, text, "write the aud of signed answers, or any");
}

const char *mai_signing_export(mai_dir_t *dir, cmd_parms *cmd, const char *word,
                               const char *name)
{
    mai_signed_export_t *export = apr_pcalloc(cmd->pool, sizeof(*export));
    const char *complaint;

    dir->export_signed = export;
    export->name = name;
    export->is_header = apr_cstr_casecmp(word, "header") == 0;
    if (apr_cstr_casecmp(word, "Off") == 0 && name == NULL) {
        return NULL;
    }
    if (name == NULL ||
        (!export->is_header && apr_cstr_casecmp(word, "env") != 0)) {
        return mai_argument_complain(cmd, word,
                                     "write env NAME, header NAME or Off");
    }
    complaint =
        export->is_header ? header_complaint(name) : variable_complaint(name);
    return complaint == NULL ? NULL : mai_argument_refuse(cmd, name, complaint);
}

/* Of the beginning that is cleared before each request, whoever set it; and
 * none of those that mean something else. */
static const char *variable_complaint(const char *name)
{
    static const char *const taken[] = {"INTROSPECT_STALE", "INTROSPECT_SERVER",
                                        "INTROSPECT_SUBJECT_TYPE"};
    apr_size_t i;

    if (strncmp(name, MAI_PREFIX_OURS, sizeof(MAI_PREFIX_OURS) - 1) != 0 ||
        name[sizeof(MAI_PREFIX_OURS) - 1] == '\0' || !is_plain(name, '_')) {
        return "write " MAI_PREFIX_OURS "..., of letters, digits and '_', 64 "
               "at most";
    }
    if (mai_prefix_of(name, TI_CLAIMS_PREFIX)) {
        return "variables with this prefix are claims";
    }
    for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (apr_cstr_casecmp(name, taken[i]) == 0) {
            return "this variable has another meaning";
        }
    }
    return NULL;
}

/* A client's own headers that begin so are removed from all requests. */
static const char *header_complaint(const char *name)
{
    apr_size_t i;

    if (!apr_isalpha(*name) || !is_plain(name, '-')) {
        return "write a letter, then letters, digits and '-', 64 at most";
    }
    if (mai_prefix_of(name, MAI_HEADER_PREFIX)) {
        return "headers with this prefix are claims";
    }
    for (i = 0; i < OTHERS; i++) {
        const char *other = other_headers[i];

        if (mai_prefix_of(other, name) ||
            (other[strlen(other) - 1] == '-' && mai_prefix_of(name, other))) {
            return "clients and proxies send headers with this prefix, which "
                   "would be removed from requests; choose another name, such "
                   "as X-Introspection-JWT";
        }
    }
    return NULL;
}

static int is_plain(const char *name, char other)
{
    apr_size_t i = 0;

    while (name[i] != '\0' &&
           (apr_isalnum(name[i]) ? (unsigned char)name[i] < 0x80
                                 : name[i] == other)) {
        i++;
    }
    return name[i] == '\0' && i > 1 && i <= NAME_MAX_LENGTH;
}

/* Which sections come together is not known yet: somewhere there has to be a
 * server that signs. */
const char *mai_signing_complaint(void)
{
    const apr_array_header_t *sections = mai_config_sections();
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const mai_signed_export_t *export =
            APR_ARRAY_IDX(sections, i, const mai_dir_t *)->export_signed;

        if (export != NULL && export->name != NULL) {
            return mai_sections_have_server(is_signed)
                       ? NULL
                       : "IntrospectExportSigned: no authorization server "
                         "signs its answers: write IntrospectSignedResponse";
        }
    }
    return NULL;
}

static int is_signed(const mai_combination_t *server)
{
    return ti_signing_is_on(&server->raw->signing);
}
