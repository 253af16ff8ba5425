/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/cell.h"

#include <string.h>

#include "base/sanitizer.h"

/* The words of a cell's header, read once. */
typedef struct head_t {
    apr_uint64_t check;
    apr_uint32_t span;
    apr_time_t answered;
    apr_time_t expires;
} head_t;

static head_t head_of(const ti_cell_t *cell);
static apr_uint64_t sum_head(const head_t *head, const apr_uint64_t *key,
                             const ti_checksum_t *checksum);
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
    cell->check =
        ti_checksum_end(checksum, sum_head(&head, cell->key, checksum),
                        (const apr_uint64_t *)(cell + 1), words);
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

    /* The checksum must cover the copy: the cell in shared memory can change
     * between the check and the use. It must be keyed: if clients could compute
     * it, an author of claims could prepare two cells whose halves pass the
     * check as one. */
    bytes = buffer_for(search, words * 8);
    copy_words(bytes, (const apr_uint64_t *)(cell + 1), words);
    if (ti_checksum_end(checksum, sum_head(&head, search->key, checksum), bytes,
                        words) != head.check) {
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
        key[i] = TI_LOAD(cell->key[i]);
    }
    return ti_checksum_end(checksum, sum_head(&head, key, checksum),
                           (const apr_uint64_t *)(cell + 1),
                           words) == head.check;
}

static head_t head_of(const ti_cell_t *cell)
{
    head_t head;

    head.check = TI_LOAD(cell->check);
    head.span = TI_LOAD(cell->span);
    head.answered = TI_LOAD(cell->answered);
    head.expires = TI_LOAD(cell->expires);
    return head;
}

static apr_uint64_t sum_head(const head_t *head, const apr_uint64_t *key,
                             const ti_checksum_t *checksum)
{
    apr_uint64_t sum = ti_checksum_begin(checksum, head->span);

    sum = ti_checksum_add(checksum, sum, (apr_uint64_t)head->answered,
                          (apr_uint64_t)head->expires);
    sum = ti_checksum_add(checksum, sum, key[0], key[1]);
    return ti_checksum_add(checksum, sum, key[2], key[3]);
}

/* A writer may change these words during the copy; the checksum detects that.
 * ThreadSanitizer cannot know, so it gets atomic loads. */
static void copy_words(apr_uint64_t *to, const apr_uint64_t *from,
                       apr_size_t words)
{
#if TI_SANITIZER_THREAD
    apr_size_t i;

    for (i = 0; i < words; i++) {
        to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
    }
#else
    memcpy(to, from, words * sizeof(*to));
#endif
    __atomic_signal_fence(__ATOMIC_ACQUIRE); /* sum the copy only */
}

/* All attempts of a search share one buffer. */
static void *buffer_for(ti_search_t *search, apr_size_t size)
{
    if (search->buffer == NULL || search->size < size) {
        search->buffer = apr_palloc(search->p, size);
        search->size = size;
    }
    return search->buffer;
}
