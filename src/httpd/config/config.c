/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <string.h>

#include <apr_strings.h>
#include <http_main.h>

#include "config/carrier.h"
#include "module.h"
#include "server/named.h"

/* All sections of the configuration that is being read, for the checks at
 * start; NULL while requests are served (.htaccess is not among them). */
static apr_array_header_t *sections;
static mai_cache_config_t cache_config;

static mai_dir_t *merge(const mai_dir_t *base, const mai_dir_t *add,
                        apr_pool_t *p);
static mai_named_t *merge_named(const mai_dir_t *base, const mai_dir_t *add,
                                apr_pool_t *p);

#define PICK(field) merged->field = add->field ? add->field : base->field
#define PICK_TIME(field)                                                       \
    merged->field = add->field >= 0 ? add->field : base->field

void *mai_config_create(apr_pool_t *p, char *path)
{
    mai_dir_t *dir = apr_palloc(p, sizeof(*dir));

    (void)path;
    mai_config_clear(dir);
    if (sections != NULL) {
        APR_ARRAY_PUSH(sections, mai_dir_t *) = dir;
    }
    return dir;
}

void mai_config_clear(mai_dir_t *dir)
{
    memset(dir, 0, sizeof(*dir));
    dir->leeway = -1;
    dir->max_age = -1;
}

void *mai_config_merge(apr_pool_t *p, void *outer, void *inner)
{
    const mai_dir_t *base = outer;
    const mai_dir_t *add = inner;

    if (!add->touched) {
        return outer;
    }
    if (!base->touched && add->narrowed == NULL) {
        return inner;
    }
    return add->usual_outer == base ? add->usual_merged : merge(base, add, p);
}

void mai_config_settle(mai_dir_t *dir, const mai_dir_t *outer, apr_pool_t *p)
{
    if (dir->touched && outer->touched && dir != outer) {
        dir->usual_merged = merge(outer, dir, p);
        dir->usual_outer = outer;
    }
}

static mai_dir_t *merge(const mai_dir_t *base, const mai_dir_t *add,
                        apr_pool_t *p)
{
    mai_dir_t *merged = apr_pcalloc(p, sizeof(*merged));

    merged->touched = 1;
    merged->server = mai_combination_merge(base->server, add->server, p);
    merged->named = merge_named(base, add, p);
    PICK(try_all);
    PICK(qualify);
    PICK(issuer);
    merged->issuer_required =
        add->issuer != NULL ? add->issuer_required : base->issuer_required;
    PICK(audiences);
    PICK_TIME(leeway);
    PICK_TIME(max_age);
    PICK(remote_user);
    PICK(export);
    PICK(prefix);
    PICK(header_prefix);
    merged->names = add->prefix != NULL ? add->names : base->names;
    PICK(export_claims);
    PICK(export_lists);
    PICK(encoding);
    PICK(export_json);
    PICK(export_signed);
    PICK(scoping);
    PICK(forward_token);
    PICK(admin);
    PICK(introspect);
    PICK(by_alias);
    PICK(where);
    PICK(sends_to);
    PICK(resource);
    PICK(own_url);
    PICK(required);
    PICK(origins);
    PICK(allow_preflight);
    PICK(revisions);
    PICK(optional);
    PICK(allowed);
    PICK(narrowed);
    if (add->narrowed != NULL && base->narrowed != NULL) {
        merged->narrowed = mai_carrier_narrow(base->narrowed, add->narrowed, p);
    }
    merged->carriers =
        merged->narrowed != NULL
            ? mai_carrier_narrow(merged->allowed, merged->narrowed, p)
            : merged->allowed;
    PICK(cross_site);
    PICK(logout);
    PICK(log_claims);
    PICK(scope);
    PICK(misnamed);
    return merged;
}

/* An inner section's own server takes the place of outer ones with names. */
static mai_named_t *merge_named(const mai_dir_t *base, const mai_dir_t *add,
                                apr_pool_t *p)
{
    if (add->named != NULL) {
        return add->named->narrows
                   ? mai_named_narrow(base->named, add->named, p)
                   : add->named;
    }
    return add->server != NULL && ti_server_is_set(add->server->raw)
               ? NULL
               : base->named;
}

const mai_dir_t *mai_config_of(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &auth_introspect_module);
}

const char *mai_config_shown(const char *where)
{
    apr_size_t length = strlen(ap_server_root);

    return where != NULL && strncmp(where, ap_server_root, length) == 0 &&
                   where[length] == '/'
               ? where + length + 1
               : where;
}

mai_combination_t *mai_config_only(const mai_dir_t *dir)
{
    return dir->named != NULL ? dir->named->only : dir->server;
}

const mai_dir_t *mai_config_defaults(const server_rec *s)
{
    return ap_get_module_config(s->lookup_defaults, &auth_introspect_module);
}

void mai_config_policy(ti_policy_t *policy, const mai_dir_t *dir)
{
    policy->issuer = dir->issuer;
    policy->issuer_required = dir->issuer_required;
    policy->audiences = dir->audiences;
    if (dir->audiences == NULL) {
        policy->audiences = dir->own_url;
    } else if (dir->audiences->nelts == 0) {
        policy->audiences = NULL; /* IntrospectAudience any */
    }
    policy->leeway = dir->leeway >= 0 ? dir->leeway : MAI_LEEWAY;
    policy->max_age = dir->max_age;
}

void mai_config_begin(apr_pool_t *pconf)
{
    static const mai_cache_config_t usual = {.table_size = MAI_TABLE_SIZE};

    sections = apr_array_make(pconf, 16, sizeof(mai_dir_t *));
    /* the main server's is older than this: httpd made it with LoadModule */
    APR_ARRAY_PUSH(sections, mai_dir_t *) = ap_get_module_config(
        ap_server_conf->lookup_defaults, &auth_introspect_module);
    cache_config = usual;
    mai_named_begin(pconf);
}

const apr_array_header_t *mai_config_sections(void)
{
    return sections;
}

void mai_config_end(void)
{
    sections = NULL;
}

mai_cache_config_t *mai_config_cache(void)
{
    return &cache_config;
}
