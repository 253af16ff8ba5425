/* SPDX-License-Identifier: Apache-2.0
 *
 * Claims as rows of a table: variables, or headers for a backend.
 */
#ifndef MAI_OUTLET_H
#define MAI_OUTLET_H

#include <httpd.h>

#include "claims/claims.h"
#include "config/config.h"

/* Where claims go to, and under which names. */
typedef struct mai_outlet_t {
    apr_table_t *table;
    const char *prefix;
    apr_size_t length; /* of the prefix */
    int header;        /* names with '-' where variables have '_' */
    int usual; /* the prefix is TI_CLAIMS_PREFIX: names are ready to use */
    const char *const *ready; /* names with the prefix, by their numbers in
                                 claims/names.h; NULL: none */
    apr_pool_t *p;
} mai_outlet_t;

/* Add what `dir` exports of the claims. Nothing of these names is there. A
 * value that is too long is left out, with a line in the log. */
void mai_outlet_emit(request_rec *r, const mai_outlet_t *outlet,
                     const mai_dir_t *dir, const ti_claims_t *claims);

/* Add what the authorization server has signed, if it has, under this name: a
 * variable's or a header's, in a table where nothing of this name is. One that
 * is too long for a header is left out, with a line in the log. */
void mai_outlet_signed(request_rec *r, const char *name, int is_header,
                       const ti_claims_t *claims);

#endif
