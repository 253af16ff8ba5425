/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/admin.h"

#include <string.h>

#include <apr_strings.h>
#include <http_core.h>

#include "store/location.h"

/* Bytes of a host name that a log line shows. */
#define SHOWN 100

static const char *name_complaint(request_rec *r);
static int is_named(const server_rec *s, const char *name);
static int is_among(const apr_array_header_t *names, const char *name);

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
        return "no user is authenticated here: write AuthType and Require, or "
               "IntrospectAdmin On where something else protects this place";
    }
    return r->user == NULL ? name_complaint(r) : NULL;
}

/* A page of another site can have a name of its own lead here, and its programs
 * then are of this host to the browser of somebody who may come (DNS
 * rebinding). They ask by that name. Addresses are nobody's to give away, and
 * localhost has one meaning. */
static const char *name_complaint(request_rec *r)
{
    const char *name = r->hostname != NULL ? r->hostname : "";

    if (mai_location_is_numeric(name) || strcasecmp(name, "localhost") == 0 ||
        is_named(r->server, name)) {
        return NULL;
    }
    apr_table_setn(r->notes, "error-notes",
                   "Without a user it has to be asked for by an address, or by "
                   "a name that ServerName or ServerAlias gives this server.");
    return apr_psprintf(r->pool,
                        "'%.*s' is no name of this server, and nobody is "
                        "authenticated: write ServerAlias with that name, or "
                        "AuthType and Require",
                        SHOWN, ap_escape_logitem(r->pool, name));
}

static int is_named(const server_rec *s, const char *name)
{
    return (s->server_hostname != NULL &&
            strcasecmp(name, s->server_hostname) == 0) ||
           is_among(s->names, name) || is_among(s->wild_names, name);
}

/* An alias of wildcards alone names everybody, and so nobody. */
static int is_among(const apr_array_header_t *names, const char *name)
{
    int i;

    for (i = 0; names != NULL && i < names->nelts; i++) {
        const char *one = APR_ARRAY_IDX(names, i, const char *);

        if (one[strspn(one, "*?.")] != '\0' &&
            ap_strcasecmp_match(name, one) == 0) {
            return 1;
        }
    }
    return 0;
}
