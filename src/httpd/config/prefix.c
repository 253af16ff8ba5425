/* SPDX-License-Identifier: Apache-2.0 */
#include "config/prefix.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "claims/claims.h"

#define PREFIX_MAX 64

static char plain(char c, char other);

const char *mai_prefix_variable(const char *claim, apr_pool_t *p)
{
    char *name = apr_pstrdup(p, claim);
    char *c;

    for (c = name; *c != '\0'; c++) {
        *c = plain(*c, '_');
    }
    return name;
}

const char *mai_prefix_header(const char *prefix, apr_pool_t *p)
{
    char *name = apr_pstrdup(p, prefix);
    char *c;

    for (c = name; *c != '\0'; c++) {
        *c = plain(*c, '-');
    }
    return name;
}

const mai_names_t *mai_prefix_names(const char *prefix, apr_pool_t *p)
{
    mai_names_t *names = apr_palloc(p, sizeof(*names));
    apr_size_t i;

    for (i = 0; i < TI_NAMES_END; i++) {
        names->variables[i] = apr_pstrcat(
            p, prefix, ti_names[i].variable + TI_CLAIMS_PREFIX_LENGTH, NULL);
        names->headers[i] = mai_prefix_header(names->variables[i], p);
    }
    return names;
}

const char *mai_prefix_complaint(const char *prefix, int is_free)
{
    /* what servers, loaders and interpreters read from the environment */
    static const char *const reserved[] = {
        "HTTP_",        "REDIRECT_", "SSL_",     "LD_",      "PERL",
        "PYTHON",       "PHP",       "RUBY",     "NODE_",    "JAVA_",
        "BASH_",        "GIT_",      "SVN_",     "SERVER_",  "REMOTE_",
        "REQUEST_",     "SCRIPT_",   "PATH_",    "CONTENT_", "CONTEXT_",
        "DOCUMENT_",    "AUTH_",     "GATEWAY_", "QUERY_",   "UNIQUE_",
        "X_FORWARDED_", "PROXY_",    "MALLOC_",  "GCONV_",   "OPENSSL_",
        "LUA_",         "DOTNET_",   "JDK_",     "GLIBC_",   "HTTPS_",
        "ALL_",         "REQUESTS_", "BUNDLE_"};
    apr_size_t length = strlen(prefix);
    apr_size_t i;

    if (!is_free &&
        strncmp(prefix, TI_CLAIMS_PREFIX, TI_CLAIMS_PREFIX_LENGTH) != 0) {
        return "in a .htaccess it must begin with " TI_CLAIMS_PREFIX
               ", so that no program takes it for its own setting";
    }
    if (length < 2 || length > PREFIX_MAX || !apr_isalpha(prefix[0]) ||
        prefix[length - 1] != '_') {
        return "write a letter, then letters, digits and '_', and a '_' at "
               "the end, such as TOKEN_";
    }
    for (i = 0; i < length; i++) {
        if (plain(prefix[i], '_') != prefix[i]) {
            return "only letters, digits and '_' make a variable's name";
        }
    }
    if (apr_cstr_casecmpn(prefix, MAI_PREFIX_OURS,
                          sizeof(MAI_PREFIX_OURS) - 1) == 0 &&
        apr_cstr_casecmpn(prefix, TI_CLAIMS_PREFIX, TI_CLAIMS_PREFIX_LENGTH) !=
            0) {
        return "variables with this prefix say what the module found; for "
               "claims choose INTROSPECT_CLAIM_..., or another prefix";
    }
    for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (apr_cstr_casecmpn(prefix, reserved[i], strlen(reserved[i])) == 0) {
            return "variables with this prefix mean something to servers or "
                   "programs; choose another prefix";
        }
    }
    return NULL;
}

int mai_prefix_of(const char *name, const char *prefix)
{
    /* most names differ in their first letter, whatever its case */
    if (((*name ^ *prefix) & ~0x20) != 0) {
        return 0;
    }
    for (; *prefix != '\0'; name++, prefix++) {
        if (*name != *prefix &&
            (*name == '\0' || apr_tolower(plain(*name, '_')) !=
                                  apr_tolower(plain(*prefix, '_')))) {
            return 0;
        }
    }
    return 1;
}

static char plain(char c, char other)
{
    return (unsigned char)c < 0x80 && apr_isalnum(c) ? c : other;
}
