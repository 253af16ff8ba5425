/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/formkey.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>

#include "base/clock.h"
#include "base/key.h"
#include "process/meter.h"

#define HOUR apr_time_from_sec(3600)
#define SIZE 16 /* bytes of the digest that are shown */

static const char *make(const request_rec *r, apr_time_t hour);
static int is_same(const char *one, const char *other);

const char *mai_formkey_make(const request_rec *r)
{
    return make(r, ti_clock_steady() / HOUR);
}

int mai_formkey_is_good(const request_rec *r, const char *text)
{
    apr_time_t hour = ti_clock_steady() / HOUR;

    return is_same(text, make(r, hour)) || is_same(text, make(r, hour - 1));
}

static const char *make(const request_rec *r, apr_time_t hour)
{
    const char *user = r->user != NULL ? r->user : "";
    const char *text = apr_psprintf(r->pool, "%" APR_TIME_T_FMT, hour);
    ti_key_t identity;
    ti_key_t key;

    if (mai_meter_seed() == NULL ||
        ti_key_digest(&identity, user, strlen(user)) != APR_SUCCESS ||
        ti_key_once(&key, mai_meter_seed(), &identity, "form", text,
                    strlen(text)) != APR_SUCCESS) {
        return NULL;
    }
    return apr_pescape_hex(r->pool, key.bytes, SIZE, 0);
}

static int is_same(const char *one, const char *other)
{
    return one != NULL && other != NULL && strlen(one) == 2 * SIZE &&
           ti_key_same(one, other, 2 * SIZE);
}
