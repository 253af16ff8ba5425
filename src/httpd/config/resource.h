/* SPDX-License-Identifier: Apache-2.0
 *
 * The protected resource that a place is, as its metadata tells clients
 * (RFC 9728 2).
 */
#ifndef MAI_RESOURCE_H
#define MAI_RESOURCE_H

#include <httpd.h>

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

/* The document of a place where tokens come from `carriers`. `issuer` stands
 * for an authorization server where none is named; NULL where there is none.
 * NULL without any. */
const char *mai_resource_document(const mai_resource_t *resource,
                                  const apr_array_header_t *carriers,
                                  const char *issuer, apr_pool_t *p);

#endif
