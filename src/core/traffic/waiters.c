/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/waiters.h"

#include <string.h>

#include "base/atomic.h"
#include "base/process.h"

/* One process. No process gives its row back: a request that ends while its
 * process goes down must not count down another's. */
typedef struct row_t {
    ti_process_t process; /* 0: nobody's */
    apr_uint32_t waiting;
} row_t;

typedef struct memory_t {
    apr_uint32_t used; /* rows that were ever somebody's */
    row_t rows[TI_WAITERS_PROCESSES];
} memory_t;

struct ti_waiters_t {
    memory_t *memory;
    row_t *own; /* this process's, or NULL */
};

static int claim(row_t *row);

apr_size_t ti_waiters_size(void)
{
    return sizeof(memory_t);
}

apr_status_t ti_waiters_open(ti_waiters_t **waiters, void *memory, int fresh,
                             apr_pool_t *p)
{
    *waiters = apr_pcalloc(p, sizeof(**waiters));
    (*waiters)->memory = memory;
    if (fresh) {
        memset(memory, 0, sizeof(memory_t));
    }
    return APR_SUCCESS;
}

void ti_waiters_attach(ti_waiters_t *waiters)
{
    memory_t *memory = waiters->memory;
    apr_uint32_t used;
    apr_uint32_t i = 0;

    while (i < TI_WAITERS_PROCESSES && !claim(&memory->rows[i])) {
        i++;
    }
    if (i == TI_WAITERS_PROCESSES) {
        waiters->own = NULL;
        return;
    }
    used = TI_LOAD(memory->used);
    while (used <= i &&
           !__atomic_compare_exchange_n(&memory->used, &used, i + 1, 0,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
    waiters->own = &memory->rows[i];
}

void ti_waiters_add(ti_waiters_t *waiters)
{
    if (waiters != NULL && waiters->own != NULL) {
        __atomic_add_fetch(&waiters->own->waiting, 1, __ATOMIC_ACQ_REL);
    }
}

void ti_waiters_remove(ti_waiters_t *waiters)
{
    if (waiters != NULL && waiters->own != NULL) {
        __atomic_sub_fetch(&waiters->own->waiting, 1, __ATOMIC_ACQ_REL);
    }
}

apr_uint32_t ti_waiters_count(const ti_waiters_t *waiters)
{
    apr_uint32_t used = waiters != NULL ? TI_LOAD(waiters->memory->used) : 0;
    apr_uint32_t all = 0;
    apr_uint32_t i;

    for (i = 0; i < used && i < TI_WAITERS_PROCESSES; i++) {
        all += TI_LOAD(waiters->memory->rows[i].waiting);
    }
    return all;
}

void ti_waiters_reap(ti_waiters_t *waiters, apr_int64_t number)
{
    apr_uint32_t used = waiters != NULL ? TI_LOAD(waiters->memory->used) : 0;
    apr_uint32_t i;

    for (i = 0; i < used && i < TI_WAITERS_PROCESSES; i++) {
        row_t *row = &waiters->memory->rows[i];

        if (ti_process_number(TI_LOAD(row->process)) == number) {
            TI_STORE(row->waiting, 0);
            TI_STORE(row->process, 0);
        }
    }
}

/* Take a row that is nobody's, or whose process is gone. */
static int claim(row_t *row)
{
    ti_process_t owner = TI_LOAD(row->process);

    if ((owner != 0 && !ti_process_gone(owner)) ||
        !__atomic_compare_exchange_n(&row->process, &owner, ti_process_self(),
                                     0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        return 0;
    }
    TI_STORE(row->waiting, 0);
    return 1;
}
