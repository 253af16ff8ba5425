/* SPDX-License-Identifier: Apache-2.0 */
#include "config/sections.h"

#include "server/named.h"

int mai_sections_allow_insecure(void)
{
    const apr_array_header_t *sections = mai_config_sections();
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const mai_combination_t *server =
            APR_ARRAY_IDX(sections, i, const mai_dir_t *)->server;

        if (server != NULL && server->raw->allow_insecure == TI_SWITCH_ON) {
            return 1;
        }
    }
    return 0;
}

int mai_sections_have_server(mai_sections_predicate_t holds)
{
    const apr_array_header_t *sections = mai_config_sections();
    const apr_array_header_t *named = mai_named_all();
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const mai_combination_t *server =
            APR_ARRAY_IDX(sections, i, const mai_dir_t *)->server;

        if (server != NULL && holds(server)) {
            return 1;
        }
    }
    for (i = 0; i < named->nelts; i++) {
        if (holds(APR_ARRAY_IDX(named, i, const mai_combination_t *))) {
            return 1;
        }
    }
    return 0;
}

int mai_sections_bring_server(const server_rec *s,
                              const server_rec *main_server)
{
    const apr_array_header_t *sections = mai_config_sections();
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);
        const mai_combination_t *server = dir->server;

        if (dir->named != NULL &&
            (dir->named->s == s || dir->named->s == main_server)) {
            return 1;
        }
        if (server != NULL && ti_server_is_set(server->raw) &&
            mai_sections_serve(server, s, main_server)) {
            return 1;
        }
    }
    return 0;
}

/* A vhost's sections are its own, those outside of vhosts are everybody's. */
int mai_sections_serve(const mai_combination_t *server, const server_rec *s,
                       const server_rec *main_server)
{
    return server->s == s || server->s == main_server;
}

int mai_sections_in_host_only(const mai_dir_t *dir,
                              const server_rec *main_server)
{
    const apr_array_header_t *sections = mai_config_sections();
    int i;

    for (i = 0; i < sections->nelts && dir->s == main_server; i++) {
        const mai_combination_t *server =
            APR_ARRAY_IDX(sections, i, const mai_dir_t *)->server;

        if (server != NULL && server->s != main_server &&
            ti_server_is_set(server->raw)) {
            return 1;
        }
    }
    return 0;
}
