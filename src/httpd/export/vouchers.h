/* SPDX-License-Identifier: Apache-2.0
 *
 * Who of the authorization servers that a place names is asked about a token.
 */
#ifndef MAI_VOUCHERS_H
#define MAI_VOUCHERS_H

#include <httpd.h>

#include "config/config.h"
#include "context/context.h"

/* Those that are left to ask; on the stack of the request. */
typedef struct mai_vouchers_t {
    const struct mai_named_t *named;
    int next;         /* of the list; -1: nobody any more */
    int all;          /* nonzero: those without a prefix in turn */
    int asked;        /* nonzero: context->result is what the last one said */
    ti_result_t best; /* of those before */
    const ti_server_t *by;
} mai_vouchers_t;

/* Choose by what context->token looks like. NULL, or why the place cannot ask
 * anybody; where nobody may be asked about this token, context->result says so
 * and mai_vouchers_next has nobody. */
const char *mai_vouchers_open(mai_vouchers_t *vouchers, mai_context_t *context,
                              const mai_dir_t *dir, apr_pool_t *p);

/* Whom to ask now; NULL: context->result is final. */
mai_combination_t *mai_vouchers_next(mai_vouchers_t *vouchers,
                                     mai_context_t *context);

/* Does this place trust the server that has vouched? */
int mai_vouchers_trusted(const mai_dir_t *dir, const ti_server_t *server);

#endif
