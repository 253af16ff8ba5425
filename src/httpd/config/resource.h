/* SPDX-License-Identifier: Apache-2.0
 *
 * The protected resource that a place is, as its metadata tells clients
 * (RFC 9728 2): the directives, and the document made of them.
 */
#ifndef MAI_RESOURCE_H
#define MAI_RESOURCE_H

#include <httpd.h>
#include <http_config.h>

/* Where documents lie, RFC 9728 3. */
#define MAI_RESOURCE_PLACE "/.well-known/oauth-protected-resource"

/* One resource, whole in one section: sections within it are parts of it.
 * Lives as long as the configuration. */
typedef struct mai_resource_t {
    const char *url;      /* the resource's identifier; NULL: not named here */
    const server_rec *s;  /* where its section stands */
    const char *where;    /* file and line */
    int is_root;          /* also at the root place */
    const char *path;     /* of its document, URL-path */
    const char *metadata; /* URL of its document */
    const apr_array_header_t *scopes;  /* of const char *, or NULL */
    const apr_array_header_t *servers; /* the same */
    const char *documentation;         /* URL, or NULL */
    const apr_array_header_t *members; /* of mai_member_t, or NULL */
} mai_resource_t;

/* A further member of the document. */
typedef struct mai_member_t {
    const char *name;
    const char *json;
} mai_member_t;

/* The directives: NULL, or a complaint that says what to write. */
const char *mai_resource_url(cmd_parms *cmd, void *config, const char *url,
                             const char *root);
const char *mai_resource_scopes(cmd_parms *cmd, void *config, int argc,
                                char *const argv[]);
const char *mai_resource_servers(cmd_parms *cmd, void *config, int argc,
                                 char *const argv[]);
const char *mai_resource_documentation(cmd_parms *cmd, void *config,
                                       const char *url);
const char *mai_resource_member(cmd_parms *cmd, void *config, const char *name,
                                const char *value);

/* The document of a place where tokens come from `carriers`. `issuer` stands
 * for an authorization server where none is named; NULL where there is none.
 * NULL without any. */
const char *mai_resource_document(const mai_resource_t *resource,
                                  const apr_array_header_t *carriers,
                                  const char *issuer, apr_pool_t *p);

/* Note that a Require line of this section asks for these scopes, for a
 * warning at start. */
void mai_resource_require(cmd_parms *cmd, const char *scopes);

#endif
