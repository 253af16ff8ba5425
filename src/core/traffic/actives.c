/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/actives.h"

#include <string.h>

/* One token is one word, so that it changes at once:
 *
 *   63          16 15      0
 *  | of the key   | time    |   in units of 2^26 us (67 s), modulo 52 days
 *  | 6 bytes      |         |
 */
#define UNIT 26
#define HOUR ((apr_uint16_t)(apr_time_from_sec(3600) >> UNIT))

struct ti_actives_t {
    apr_uint64_t words[TI_ACTIVES_MAX];
};

static apr_uint32_t slot_of(const ti_key_t *key);
static apr_uint64_t word_of(const ti_key_t *key, apr_time_t now);

apr_size_t ti_actives_size(void)
{
    return sizeof(ti_actives_t);
}

ti_actives_t *ti_actives_open(void *memory)
{
    return memory;
}

void ti_actives_add(ti_actives_t *actives, const ti_key_t *key, apr_time_t now)
{
    if (actives != NULL) {
        __atomic_store_n(&actives->words[slot_of(key)], word_of(key, now),
                         __ATOMIC_RELAXED);
    }
}

int ti_actives_has(const ti_actives_t *actives, const ti_key_t *key,
                   apr_time_t now)
{
    apr_uint64_t wanted = word_of(key, now);
    apr_uint64_t word;

    if (actives == NULL) {
        return 0;
    }
    word = __atomic_load_n(&actives->words[slot_of(key)], __ATOMIC_RELAXED);
    return word >> 16 == wanted >> 16 && (apr_uint16_t)(wanted - word) <= HOUR;
}

static apr_uint32_t slot_of(const ti_key_t *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key->bytes, sizeof(hash));
    return hash % TI_ACTIVES_MAX;
}

static apr_uint64_t word_of(const ti_key_t *key, apr_time_t now)
{
    apr_uint64_t name;

    memcpy(&name, key->bytes + 8, sizeof(name));
    return name << 16 | (apr_uint16_t)(now >> UNIT);
}
