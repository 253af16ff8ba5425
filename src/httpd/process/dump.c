/* SPDX-License-Identifier: Apache-2.0 */
#include "process/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <http_core.h>

#include "base/fault.h"
#include "config/config.h"
#include "process/consult.h"
#include "server/displayname.h"
#include "server/named.h"

static apr_array_header_t *find_all(apr_pool_t *p);
static void add(apr_array_header_t *all, mai_combination_t *server);
static const char *name_of(const mai_combination_t *server, apr_pool_t *p);
static void list(const apr_array_header_t *all, apr_pool_t *p);
static void examine(const apr_array_header_t *all, const char *name,
                    apr_pool_t *p);
static const char *make_ready(ti_server_t **ready,
                              const mai_combination_t *server, apr_pool_t *p);

void mai_dump_config(apr_pool_t *pconf, server_rec *s)
{
    const char *name = getenv(MAI_DUMP_SERVER);
    const apr_array_header_t *all;

    (void)s;
    if (!ap_exists_config_define(MAI_DUMP_DEFINE) ||
        mai_config_sections() == NULL || ti_keys_open(pconf) != APR_SUCCESS) {
        return;
    }
    all = find_all(pconf);
    if (name == NULL) {
        list(all, pconf);
    } else {
        examine(all, name, pconf);
    }
    fflush(stdout);
}

/* The servers with names, and each section merged over its virtual host. */
static apr_array_header_t *find_all(apr_pool_t *p)
{
    const apr_array_header_t *sections = mai_config_sections();
    const apr_array_header_t *named = mai_named_all();
    apr_array_header_t *all = apr_array_make(p, 8, sizeof(mai_combination_t *));
    int i;

    for (i = 0; i < named->nelts; i++) {
        add(all, APR_ARRAY_IDX(named, i, mai_combination_t *));
    }
    for (i = 0; i < sections->nelts; i++) {
        mai_combination_t *server =
            APR_ARRAY_IDX(sections, i, const mai_dir_t *)->server;
        mai_combination_t *base = server != NULL && server->s != NULL
                                      ? mai_config_defaults(server->s)->server
                                      : NULL;

        if (server != NULL) {
            add(all, server == base ? server
                                    : mai_combination_merge(base, server, p));
        }
    }
    return all;
}

/* Add a server unless one of the same name is in the list. */
static void add(apr_array_header_t *all, mai_combination_t *server)
{
    const char *name = name_of(server, all->pool);
    int i;

    for (i = 0; name != NULL && i < all->nelts; i++) {
        if (strcmp(name, name_of(APR_ARRAY_IDX(all, i, mai_combination_t *),
                                 all->pool)) == 0) {
            return;
        }
    }
    if (name != NULL) {
        APR_ARRAY_PUSH(all, mai_combination_t *) = server;
    }
}

/* Its name, or host and port of its first address, or its issuer. NULL: the
 * settings name no server. */
static const char *name_of(const mai_combination_t *server, apr_pool_t *p)
{
    const ti_server_t *raw = server->raw;

    if (raw->name != NULL) {
        return raw->name;
    }
    if (raw->endpoints != NULL && raw->endpoints->nelts > 0) {
        return mai_displayname_endpoint(
            APR_ARRAY_IDX(raw->endpoints, 0, const char *), p);
    }
    return raw->discovery;
}

static void list(const apr_array_header_t *all, apr_pool_t *p)
{
    int i;

    for (i = 0; i < all->nelts; i++) {
        const mai_combination_t *server =
            APR_ARRAY_IDX(all, i, const mai_combination_t *);
        ti_server_t *ready;
        const char *complaint = make_ready(&ready, server, p);

        mai_consult_tell("server", name_of(server, p));
        mai_consult_describe(ready, p);
        if (complaint != NULL) {
            mai_consult_tell("complaint", complaint);
        }
    }
}

static void examine(const apr_array_header_t *all, const char *name,
                    apr_pool_t *p)
{
    const mai_combination_t *server = NULL;
    const char *complaint;
    ti_server_t *ready;
    int i;

    for (i = 0; i < all->nelts && server == NULL; i++) {
        server = APR_ARRAY_IDX(all, i, const mai_combination_t *);
        server = strcmp(name_of(server, p), name) == 0 ? server : NULL;
    }
    if (server == NULL) {
        mai_consult_tell("complaint",
                         "the configuration has no authorization server of "
                         "that name");
        mai_consult_end(TI_FAULT_CONFIGURATION);
        return;
    }
    complaint = make_ready(&ready, server, p);
    mai_consult_tell("server", name);
    mai_consult_describe(ready, p);
    if (complaint != NULL) {
        mai_consult_tell("complaint", complaint);
        mai_consult_end(TI_FAULT_CONFIGURATION);
        return;
    }
    mai_consult(ready, p);
}

/* NULL, or why it cannot be asked. Its keys are random: nothing is kept. */
static const char *make_ready(ti_server_t **ready,
                              const mai_combination_t *server, apr_pool_t *p)
{
    unsigned char *secret = apr_palloc(p, TI_SECRET_SIZE);
    ti_key_secrets_t secrets = {secret, NULL, secret};
    ti_server_t *made = apr_pmemdup(p, server->raw, sizeof(*made));

    *ready = made;
    if (ti_key_random(secret, TI_SECRET_SIZE) != APR_SUCCESS ||
        ti_server_finish(made, 0, p) != APR_SUCCESS ||
        ti_server_make_keys(made, &secrets, p) != APR_SUCCESS) {
        return "its settings could not be prepared";
    }
    if (made->endpoints == NULL) {
        made->endpoints = apr_array_make(p, 1, sizeof(const char *));
    }
    return ti_server_complaint(made, p);
}
