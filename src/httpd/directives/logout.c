/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/logout.h"

#include "config/sections.h"
#include "directives/argument.h"

static int has_keys(const mai_combination_t *server);

const char *mai_logout_audience(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                char *const argv[])
{
    dir->logout = NULL;
    return mai_argument_words(&dir->logout, cmd, argc, argv,
                              mai_argument_is_text,
                              "write the client_id of one client or more that "
                              "people sign in to");
}

/* Which sections come together is not known yet: somewhere there has to be a
 * key set. */
const char *mai_logout_complaint(void)
{
    const apr_array_header_t *sections = mai_config_sections();
    int i;

    for (i = 0; i < sections->nelts; i++) {
        if (APR_ARRAY_IDX(sections, i, const mai_dir_t *)->logout != NULL) {
            return mai_sections_have_server(has_keys)
                       ? NULL
                       : "IntrospectLogoutAudience: no signature can be "
                         "verified: write IntrospectDiscovery, or "
                         "IntrospectJWKSURL and IntrospectIssuer";
        }
    }
    return NULL;
}

static int has_keys(const mai_combination_t *server)
{
    return server->raw->jwks_url != NULL || server->raw->discovery != NULL;
}
