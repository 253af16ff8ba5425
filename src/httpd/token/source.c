/* SPDX-License-Identifier: Apache-2.0 */
#include "token/source.h"

#include <string.h>

#include <apr_strings.h>

#include "config/carrier.h"
#include "config/config.h"
#include "context/visit.h"
#include "token/carried.h"
#include "token/copies.h"
#include "token/credentials.h"

/* What one of the administrator's carriers had in a request of the visit: in
 * those that continue it, it may have been taken out. */
typedef struct mai_sighting_t {
    mai_carrier_t carrier;
    const char *value;
    const char *raw; /* as the query has it, or NULL */
    struct mai_sighting_t *next;
} sighting_t;

/* Whatever carries tokens somewhere in this httpd (of mai_carrier_t). */
static const apr_array_header_t *anywhere;

static const mai_source_t *take(request_rec *r, mai_visit_t *visit);
static int is_known(const mai_source_t *source, const mai_dir_t *dir);
static void look(mai_visit_t *visit, const request_rec *r,
                 const apr_array_header_t *carriers);
static const sighting_t *sighting_of(const mai_visit_t *visit,
                                     const mai_carrier_t *carrier);
static void find(mai_source_t *source, const mai_visit_t *visit,
                 const request_rec *r);
static void add(mai_source_t *source, const mai_carrier_t *carrier,
                const char *value);
static void take_out(request_rec *r, const mai_visit_t *visit,
                     const apr_array_header_t *carriers, int is_hidden);
static int is_never_shown(const mai_carrier_t *carrier);

void mai_source_learn(const apr_array_header_t *sections, apr_pool_t *pconf)
{
    apr_array_header_t *all = apr_array_make(pconf, 2, sizeof(mai_carrier_t));
    int i;
    int j;

    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        for (j = 0; dir->allowed != NULL && j < dir->allowed->nelts; j++) {
            const mai_carrier_t *carrier =
                &APR_ARRAY_IDX(dir->allowed, j, mai_carrier_t);

            if (!mai_carrier_holds(all, carrier)) {
                APR_ARRAY_PUSH(all, mai_carrier_t) = *carrier;
            }
        }
    }
    anywhere = all->nelts > 0 ? all : NULL;
}

int mai_source_take(request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    int is_unplaced =
        anywhere != NULL && r->prev != NULL && !mai_visit_passed(r->prev);
    mai_step_t *step;

    if (dir->carriers == NULL && !is_unplaced) {
        return DECLINED;
    }
    step = mai_visit_enter(r);
    if (is_unplaced) {
        mai_credentials_keep(r);
        look(step->visit, r, anywhere);
    }
    if (dir->carriers != NULL) {
        step->source = take(r, step->visit);
    }
    take_out(r, step->visit, is_unplaced ? anywhere : dir->allowed,
             is_unplaced || dir->forward_token == TI_SWITCH_OFF);
    return DECLINED;
}

/* That of an earlier request of the visit, or what is found now. */
static const mai_source_t *take(request_rec *r, mai_visit_t *visit)
{
    const mai_dir_t *dir = mai_config_of(r);
    mai_source_t *source;

    if (!is_known(visit->source, dir)) {
        mai_credentials_keep(r);
        look(visit, r, dir->allowed);
        source = apr_pcalloc(visit->p, sizeof(*source));
        source->carriers = dir->carriers;
        find(source, visit, r);
        visit->source = source;
    }
    return visit->source;
}

int mai_source_by_query(void)
{
    return mai_carrier_among(anywhere, MAI_CARRIER_QUERY);
}

int mai_source_log(request_rec *r)
{
    int i;

    for (i = 0; anywhere != NULL && !mai_visit_passed(r) && i < anywhere->nelts;
         i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(anywhere, i, mai_carrier_t);
        mai_copies_t copies = {{NULL}, 0, 0};
        const char *raw = NULL;

        mai_copies_add(&copies, mai_carried_value(&raw, carrier, r));
        mai_copies_add(&copies, raw);
        mai_carried_remove(r, carrier);
        mai_copies_remove(r, &copies);
    }
    return DECLINED;
}

const mai_source_t *mai_source_of(const request_rec *r)
{
    const mai_step_t *step =
        mai_config_of(r)->carriers != NULL ? mai_visit_step(r) : NULL;

    return step != NULL ? step->source : NULL;
}

