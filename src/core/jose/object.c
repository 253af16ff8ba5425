/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/object.h"

#include <string.h>

static apr_status_t object_free(void *object);

json_t *ti_object_read(const char *text, apr_size_t length, apr_pool_t *p)
{
    json_t *object;

    if (length > TI_OBJECT_MAX) {
        return NULL;
    }
    object = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    if (object != NULL) {
        apr_pool_cleanup_register(p, object, object_free,
                                  apr_pool_cleanup_null);
    }
    return json_is_object(object) ? object : NULL;
}

int ti_object_text(const char **text, const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);

    *text = json_string_value(member);
    return member == NULL || *text != NULL;
}

int ti_object_bytes(ti_bytes_t *bytes, const json_t *object, const char *name,
                    apr_pool_t *p)
{
    const json_t *member = json_object_get(object, name);

    memset(bytes, 0, sizeof(*bytes));
    return json_is_string(member) &&
           ti_base64url_read(bytes, json_string_value(member),
                             json_string_length(member), p);
}

int ti_object_lists(const json_t *array, const char *text)
{
    const json_t *element;
    size_t i;

    json_array_foreach(array, i, element)
    {
        if (json_is_string(element) &&
            strcmp(json_string_value(element), text) == 0) {
            return 1;
        }
    }
    return 0;
}

const char *ti_object_write(const json_t *object, apr_pool_t *p)
{
    size_t flags = JSON_COMPACT | JSON_SORT_KEYS;
    size_t size = object != NULL ? json_dumpb(object, NULL, 0, flags) : 0;
    char *text = apr_pcalloc(p, size + 1);

    if (size > 0) {
        json_dumpb(object, text, size, flags);
    }
    return size > 0 ? text : NULL;
}

void ti_object_wipe(const json_t *object)
{
    static const char *const names[] = {"d",  "p",  "q", "dp",
                                        "dq", "qi", "k", "oth"};
    apr_size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const json_t *member = json_object_get(object, names[i]);
        apr_uintptr_t text = (apr_uintptr_t)json_string_value(member);

        if (text != 0) { /* jansson's own memory, soon to be freed */
            explicit_bzero((char *)text, json_string_length(member));
        }
    }
}

static apr_status_t object_free(void *object)
{
    json_decref(object);
    return APR_SUCCESS;
}
