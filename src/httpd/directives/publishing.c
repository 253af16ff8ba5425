/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/publishing.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "claims/json.h"
#include "claims/rule.h"
#include "config/resource.h"
#include "directives/argument.h"
#include "directives/wording.h"
#include "module.h"

static mai_resource_t *resource_of(mai_dir_t *dir, cmd_parms *cmd);
static int is_scope(const char *word);
static const char *url_complaint(apr_uri_t *uri, const char *url,
                                 apr_pool_t *p);
static int is_loopback(const char *host);

const char *mai_publishing_url(mai_dir_t *dir, cmd_parms *cmd, const char *url,
                               const char *root)
{
    mai_resource_t *resource = resource_of(dir, cmd);
    const char *authority;
    apr_size_t length;
    apr_uri_t uri;
    const char *complaint = url_complaint(&uri, url, cmd->pool);

    if (complaint == NULL && root != NULL &&
        apr_cstr_casecmp(root, "root") != 0) {
        url = root;
        complaint = "write nothing after the URL, or 'root' where its "
                    "metadata is served at the root place, too";
    }
    if (complaint != NULL) {
        return mai_argument_complain(cmd, url, complaint);
    }
    dir->own_url = NULL;
    mai_argument_append(&dir->own_url, cmd, url);
    resource->url = url;
    resource->is_root = root != NULL;
    resource->where = mai_argument_where(cmd);
    /* inserted between host and path, without a slash at the end */
    length = uri.path != NULL ? strlen(uri.path) : 0;
    while (length > 0 && uri.path[length - 1] == '/') {
        length--;
    }
    authority = strstr(url, "://") + 3;
    resource->path = apr_pstrcat(
        cmd->pool, MAI_RESOURCE_PLACE,
        apr_pstrmemdup(cmd->pool, length > 0 ? uri.path : "", length), NULL);
    resource->metadata = apr_pstrcat(
        cmd->pool,
        apr_pstrmemdup(cmd->pool, url,
                       (apr_size_t)(authority - url) + strcspn(authority, "/")),
        resource->path, NULL);
    return NULL;
}

const char *mai_publishing_scopes(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                  char *const argv[])
{
    return mai_argument_words(&resource_of(dir, cmd)->scopes, cmd, argc, argv,
                              is_scope,
                              "write one scope or more as tokens have them "
                              "(RFC 6749 3.3)");
}

static int is_scope(const char *word)
{
    return *word != '\0' && ti_rule_is_scope(word);
}

const char *mai_publishing_servers(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                   char *const argv[])
{
    mai_resource_t *resource = resource_of(dir, cmd);
    apr_uri_t uri;
    int i;

    for (i = 0; i < argc; i++) {
        const char *complaint = url_complaint(&uri, argv[i], cmd->pool);

        if (complaint != NULL) {
            return mai_argument_complain(cmd, argv[i], complaint);
        }
        mai_argument_append(&resource->servers, cmd, argv[i]);
    }
    return argc > 0
               ? NULL
               : mai_argument_complain(cmd, "",
                                       "write the issuer of one authorization "
                                       "server or more");
}

const char *mai_publishing_documentation(mai_dir_t *dir, cmd_parms *cmd,
                                         const char *url)
{
    resource_of(dir, cmd)->documentation = url;
    return strncmp(url, "https://", 8) == 0 &&
                   ti_json_string(url, cmd->pool) != NULL
               ? NULL
               : mai_argument_complain(cmd, url, "write an https URL");
}

const char *mai_publishing_member(mai_dir_t *dir, cmd_parms *cmd,
                                  const char *name, const char *value)
{
    static const char *const ours[] = {"resource", "authorization_servers",
                                       "scopes_supported",
                                       "resource_documentation"};
    mai_resource_t *resource = resource_of(dir, cmd);
    mai_member_t *member;
    apr_size_t i;

    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (strcmp(name, ours[i]) == 0) {
            return mai_argument_refuse(
                cmd, name,
                "it has its own directive: write that (IntrospectResource, "
                "...Servers, ...Scopes or ...Documentation)");
        }
    }
    for (i = 0;
         resource->members != NULL && i < (apr_size_t)resource->members->nelts;
         i++) {
        if (strcmp(APR_ARRAY_IDX(resource->members, i, mai_member_t).name,
                   name) == 0) {
            return mai_argument_refuse(cmd, name,
                                       "it is set already: write it once, with "
                                       "all values as a JSON array");
        }
    }
    member = mai_argument_grow(&resource->members, cmd, sizeof(*member));
    member->name = name;
    member->json = ti_json_value(value, cmd->pool);
    if (member->json == NULL) {
        member->json = ti_json_string(value, cmd->pool);
    }
    return member->json != NULL && ti_json_string(name, cmd->pool) != NULL
               ? NULL
               : mai_argument_complain(cmd, value,
                                       "write JSON, or text in "
                                       "UTF-8");
}

void mai_publishing_require(cmd_parms *cmd, const char *scopes)
{
    mai_dir_t *dir =
        cmd->context != NULL
            ? ap_get_module_config(cmd->context, &auth_introspect_module)
            : NULL;

    if (dir != NULL && scopes != NULL) {
        mai_argument_append(&dir->required, cmd, scopes);
    }
}

/* The section's resource; made when its first directive comes. */
static mai_resource_t *resource_of(mai_dir_t *dir, cmd_parms *cmd)
{
    if (dir->resource == NULL) {
        dir->resource = apr_pcalloc(cmd->pool, sizeof(*dir->resource));
        dir->resource->s = cmd->server;
        dir->resource->where = mai_argument_where(cmd);
    }
    return dir->resource;
}

/* RFC 9728 1.2 and RFC 8414 2: https, no fragment; no query either, which
 * this server could not tell apart. http is for trials on one machine. */
static const char *url_complaint(apr_uri_t *uri, const char *url, apr_pool_t *p)
{
    static const char advice[] =
        "write an absolute https URL without query and fragment, as clients "
        "have it";
    const char *c;

    for (c = url; *c != '\0'; c++) {
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c > 0x7e ||
            strchr("\"\\<>{}", *c) != NULL) {
            return advice;
        }
    }
    if (apr_uri_parse(p, url, uri) != APR_SUCCESS || uri->hostname == NULL ||
        *uri->hostname == '\0' || uri->scheme == NULL || uri->query != NULL ||
        uri->fragment != NULL || uri->user != NULL ||
        strchr(url, '?') != NULL || mai_wording_misleads(url)) {
        return advice;
    }
    if (strncmp(url, "https://", 8) != 0 &&
        (strncmp(url, "http://", 7) != 0 || !is_loopback(uri->hostname))) {
        return advice;
    }
    return NULL;
}

static int is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
           strcmp(host, "::1") == 0 || strcmp(host, "[::1]") == 0;
}
