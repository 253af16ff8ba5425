/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/cell.h"

#include <string.h>

#include "base/sanitizer.h"

/* Each of the words that are summed up, in one copy of a cell. */
typedef struct head_t {
    apr_uint64_t check;
    apr_uint32_t span;
    apr_time_t answered;
    apr_time_t expires;
} head_t;

static head_t head_of(const ti_cell_t *cell);
static apr_uint64_t sum_head(const head_t *head, const apr_uint64_t *key,
                             const ti_checksum_t *checksum);
static apr_uint64_t sum_words(const apr_uint64_t *from, apr_size_t words,
                              apr_uint64_t sum, const ti_checksum_t *checksum);
static void copy_words(apr_uint64_t *to, const apr_uint64_t *from,
                       apr_size_t words);
static void *buffer_for(ti_search_t *search, apr_size_t size);

const ti_cell_t *ti_cell_make(const ti_key_t *key, const ti_entry_t *entry,
                              const ti_checksum_t *checksum, apr_pool_t *p)
{
    apr_size_t words = (entry->size + 7) / 8;
    ti_cell_t *cell = apr_pcalloc(p, sizeof(*cell) + words * 8);
    head_t head;

    cell->span = ((apr_uint32_t)entry->kind << 24) | (apr_uint32_t)entry->size;
    cell->answered = entry->answered;
    cell->expires = entry->expires;
    memcpy(cell->key, key->bytes, sizeof(cell->key));
    if (entry->size > 0) {
        memcpy(cell + 1, entry->bytes, entry->size);
    }

    head = head_of(cell);
    cell->check = sum_words((const apr_uint64_t *)(cell + 1), words,
                            sum_head(&head, cell->key, checksum), checksum);
    return cell;
}

int ti_cell_read(ti_entry_t *entry, const ti_cell_t *cell, apr_size_t room,
                 ti_search_t *search, const ti_checksum_t *checksum)
{
    head_t head = head_of(cell);
    apr_size_t size = ti_cell_size(head.span);
    apr_size_t words = (size + 7) / 8;
    apr_uint64_t *bytes;

    if (size > TI_ENTRY_MAX || words * 8 > room ||
        search->now >= head.expires) {
        return 0;
    }
    if (ti_cell_kind(head.span) == TI_KIND_NONE ||
        ti_cell_kind(head.span) > TI_KIND_DOCUMENT) {
        return 0;
    }

    /* The sum has to be over the copy, and keyed. Summed where it lies, a cell
     * could change between the sum and the use; with a sum that clients can
     * compute, who chooses what is remembered could make halves of two cells
     * that pass as one. */
    bytes = buffer_for(search, words * 8);
    copy_words(bytes, (const apr_uint64_t *)(cell + 1), words);
    if (sum_words(bytes, words, sum_head(&head, search->key, checksum),
                  checksum) != head.check) {
        return 0;
    }

    entry->kind = ti_cell_kind(head.span);
    entry->answered = head.answered;
    entry->expires = head.expires;
    entry->bytes = size > 0 ? bytes : NULL;
    entry->size = size;
    return 1;
}

int ti_cell_whole(const ti_cell_t *cell, const ti_checksum_t *checksum)
{
    head_t head = head_of(cell);
    apr_size_t words = (ti_cell_size(head.span) + 7) / 8;
    apr_uint64_t key[TI_CELL_WORDS];
    int i;

    for (i = 0; i < TI_CELL_WORDS; i++) {
        key[i] = TI_GET(cell->key[i]);
    }
    return sum_words((const apr_uint64_t *)(cell + 1), words,
                     sum_head(&head, key, checksum), checksum) == head.check;
}

static head_t head_of(const ti_cell_t *cell)
{
    head_t head;

    head.check = TI_GET(cell->check);
    head.span = TI_GET(cell->span);
    head.answered = TI_GET(cell->answered);
    head.expires = TI_GET(cell->expires);
    return head;
}

/* Both halves of the product: each bit of either word reaches all bits. */
static inline apr_uint64_t mix(apr_uint64_t one, apr_uint64_t other)
{
    unsigned __int128 product = (unsigned __int128)one * other;

    return (apr_uint64_t)product ^ (apr_uint64_t)(product >> 64);
}

static inline apr_uint64_t word_at(const apr_uint64_t *from)
{
    return __atomic_load_n(from, __ATOMIC_RELAXED);
}

static apr_uint64_t sum_head(const head_t *head, const apr_uint64_t *key,
                             const ti_checksum_t *checksum)
{
    apr_uint64_t one = checksum->words[0];
    apr_uint64_t sum = checksum->words[1] ^ head->span;

    sum = mix((apr_uint64_t)head->answered ^ one,
              (apr_uint64_t)head->expires ^ sum);
    sum = mix(key[0] ^ one, key[1] ^ sum);
    return mix(key[2] ^ one, key[3] ^ sum);
}

/* Two independent sums, so that one multiplication need not wait for the
 * other, and no more constants than there are registers. On its own, so that
 * the loop has all of these. */
static __attribute__((noinline)) apr_uint64_t sum_words(
    const apr_uint64_t *from, apr_size_t words, apr_uint64_t sum,
    const ti_checksum_t *checksum)
{
    const apr_uint64_t *last = from + (words & ~(apr_size_t)7);
    const apr_uint64_t *end = from + words;
    apr_uint64_t secret = checksum->words[0];
    apr_uint64_t other = sum ^ secret;

    for (; from != last; from += 8) {
        sum = mix(*from ^ secret, from[1] ^ sum);
        other = mix(from[2] ^ secret, from[3] ^ other);
        sum = mix(from[4] ^ secret, from[5] ^ sum);
        other = mix(from[6] ^ secret, from[7] ^ other);
    }
    for (; from != end; from++) {
        sum = mix(*from ^ secret, sum ^ checksum->words[1]);
    }
    return mix(sum ^ checksum->words[1], other ^ secret);
}

/* While a writer may be at work there: the sum tells whether the copy is
 * whole. A sanitizer that looks for races cannot know that, so it gets words
 * that are read one by one. */
static void copy_words(apr_uint64_t *to, const apr_uint64_t *from,
                       apr_size_t words)
{
#if TI_SANITIZER_THREAD
    apr_size_t i;

    for (i = 0; i < words; i++) {
        to[i] = word_at(from + i);
    }
#else
    memcpy(to, from, words * sizeof(*to));
#endif
    __atomic_signal_fence(__ATOMIC_ACQUIRE); /* what is summed is the copy */
}

/* A try that comes too early must not cost memory once more. */
static void *buffer_for(ti_search_t *search, apr_size_t size)
{
    if (search->buffer == NULL || search->size < size) {
        search->buffer = apr_palloc(search->p, size);
        search->size = size;
    }
    return search->buffer;
}
