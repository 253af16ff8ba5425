/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of revocation marks: a reload keeps it, a stop forgets it.
 */
#ifndef MAI_MARKS_H
#define MAI_MARKS_H

#include <httpd.h>

#include "verify/revocation.h"

/* In post_config: make the marks, or take over those of before a reload.
 * `secret` has TI_SECRET_SIZE bytes; the handle is in `pconf`. */
apr_status_t mai_marks_open(ti_revocations_t **revocations, const server_rec *s,
                            const void *secret, apr_pool_t *pconf);

#endif
