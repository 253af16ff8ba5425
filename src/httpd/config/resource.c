/* SPDX-License-Identifier: Apache-2.0 */
#include "config/resource.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/json.h"
#include "config/carrier.h"

static const char *list(const char *name, const apr_array_header_t *words,
                        apr_pool_t *p);
static const char *methods(const apr_array_header_t *carriers, apr_pool_t *p);
static const char *text(const char *name, const char *value, apr_pool_t *p);

const char *mai_resource_document(const mai_resource_t *resource,
                                  const apr_array_header_t *carriers,
                                  const char *issuer, apr_pool_t *p)
{
    const apr_array_header_t *servers = resource->servers;
    const char *members = "";
    int says_methods = 0;
    int i;

    if (servers == NULL && issuer != NULL) {
        apr_array_header_t *one = apr_array_make(p, 1, sizeof(const char *));

        APR_ARRAY_PUSH(one, const char *) = issuer;
        servers = one;
    }
    if (servers == NULL) {
        return NULL;
    }
    for (i = 0; resource->members != NULL && i < resource->members->nelts;
         i++) {
        const mai_member_t *member =
            &APR_ARRAY_IDX(resource->members, i, mai_member_t);

        says_methods = says_methods ||
                       strcmp(member->name, "bearer_methods_supported") == 0;
        members = apr_pstrcat(p, members, ",", ti_json_string(member->name, p),
                              ":", member->json, NULL);
    }
    return apr_pstrcat(
        p, "{\"resource\":", ti_json_string(resource->url, p),
        list("authorization_servers", servers, p),
        list("scopes_supported", resource->scopes, p),
        says_methods ? "" : methods(carriers, p),
        text("resource_documentation", resource->documentation, p), members,
        "}\n", NULL);
}

static const char *list(const char *name, const apr_array_header_t *words,
                        apr_pool_t *p)
{
    const char *json = "";
    int i;

    for (i = 0; words != NULL && i < words->nelts; i++) {
        json = apr_pstrcat(
            p, json, i > 0 ? "," : "",
            ti_json_string(APR_ARRAY_IDX(words, i, const char *), p), NULL);
    }
    return words != NULL ? apr_pstrcat(p, ",\"", name, "\":[", json, "]", NULL)
                         : "";
}

/* Those of RFC 6750: Authorization, and access_token in the query. An empty
 * list says that there is neither (RFC 9728 2). */
static const char *methods(const apr_array_header_t *carriers, apr_pool_t *p)
{
    apr_array_header_t *names = apr_array_make(p, 2, sizeof(const char *));

    if (carriers == NULL || mai_carrier_among(carriers, MAI_CARRIER_HEADER)) {
        APR_ARRAY_PUSH(names, const char *) = "header";
    }
    if (mai_carrier_query_is_bearer(carriers)) {
        APR_ARRAY_PUSH(names, const char *) = "query";
    }
    return list("bearer_methods_supported", names, p);
}

static const char *text(const char *name, const char *value, apr_pool_t *p)
{
    return value != NULL ? apr_pstrcat(p, ",\"", name,
                                       "\":", ti_json_string(value, p), NULL)
                         : "";
}
