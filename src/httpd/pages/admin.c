/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/admin.h"

#include <http_core.h>

int mai_admin_is_ours(request_rec *r, const mai_dir_t *dir)
{
    const core_dir_config *core = ap_get_core_module_config(r->per_dir_config);

    return dir->admin == TI_SWITCH_ON ||
           ((ap_allow_overrides(r) & (OR_AUTHCFG | OR_FILEINFO | OR_LIMIT)) ==
                0 &&
            (core->override_list == NULL ||
             apr_is_empty_table(core->override_list)));
}

const char *mai_admin_complaint(request_rec *r, const mai_dir_t *dir)
{
    if (dir->admin == TI_SWITCH_OFF) {
        return "IntrospectAdmin is Off here";
    }
    if (!mai_admin_is_ours(r, dir)) {
        return MAI_ADMIN_REMEDY;
    }
    if (r->user == NULL && dir->admin != TI_SWITCH_ON) {
        return "nobody is authenticated here: write AuthType and Require, or "
               "IntrospectAdmin On where something else protects this place";
    }
    return NULL;
}
