/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as table memory: laid over a table with entries, or instead
 * of one. Whatever they are, nothing crashes, hangs, or leaves the memory, and
 * no answer is found that was not stored.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "../core/entries.h"
#include "cache/shard.h"

#define SIZE (TI_TABLE_SIZE_MIN + 24) /* ends off every boundary */
#define SHARD_AT 64
#define PATCHES_MAX 16
#define STEPS_MAX 64

/* The input while it is used up; zeros follow its end. */
typedef struct input_t {
    const uint8_t *bytes;
    size_t size;
} input_t;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char *model; /* a table with some entries */
static unsigned char *memory;
static ti_shard_layout_t layout;
static apr_pool_t *lasting;
static volatile unsigned int sink;

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

static unsigned char *aligned_memory(void)
{
    void *bytes = NULL;

    demand(posix_memalign(&bytes, 64, SIZE) == 0);
    memset(bytes, 0, SIZE);
    return bytes;
}

/* The size of number n: always the same. */
static apr_size_t size_of(apr_uint64_t n)
{
    return (apr_size_t)(n * n * 997 % (n % 16 == 15 ? 30000 : 700));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    ti_table_t *table;
    apr_uint64_t n;

    (void)argc;
    (void)argv;
    apr_initialize();
    apr_pool_create(&lasting, NULL);
    model = aligned_memory();
    memory = aligned_memory();
    ti_shard_lay(&layout, (SIZE - SHARD_AT) & ~(apr_size_t)63);

    /* The checksum is not random here: a finding can be repeated. */
    demand(ti_table_create(&table, model, SIZE, lasting) == APR_SUCCESS);
    memset(model + 24, 0x5a, sizeof(ti_checksum_t));
    demand(ti_table_attach(&table, model, SIZE, lasting) == APR_SUCCESS);
    for (n = 0; n < 24; n++) {
        put(table, n, 0, size_of(n), lasting);
        put_inactive(table, 100 + n, 0, lasting);
    }
    return 0;
}

static unsigned int take(input_t *input, int bytes)
{
    unsigned int value = 0;

    for (; bytes > 0; bytes--) {
        value = value << 8 | (input->size > 0 ? *input->bytes : 0);
        if (input->size > 0) {
            input->bytes++;
            input->size--;
        }
    }
    return value;
}

/* Some places deserve more attention than their size gives them. The lock
 * is spared: who seems to hold it would only be waited for. */
static void lay_over(input_t *input)
{
    const size_t bases[] = {
        0,
        SHARD_AT + sizeof(ti_lock_t),
        SHARD_AT + sizeof(ti_shard_t),
        SHARD_AT + sizeof(ti_shard_t) + 64,
        SHARD_AT + sizeof(ti_shard_t) + layout.positive.first * 8,
        SHARD_AT + layout.negative_at,
        SHARD_AT + layout.negative_at + layout.negative.first * 8,
        0};
    unsigned int choice = take(input, 1) % 8;
    size_t at = bases[choice] + take(input, choice == 7 ? 3 : 1);
    size_t count = take(input, 1) % 64;

    for (; count > 0; count--, at++) {
        unsigned int byte = take(input, 1);

        if (at < SHARD_AT || at >= SHARD_AT + sizeof(ti_lock_t)) {
            memory[at % SIZE] = (unsigned char)byte;
        }
    }
}

static void mend(void)
{
    ti_shard_t *shard = (ti_shard_t *)(memory + SHARD_AT);
    ti_ring_t ring;

    memcpy(&layout.checksum, memory + 24, sizeof(layout.checksum));
    ring.checksum = &layout.checksum;
    ring.state = (ti_ring_state_t *)(shard + 1);
    ring.layout = &layout.positive;
    ti_ring_repair(&ring);
    ring.state = (ti_ring_state_t *)((char *)shard + layout.negative_at);
    ring.layout = &layout.negative;
    ti_ring_repair(&ring);
}

static void look_up(ti_table_t *table, apr_uint64_t n, apr_pool_t *p)
{
    ti_entry_t entry;

    if (get(&entry, table, n, p) != APR_SUCCESS) {
        demand(entry.kind == TI_KIND_NONE && entry.bytes == NULL);
        return;
    }
    if (entry.kind == TI_KIND_CLAIMS) {
        demand(holds(&entry, size_of(n), n, 0));
    } else {
        demand(entry.kind == TI_KIND_INACTIVE && entry.size == 0);
    }
}

static void use(ti_table_t *table, input_t *input, apr_pool_t *p)
{
    ti_table_stats_t stats;
    apr_uint64_t n;
    int steps;

    for (steps = 0; input->size > 0 && steps < STEPS_MAX; steps++) {
        unsigned int what = take(input, 1) % 8;

        n = take(input, 1);
        if (what < 3) {
            look_up(table, n, p);
        } else if (what < 5) {
            demand(put(table, n, 0, size_of(n), p) == APR_SUCCESS);
            look_up(table, n, p);
        } else if (what == 5) {
            demand(put_inactive(table, n, 0, p) == APR_SUCCESS);
        } else if (what == 6) {
            mend();
        } else {
            ti_table_stats(table, &stats);
            sink += (unsigned int)stats.entries;
        }
    }
    for (n = 0; n < 24; n++) {
        look_up(table, n, p);
        look_up(table, 100 + n, p);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input_t input = {data, size};
    unsigned int patches = take(&input, 1);
    ti_table_t *table;
    apr_pool_t *p;

    apr_pool_create(&p, lasting);
    if (patches == 255) {
        memset(memory, 0, SIZE);
        memcpy(memory, input.bytes, input.size < SIZE ? input.size : SIZE);
    } else {
        memcpy(memory, model, SIZE);
        for (patches %= PATCHES_MAX; patches > 0; patches--) {
            lay_over(&input);
        }
    }
    if (ti_table_attach(&table, memory, SIZE, p) == APR_SUCCESS) {
        use(table, &input, p);
    }
    apr_pool_destroy(p);
    return 0;
}
