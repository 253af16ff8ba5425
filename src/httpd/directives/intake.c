/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/intake.h"

#include "config/carrier.h"
#include "directives/argument.h"

static const char *read_carriers(const apr_array_header_t **list,
                                 cmd_parms *cmd, int argc, char *const argv[]);

const char *mai_intake_carriers(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                char *const argv[])
{
    const char *complaint;

    /* sections come after .htaccess, so it cannot simply be the last word */
    if (ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL) {
        return read_carriers(&dir->narrowed, cmd, argc, argv);
    }
    complaint = read_carriers(&dir->allowed, cmd, argc, argv);
    dir->carriers = dir->allowed;
    return complaint;
}

static const char *read_carriers(const apr_array_header_t **list,
                                 cmd_parms *cmd, int argc, char *const argv[])
{
    int i;

    *list = apr_array_make(cmd->pool, argc + 1, sizeof(mai_carrier_t));
    for (i = 0; i < argc; i++) {
        mai_carrier_t carrier;
        const char *complaint = mai_carrier_parse(&carrier, argv[i], cmd->pool);

        if (complaint != NULL) {
            return mai_argument_complain(cmd, argv[i], complaint);
        }
        if (mai_carrier_holds(*list, &carrier)) {
            return mai_argument_refuse(cmd, argv[i], "it is listed twice");
        }
        *(mai_carrier_t *)mai_argument_grow(list, cmd, sizeof(carrier)) =
            carrier;
    }
    return argc > 0 ? NULL
                    : mai_argument_complain(cmd, "",
                                            "write header, or another place");
}
