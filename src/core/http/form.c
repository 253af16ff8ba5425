/* SPDX-License-Identifier: Apache-2.0 */
#include "http/form.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>

/* Values are tokens and secrets: no copy stays behind but the last. */
char *ti_form_add(char *form, const char *name, const char *value,
                  apr_pool_t *p)
{
    const char *escaped = apr_pescape_urlencoded(p, value);
    char *longer =
        apr_pstrcat(p, form != NULL ? form : "", form != NULL ? "&" : "",
                    apr_pescape_urlencoded(p, name), "=", escaped, NULL);

    if (form != NULL) {
        explicit_bzero(form, strlen(form));
    }
    if (escaped != value) {
        explicit_bzero((char *)(apr_uintptr_t)escaped, strlen(escaped));
    }
    return longer;
}
