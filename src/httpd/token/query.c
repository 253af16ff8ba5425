/* SPDX-License-Identifier: Apache-2.0 */
#include "token/query.h"

#include <string.h>

#include "config/carrier.h"
#include "config/config.h"
#include "context/visit.h"
#include "token/parameter.h"

static apr_array_header_t *names; /* of const char *; NULL: there are none */

static void add(const char *name, apr_pool_t *p);
static void forget(request_rec *r);

void mai_query_learn(const apr_array_header_t *sections, apr_pool_t *p)
{
    int i;
    int j;

    names = NULL;
    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        for (j = 0; dir->allowed != NULL && j < dir->allowed->nelts; j++) {
            const mai_carrier_t *carrier =
                &APR_ARRAY_IDX(dir->allowed, j, mai_carrier_t);

            if (carrier->kind == MAI_CARRIER_QUERY) {
                add(carrier->name, p);
            }
        }
    }
}

int mai_query_carries(void)
{
    return names != NULL;
}

void mai_query_inherit(request_rec *r)
{
    if (names != NULL && r->prev != NULL && !mai_visit_passed(r->prev)) {
        forget(r);
    }
}

void mai_query_log(request_rec *r)
{
    if (names != NULL && !mai_visit_passed(r)) {
        forget(r);
    }
}

static void add(const char *name, apr_pool_t *p)
{
    int i;

    if (names == NULL) {
        names = apr_array_make(p, 2, sizeof(const char *));
    }
    for (i = 0; i < names->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0) {
            return;
        }
    }
    APR_ARRAY_PUSH(names, const char *) = name;
}

static void forget(request_rec *r)
{
    int i;

    for (i = 0; i < names->nelts; i++) {
        mai_parameter_remove_query(r, APR_ARRAY_IDX(names, i, const char *));
    }
}