int mai_source_by_header(const request_rec *r)
{
    const mai_step_t *step = mai_visit_step(r);
    const sighting_t *each = step != NULL ? step->visit->sightings : NULL;

    while (each != NULL && each->carrier.kind == MAI_CARRIER_QUERY) {
        each = each->next;
    }
    return each != NULL;
}

/* Of a list that lasts, so that equal pointers are the same list. */
static int is_known(const mai_source_t *source, const mai_dir_t *dir)
{
    return source != NULL && source->token != NULL &&
           source->carriers == dir->carriers && dir->carriers == dir->allowed;
}

/* Whatever a .htaccess has narrowed: what is found has to be hidden, too. */
static void look(mai_visit_t *visit, const request_rec *r,
                 const apr_array_header_t *carriers)
{
    int i;

    for (i = 0; carriers != NULL && i < carriers->nelts; i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(carriers, i, mai_carrier_t);
        const char *raw = NULL;
        const char *value = mai_carried_value(&raw, carrier, r);
        sighting_t *sighting;

        if (value != NULL && sighting_of(visit, carrier) == NULL) {
            sighting = apr_pcalloc(visit->p, sizeof(*sighting));
            sighting->carrier = *carrier;
            sighting->value = apr_pstrdup(visit->p, value);
            sighting->raw = raw != NULL ? apr_pstrdup(visit->p, raw) : NULL;
            sighting->next = visit->sightings;
            visit->sightings = sighting;
        }
    }
}

static const sighting_t *sighting_of(const mai_visit_t *visit,
                                     const mai_carrier_t *carrier)
{
    const sighting_t *sighting = visit->sightings;

    while (sighting != NULL &&
           !mai_carrier_equal(&sighting->carrier, carrier)) {
        sighting = sighting->next;
    }
    return sighting;
}

static void find(mai_source_t *source, const mai_visit_t *visit,
                 const request_rec *r)
{
    int i;

    for (i = 0; i < source->carriers->nelts; i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(source->carriers, i, mai_carrier_t);
        const sighting_t *sighting = sighting_of(visit, carrier);
        const char *value;

        if (sighting != NULL) {
            add(source, carrier, sighting->value);
        } else if (mai_config_of(r)->allowed == NULL) {
            value = mai_carried_value(NULL, carrier, r);
            add(source, carrier,
                value != NULL ? apr_pstrdup(visit->p, value) : NULL);
        }
    }
}

static void add(mai_source_t *source, const mai_carrier_t *carrier,
                const char *value)
{
    int automatic = carrier->kind == MAI_CARRIER_COOKIE ||
                    carrier->kind == MAI_CARRIER_BASIC;

    if (value == NULL) {
        return;
    }
    if (source->token != NULL && !automatic && !source->is_automatic &&
        strcmp(source->token, value) != 0) {
        source->is_double = 1;
    }
    source->is_query = source->is_query || carrier->kind == MAI_CARRIER_QUERY;
    /* what a client sets on purpose goes before what a browser adds */
    if (source->token == NULL || (source->is_automatic && !automatic)) {
        source->token = value;
        source->is_automatic = automatic;
        source->is_cookie = carrier->kind == MAI_CARRIER_COOKIE;
    }
}

/* What these carry; `is_hidden`: whatever they are. */
static void take_out(request_rec *r, const mai_visit_t *visit,
                     const apr_array_header_t *carriers, int is_hidden)
{
    const sighting_t *each;
    int i;

    for (i = 0; carriers != NULL && i < carriers->nelts; i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(carriers, i, mai_carrier_t);

        if (is_hidden || is_never_shown(carrier)) {
            mai_carried_remove(r, carrier);
        }
    }
    for (each = visit->sightings; each != NULL; each = each->next) {
        mai_copies_t copies = {{NULL}, 0, 0};

        if ((is_hidden || is_never_shown(&each->carrier)) &&
            mai_carrier_holds(carriers, &each->carrier)) {
            mai_copies_add(&copies, each->value);
            mai_copies_add(&copies, each->raw);
            mai_copies_remove(r, &copies);
        }
    }
}

/* RFC 6750 2.3: no query shows a token to others; a subprotocol has no place
 * for one. */
static int is_never_shown(const mai_carrier_t *carrier)
{
    return carrier->kind == MAI_CARRIER_QUERY ||
           carrier->kind == MAI_CARRIER_SUBPROTOCOL;
}
