/* SPDX-License-Identifier: Apache-2.0 */
#include "export/headers.h"

#include <string.h>

#include "config/prefix.h"
#include "export/scrub.h"

/* How the names of headers that some place emits begin; NULL: none does. Set at
 * start. */
static const apr_array_header_t *all_prefixes;
static mai_scrub_t all_headers;
static const mai_names_t *usual_names; /* under MAI_HEADER_PREFIX */

static void cover(apr_array_header_t *prefixes, const char *prefix);
static const char *signed_name(const mai_dir_t *dir);
static int is_same(const char *one, const char *other);

/* A request that continues another has its headers, and what we put there. */
int mai_headers_clean(request_rec *r)
{
    if (all_prefixes != NULL && r->prev == NULL) {
        mai_scrub_headers(r, &all_headers);
    }
    return DECLINED;
}

void mai_headers_learn(const apr_array_header_t *sections, apr_pool_t *pconf)
{
    apr_array_header_t *prefixes =
        apr_array_make(pconf, 2, sizeof(const char *));
    int emitted = 0;
    int i;

    APR_ARRAY_PUSH(prefixes, const char *) = MAI_HEADER_PREFIX;
    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        emitted = emitted || mai_headers_emitted(dir);
        cover(prefixes, dir->header_prefix);
        cover(prefixes, signed_name(dir));
    }
    all_prefixes = emitted ? prefixes : NULL;
    memset(&all_headers, 0, sizeof(all_headers));
    mai_scrub_list(&all_headers, prefixes);
    usual_names = mai_prefix_names(TI_CLAIMS_PREFIX, pconf);
}

int mai_headers_emitted(const mai_dir_t *dir)
{
    return (dir->export & MAI_EXPORT_HEADER) != 0 || signed_name(dir) != NULL;
}

int mai_headers_same(const mai_dir_t *one, const mai_dir_t *other)
{
    return is_same(mai_headers_prefix(one), mai_headers_prefix(other)) &&
           is_same(signed_name(one), signed_name(other));
}

const char *mai_headers_prefix(const mai_dir_t *dir)
{
    return dir->header_prefix != NULL ? dir->header_prefix : MAI_HEADER_PREFIX;
}

const char *const *mai_headers_names(const mai_dir_t *dir)
{
    const mai_names_t *names = dir->prefix != NULL ? dir->names : usual_names;

    return names != NULL ? names->headers : NULL;
}

void mai_headers_scrub(request_rec *r, const mai_dir_t *one,
                       const mai_dir_t *other)
{
    mai_scrub_t names = {{NULL}, NULL, 0, 0, 0};

    mai_scrub_add(&names, mai_headers_prefix(one));
    mai_scrub_add(&names, signed_name(one));
    if (other != NULL) {
        mai_scrub_add(&names, mai_headers_prefix(other));
        mai_scrub_add(&names, signed_name(other));
    }
    mai_scrub_headers(r, &names);
}

/* One more, unless it begins with another that is there already. NULL is none.
 */
static void cover(apr_array_header_t *prefixes, const char *prefix)
{
    int i = 0;

    while (prefix != NULL && i < prefixes->nelts &&
           !mai_prefix_of(prefix, APR_ARRAY_IDX(prefixes, i, const char *))) {
        i++;
    }
    if (prefix != NULL && i == prefixes->nelts) {
        APR_ARRAY_PUSH(prefixes, const char *) = prefix;
    }
}

/* The header of what was signed; NULL: none. */
static const char *signed_name(const mai_dir_t *dir)
{
    const mai_signed_export_t *export = dir->export_signed;

    return export != NULL && export->is_header ? export->name : NULL;
}

static int is_same(const char *one, const char *other)
{
    return one == other ||
           (one != NULL && other != NULL && strcmp(one, other) == 0);
}
