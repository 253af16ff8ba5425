/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary text as the URL of an authorization server. The first byte says
 * whether plain http is allowed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "http/address.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

/* An accepted URL can be asked, and holds no credentials. A socket of this
 * machine may stand before it. */
static void check_accepted(const char *address, int insecure, apr_pool_t *p)
{
    const char *url = ti_address_url(address);
    apr_uri_t uri;

    insecure = insecure || url != address;
    demand(apr_uri_parse(p, url, &uri) == APR_SUCCESS);
    demand(uri.hostname != NULL && uri.hostname[0] != '\0');
    demand(uri.user == NULL && uri.password == NULL && uri.fragment == NULL);
    if (apr_cstr_casecmp(uri.scheme, "https") == 0) {
        return;
    }
    demand(apr_cstr_casecmp(uri.scheme, "http") == 0);
    demand(insecure || strncmp(uri.hostname, "127.", 4) == 0 ||
           apr_cstr_casecmp(uri.hostname, "localhost") == 0 ||
           strcmp(uri.hostname, "::1") == 0 ||
           strcmp(uri.hostname, "[::1]") == 0);
}

/* What is spelled in one way stays so, and is where it was. */
static void check_spelling(const char *url, apr_pool_t *p)
{
    const char *canonical = ti_address_canonical(url, p);

    demand(strcmp(ti_address_canonical(canonical, p), canonical) == 0);
    demand(ti_address_same_origin(url, canonical, p));
    demand(ti_address_complaint(canonical, 1, p) == NULL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return apr_initialize();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *complaint;
    const char *url;
    apr_pool_t *p;

    if (size == 0) {
        return 0;
    }
    apr_pool_create(&p, NULL);
    url = apr_pstrmemdup(p, (const char *)data + 1, size - 1);
    complaint = ti_address_complaint(url, data[0] & 1, p);
    if (complaint == NULL) {
        check_accepted(url, data[0] & 1, p);
        check_spelling(url, p);
    } else {
        demand(*complaint != '\0');
    }
    apr_pool_destroy(p);
    return 0;
}
