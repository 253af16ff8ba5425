/* SPDX-License-Identifier: Apache-2.0 */
#include "token/source.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "config/carrier.h"
#include "config/config.h"
#include "token/copies.h"
#include "token/credentials.h"
#include "token/parameter.h"
#include "token/query.h"
#include "token/subprotocol.h"
#include "context/visit.h"

#define HEADER "Authorization"

/* What one of the administrator's carriers had in a request of the visit: in
 * those that continue it, it may have been taken out. */
typedef struct mai_sighting_t {
    mai_carrier_t carrier;
    const char *value;
    const char *raw; /* as the query has it, or NULL */
    struct mai_sighting_t *next;
} sighting_t;

static int is_known(const mai_source_t *source, const mai_dir_t *dir);
static void look(mai_visit_t *visit, const request_rec *r);
static const sighting_t *sighting_of(const mai_visit_t *visit,
                                     const mai_carrier_t *carrier);
static void find(mai_source_t *source, const mai_visit_t *visit,
                 const request_rec *r);
static void add(mai_source_t *source, const mai_carrier_t *carrier,
                const char *value);
static void take_out(request_rec *r, const mai_visit_t *visit);
static int hides(const mai_dir_t *dir, const mai_carrier_t *carrier);
static void remove_from(request_rec *r, const mai_carrier_t *carrier);
static const char *value_of(const char **raw, const mai_carrier_t *carrier,
                            const request_rec *r);
static const char *behind(const char *text, const char *scheme);
static const char *of_basic(const mai_carrier_t *carrier, const request_rec *r);

int mai_source_take(request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    mai_step_t *step;
    mai_source_t *source;

    mai_query_inherit(r);
    if (dir->carriers == NULL) {
        return DECLINED;
    }
    step = mai_visit_enter(r);
    if (!is_known(step->visit->source, dir)) {
        mai_credentials_keep(r);
        look(step->visit, r);
        source = apr_pcalloc(step->visit->p, sizeof(*source));
        source->carriers = dir->carriers;
        find(source, step->visit, r);
        step->visit->source = source;
    }
    step->source = step->visit->source;
    take_out(r, step->visit);
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
static void look(mai_visit_t *visit, const request_rec *r)
{
    const apr_array_header_t *carriers = mai_config_of(r)->allowed;
    int i;

    for (i = 0; carriers != NULL && i < carriers->nelts; i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(carriers, i, mai_carrier_t);
        const char *raw = NULL;
        const char *value = value_of(&raw, carrier, r);
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
            value = value_of(NULL, carrier, r);
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

static void take_out(request_rec *r, const mai_visit_t *visit)
{
    const mai_dir_t *dir = mai_config_of(r);
    const sighting_t *each;
    int i;

    for (i = 0; dir->allowed != NULL && i < dir->allowed->nelts; i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(dir->allowed, i, mai_carrier_t);

        if (hides(dir, carrier)) {
            remove_from(r, carrier);
        }
    }
    for (each = visit->sightings; each != NULL; each = each->next) {
        mai_copies_t copies = {{NULL}, 0, 0};

        if (mai_carrier_holds(dir->allowed, &each->carrier) &&
            hides(dir, &each->carrier)) {
            mai_copies_add(&copies, each->value);
            mai_copies_add(&copies, each->raw);
            mai_copies_remove(r, &copies);
        }
    }
}

/* RFC 6750 2.3: no query shows a token to others; a subprotocol has no place
 * for one. */
static int hides(const mai_dir_t *dir, const mai_carrier_t *carrier)
{
    return dir->forward_token == TI_SWITCH_OFF ||
           carrier->kind == MAI_CARRIER_QUERY ||
           carrier->kind == MAI_CARRIER_SUBPROTOCOL;
}

static void remove_from(request_rec *r, const mai_carrier_t *carrier)
{
    switch (carrier->kind) {
    case MAI_CARRIER_QUERY:
        mai_parameter_remove_query(r, carrier->name);
        break;
    case MAI_CARRIER_SUBPROTOCOL:
        mai_subprotocol_remove(r);
        break;
    case MAI_CARRIER_COOKIE:
        mai_parameter_remove_cookie(r, carrier->name);
        break;
    case MAI_CARRIER_NAMED:
        if (apr_cstr_casecmp(carrier->name, HEADER) != 0 &&
            value_of(NULL, carrier, r) != NULL) {
            apr_table_unset(r->headers_in, carrier->name);
        }
        break;
    default: /* Authorization has its own */
        break;
    }
}

static const char *value_of(const char **raw, const mai_carrier_t *carrier,
                            const request_rec *r)
{
    const char *header;

    switch (carrier->kind) {
    case MAI_CARRIER_HEADER:
        header = mai_credentials_of(r);
        return header != NULL ? behind(header, "Bearer") : NULL;
    case MAI_CARRIER_NAMED:
        header = apr_cstr_casecmp(carrier->name, HEADER) == 0
                     ? mai_credentials_of(r)
                     : apr_table_get(r->headers_in, carrier->name);
        if (header != NULL && carrier->scheme != NULL) {
            header = behind(header, carrier->scheme);
        }
        return header != NULL && *header != '\0' ? header : NULL;
    case MAI_CARRIER_COOKIE:
        return mai_parameter_cookie(r, carrier->name);
    case MAI_CARRIER_QUERY:
        return mai_parameter_query(raw, r, carrier->name);
    case MAI_CARRIER_BASIC:
        return of_basic(carrier, r);
    case MAI_CARRIER_SUBPROTOCOL:
        return mai_subprotocol_token(r);
    }
    return NULL;
}

/* What follows the scheme; NULL where there is another one. */
static const char *behind(const char *text, const char *scheme)
{
    apr_size_t length = strlen(scheme);

    if (apr_cstr_casecmpn(text, scheme, length) != 0 ||
        (text[length] != ' ' && text[length] != '\0')) {
        return NULL;
    }
    return text + length + strspn(text + length, " ");
}

static const char *of_basic(const mai_carrier_t *carrier, const request_rec *r)
{
    const char *header = mai_credentials_of(r);
    const char *encoded = header != NULL ? behind(header, "Basic") : NULL;
    char *plain;
    char *password;

    if (encoded == NULL || strchr(encoded, ',') != NULL) {
        return encoded; /* two headers: no token has a comma */
    }
    plain = ap_pbase64decode(r->pool, encoded);
    password = strchr(plain, ':');
    if (password == NULL) {
        return NULL;
    }
    *password++ = '\0';
    plain = carrier->is_user ? plain : password;
    return *plain != '\0' ? plain : NULL;
}
