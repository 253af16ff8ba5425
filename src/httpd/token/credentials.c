/* SPDX-License-Identifier: Apache-2.0 */
#include "token/credentials.h"

#include <string.h>

#include <apr_cstr.h>
#include <util_script.h>

#include "config/carrier.h"
#include "config/config.h"
#include "context/visit.h"
#include "token/copies.h"

#define HEADER "Authorization"

/* Does a section say Off? */
static int hidden_somewhere;

static int hides(const request_rec *r);
static int is_hidden(const request_rec *r);
static void show(request_rec *r, const mai_step_t *hidden);
static void take_out(request_rec *r);
static int is_there(const request_rec *r);
static void learn(mai_copies_t *copies, const char *header, apr_pool_t *p);
static void put(request_rec *r, const char *header);

void mai_credentials_learn(const apr_array_header_t *sections)
{
    int i;

    hidden_somewhere = 0;
    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        hidden_somewhere =
            hidden_somewhere || dir->forward_token == TI_SWITCH_OFF;
    }
}

const char *mai_credentials_of(const request_rec *r)
{
    const mai_step_t *step = mai_visit_step(r);

    return step != NULL && step->visit->credentials != NULL
               ? step->visit->credentials
               : apr_table_get(r->headers_in, HEADER);
}

const char *mai_credentials_keep(request_rec *r)
{
    mai_visit_t *visit = mai_visit_enter(r)->visit;
    const char *header;

    if (visit->credentials == NULL) {
        header = apr_table_get(r->headers_in, HEADER);
        visit->credentials =
            header != NULL ? mai_visit_text(visit, r, header) : NULL;
    }
    return visit->credentials;
}

int mai_credentials_hide(request_rec *r)
{
    int hidden = hides(r) || is_hidden(r);

    mai_visit_pass(r);
    if (hidden && mai_credentials_of(r) != NULL) {
        mai_credentials_keep(r);
        mai_visit_enter(r)->hidden = 1;
        take_out(r);
    }
    return DECLINED;
}

/* By this place? Not where tokens are in other places: then the header is the
 * program's own. What the administrator lists counts: a .htaccess that takes
 * tokens from fewer places does not show those of the others. */
static int hides(const request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);

    return dir->forward_token == TI_SWITCH_OFF &&
           mai_carrier_in_authorization(dir->allowed);
}

/* By the request that this one continues? */
static int is_hidden(const request_rec *r)
{
    const request_rec *origin = mai_visit_origin(r);
    const mai_step_t *step = origin != NULL ? mai_visit_step(origin) : NULL;

    return (r->prev != NULL && !mai_visit_passed(r->prev)) ||
           (step != NULL && step->hidden);
}

void mai_credentials_settle(request_rec *r)
{
    mai_step_t *step = mai_visit_step(r);
    int hidden = hides(r) || is_hidden(r);

    if (!hidden) {
        show(r, step);
    }
    step->hidden = hidden && mai_credentials_keep(r) != NULL;
    if (step->hidden) {
        take_out(r);
    }
}

/* A redirect's headers are not there yet: they come before post_read_request.
 */
int mai_credentials_show_lookup(request_rec *r)
{
    if (r->main != NULL && r->prev == NULL) {
        show(r, mai_visit_step(r->main));
    }
    return OK;
}

int mai_credentials_show_redirect(request_rec *r)
{
    if (r->prev != NULL) {
        show(r, mai_visit_step(r->prev));
    }
    return DECLINED;
}

static void show(request_rec *r, const mai_step_t *hidden)
{
    if (hidden != NULL && hidden->hidden &&
        apr_table_get(r->headers_in, HEADER) == NULL) {
        put(r, hidden->visit->credentials);
    }
}

/* Where the place was never known (OPTIONS *, a URL that cannot be read) the
 * server-wide SetEnvIf has made its copies all the same. */
int mai_credentials_log(request_rec *r)
{
    const mai_step_t *step = mai_visit_step(r);
    const char *header = hidden_somewhere && !mai_visit_passed(r)
                             ? apr_table_get(r->headers_in, HEADER)
                             : NULL;
    mai_copies_t copies = {{NULL}, 0, 0};

    if (header != NULL) {
        learn(&copies, header, r->pool);
        mai_copies_remove(r, &copies);
        apr_table_unset(r->headers_in, HEADER);
    } else if (step != NULL && step->hidden && is_there(r)) {
        apr_table_unset(r->headers_in, HEADER);
    }
    return DECLINED;
}

static void take_out(request_rec *r)
{
    mai_copies_t copies = {{NULL}, 0, 0};

    if (is_there(r)) {
        apr_table_unset(r->headers_in, HEADER);
    }
    learn(&copies, mai_visit_enter(r)->visit->credentials, r->pool);
    mai_copies_remove(r, &copies);
}

/* The client's, not another: a RequestHeader of the administrator's, or
 * AuthBasicFake, may have set one for a backend. */
static int is_there(const request_rec *r)
{
    const mai_step_t *step = mai_visit_step(r);
    const char *header = apr_table_get(r->headers_in, HEADER);

    return header != NULL && step != NULL &&
           strcmp(header, step->visit->credentials) == 0;
}

/* The header, its part behind the scheme, and with Basic the password. */
static void learn(mai_copies_t *copies, const char *header, apr_pool_t *p)
{
    const char *rest = header + strcspn(header, " ");
    const char *password;

    mai_copies_add(copies, header);
    rest += strspn(rest, " ");
    mai_copies_add(copies, rest);
    if (apr_cstr_casecmpn(header, "Basic ", 6) == 0) {
        password = strchr(ap_pbase64decode(p, rest), ':');
        mai_copies_add(copies, password != NULL ? password + 1 : NULL);
    }
}

int mai_credentials_lend(request_rec *r, const char **seen)
{
    const mai_step_t *step = mai_visit_step(r);

    *seen = apr_table_get(r->headers_in, HEADER);
    if (step == NULL || step->visit->credentials == NULL ||
        (*seen != NULL && strcmp(*seen, step->visit->credentials) == 0)) {
        return 0;
    }
    put(r, step->visit->credentials);
    return 1;
}

void mai_credentials_return(request_rec *r, const char *seen)
{
    if (is_there(r) && seen != NULL) {
        put(r, seen);
    } else if (is_there(r)) {
        apr_table_unset(r->headers_in, HEADER);
    }
    if (mai_visit_enter(r)->hidden) {
        take_out(r);
    }
}

static void put(request_rec *r, const char *header)
{
    apr_table_setn(r->headers_in, HEADER, header);
}
