/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/mark.h"

#include <string.h>

/* One mark is one word, so that it changes at once:
 *
 *   63          16 15      0
 *  | of the key   | time    |   in units of 2^26 us (67 s), modulo 52 days
 *  | 6 bytes      |         |
 */
#define UNIT 26
#define HOUR ((apr_uint16_t)(apr_time_from_sec(3600) >> UNIT))

struct ti_marks_t {
    apr_uint64_t words[TI_MARKS];
};

static apr_uint32_t number_of(const ti_key_t *key);
static apr_uint64_t word_of(const ti_key_t *key, apr_time_t now);

apr_size_t ti_marks_size(void)
{
    return sizeof(ti_marks_t);
}

ti_marks_t *ti_marks_open(void *memory)
{
    return memory;
}

void ti_mark_set(ti_marks_t *marks, const ti_key_t *key, apr_time_t now)
{
    if (marks != NULL) {
        __atomic_store_n(&marks->words[number_of(key)], word_of(key, now),
                         __ATOMIC_RELAXED);
    }
}

int ti_mark_has(const ti_marks_t *marks, const ti_key_t *key, apr_time_t now)
{
    apr_uint64_t wanted = word_of(key, now);
    apr_uint64_t word;

    if (marks == NULL) {
        return 0;
    }
    word = __atomic_load_n(&marks->words[number_of(key)], __ATOMIC_RELAXED);
    return word >> 16 == wanted >> 16 && (apr_uint16_t)(wanted - word) <= HOUR;
}

static apr_uint32_t number_of(const ti_key_t *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key->bytes, sizeof(hash));
    return hash % TI_MARKS;
}

static apr_uint64_t word_of(const ti_key_t *key, apr_time_t now)
{
    apr_uint64_t name;

    memcpy(&name, key->bytes + 8, sizeof(name));
    return name << 16 | (apr_uint16_t)(now >> UNIT);
}
