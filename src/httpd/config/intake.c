/* SPDX-License-Identifier: Apache-2.0 */
#include "config/intake.h"

#include "config/argument.h"
#include "config/carrier.h"
#include "config/config.h"

const char *mai_intake_carriers(cmd_parms *cmd, void *config, int argc,
                                char *const argv[])
{
    mai_dir_t *dir = config;
    const char *complaint;

    dir->touched = 1;
    /* sections come after .htaccess, so it cannot simply be the last word */
    if (ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL) {
        return mai_carrier_read(&dir->narrowed, cmd, argc, argv);
    }
    complaint = mai_carrier_read(&dir->allowed, cmd, argc, argv);
    dir->carriers = dir->allowed;
    return complaint;
}
