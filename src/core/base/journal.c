/* SPDX-License-Identifier: Apache-2.0 */
#include "base/journal.h"

#include <string.h>

#include <apr_strings.h>

#include "base/atomic.h"
#include "base/block.h"

/* More than are shown: who writes slowly spoils one that nobody looks at. */
#define SLOTS 32
#define WORDS (sizeof(ti_refusal_t) / sizeof(apr_uint64_t))

/* A refusal is words and nothing else. */
typedef union entry_t {
    ti_refusal_t refusal;
    apr_uint64_t words[WORDS];
} entry_t;

struct ti_journal_t {
    apr_uint64_t last; /* number of the last one */
    apr_uint64_t slots[SLOTS][WORDS + 1];
};

apr_size_t ti_journal_size(void)
{
    return sizeof(ti_journal_t);
}

ti_journal_t *ti_journal_open(void *memory)
{
    return memory;
}

void ti_journal_add(ti_journal_t *journal, const ti_refusal_t *refusal)
{
    entry_t entry;

    if (journal == NULL) {
        return;
    }
    entry.refusal = *refusal;
    entry.refusal.number =
        __atomic_add_fetch(&journal->last, 1, __ATOMIC_RELAXED);
    ti_block_write(journal->slots[entry.refusal.number % SLOTS], entry.words,
                   WORDS);
}

void ti_journal_name(ti_refusal_t *refusal, const char *place)
{
    apr_size_t length = strlen(place);

    memset(refusal->place, 0, sizeof(refusal->place));
    if (length >= sizeof(refusal->place)) {
        place += length - (sizeof(refusal->place) - 1);
    }
    apr_cpystrn(refusal->place, place, sizeof(refusal->place));
}

int ti_journal_read(ti_refusal_t *refusals, const ti_journal_t *journal)
{
    apr_uint64_t number = TI_LOAD(journal->last);
    int count = 0;
    int looked;

    for (looked = 0; looked < SLOTS && count < TI_JOURNAL_SHOWN && number > 0;
         looked++, number--) {
        entry_t entry;

        if (ti_block_read(entry.words, journal->slots[number % SLOTS], WORDS) &&
            entry.refusal.number == number) {
            entry.refusal.place[TI_JOURNAL_PLACE - 1] = '\0';
            refusals[count++] = entry.refusal;
        }
    }
    return count;
}
