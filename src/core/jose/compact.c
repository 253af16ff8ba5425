/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/compact.h"

#include <string.h>

#include "jose/object.h"

static int split(ti_compact_t *compact, apr_size_t length, int count,
                 apr_pool_t *p);
static const char *read_header(ti_compact_t *compact);

const char *ti_compact_read(ti_compact_t *compact, const char *text,
                            apr_size_t length, int count, apr_pool_t *p)
{
    memset(compact, 0, sizeof(*compact));
    compact->text = text;
    if (length > TI_COMPACT_MAX) {
        return "it is too long";
    }
    if (!split(compact, length, count, p)) {
        return "its parts are not all base64url";
    }
    compact->header = ti_object_read((const char *)compact->parts[0].data,
                                     compact->parts[0].size, p);
    return compact->header != NULL
               ? read_header(compact)
               : "its header is not a JSON object, or has a duplicate member";
}

int ti_compact_open(ti_opened_t *opened, ti_compact_t *compact,
                    const char *text, apr_size_t length, int count,
                    apr_pool_t *p)
{
    memset(opened, 0, sizeof(*opened));
    opened->why = ti_compact_read(compact, text, length, count, p);
    if (opened->why != NULL) {
        return 0;
    }
    opened->alg = compact->alg;
    opened->kid = compact->kid;
    opened->typ = compact->typ;
    opened->cty = compact->cty;
    return 1;
}

static int split(ti_compact_t *compact, apr_size_t length, int count,
                 apr_pool_t *p)
{
    const char *at = compact->text;
    const char *end = at + length;
    int i;

    for (i = 0; i < count; i++) {
        const char *dot = memchr(at, '.', (apr_size_t)(end - at));

        if ((dot == NULL) != (i == count - 1)) {
            return 0;
        }
        if (dot == NULL) {
            compact->signed_length = (apr_size_t)(at - compact->text) - 1;
            dot = end;
        } else if (i == 0) {
            compact->header_length = (apr_size_t)(dot - at);
        }
        if (!ti_base64url_read(&compact->parts[i], at, (apr_size_t)(dot - at),
                               p)) {
            return 0;
        }
        at = dot + 1;
    }
    return 1;
}

/* What changes the meaning of the rest is refused where it is not understood;
 * whom keys are to be fetched from (jku, x5u, jwk) is ignored, for the caller
 * alone says which keys are trusted. */
static const char *read_header(ti_compact_t *compact)
{
    const json_t *header = compact->header;
    const char *alg, *enc;

    if (json_object_get(header, "crit") != NULL ||
        json_object_get(header, "b64") != NULL ||
        json_object_get(header, "zip") != NULL) {
        return "its header has crit, b64 or zip";
    }
    if (!ti_object_text(&alg, header, "alg") ||
        !ti_object_text(&enc, header, "enc") ||
        !ti_object_text(&compact->kid, header, "kid") ||
        !ti_object_text(&compact->typ, header, "typ") ||
        !ti_object_text(&compact->cty, header, "cty")) {
        return "a member of its header is not a string";
    }
    compact->alg = ti_alg_of_name(alg);
    compact->enc = ti_alg_of_name(enc);
    return NULL;
}
