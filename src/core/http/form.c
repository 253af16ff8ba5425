/* SPDX-License-Identifier: Apache-2.0 */
#include "http/form.h"

#include <apr_escape.h>
#include <apr_strings.h>

char *ti_form_add(const char *form, const char *name, const char *value,
                  apr_pool_t *p)
{
    return apr_pstrcat(p, form != NULL ? form : "", form != NULL ? "&" : "",
                       apr_pescape_urlencoded(p, name), "=",
                       apr_pescape_urlencoded(p, value), NULL);
}
