/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/seat.h"

#include <string.h>

#include "base/atomic.h"
#include "base/process.h"

/* One process. None gives its row back: a request that ends while its process
 * goes down must not count down another's. */
typedef struct row_t {
    ti_process_t process; /* 0: nobody's */
    apr_uint32_t taken;
} row_t;

typedef struct memory_t {
    apr_uint32_t used; /* rows that were ever somebody's */
    row_t rows[TI_SEAT_PROCESSES];
} memory_t;

struct ti_seats_t {
    memory_t *memory;
    row_t *own; /* this process's, or NULL */
};

static int claim(row_t *row);

apr_size_t ti_seats_size(void)
{
    return sizeof(memory_t);
}

apr_status_t ti_seats_open(ti_seats_t **seats, void *memory, int fresh,
                           apr_pool_t *p)
{
    *seats = apr_pcalloc(p, sizeof(**seats));
    (*seats)->memory = memory;
    if (fresh) {
        memset(memory, 0, sizeof(memory_t));
    }
    return APR_SUCCESS;
}

void ti_seats_join(ti_seats_t *seats)
{
    memory_t *memory = seats->memory;
    apr_uint32_t used;
    apr_uint32_t i = 0;

    while (i < TI_SEAT_PROCESSES && !claim(&memory->rows[i])) {
        i++;
    }
    if (i == TI_SEAT_PROCESSES) {
        seats->own = NULL;
        return;
    }
    used = TI_LOAD(memory->used);
    while (used <= i &&
           !__atomic_compare_exchange_n(&memory->used, &used, i + 1, 0,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
    seats->own = &memory->rows[i];
}

void ti_seat_take(ti_seats_t *seats)
{
    if (seats != NULL && seats->own != NULL) {
        __atomic_add_fetch(&seats->own->taken, 1, __ATOMIC_ACQ_REL);
    }
}

void ti_seat_give(ti_seats_t *seats)
{
    if (seats != NULL && seats->own != NULL) {
        __atomic_sub_fetch(&seats->own->taken, 1, __ATOMIC_ACQ_REL);
    }
}

apr_uint32_t ti_seats_taken(const ti_seats_t *seats)
{
    apr_uint32_t used = seats != NULL ? TI_LOAD(seats->memory->used) : 0;
    apr_uint32_t all = 0;
    apr_uint32_t i;

    for (i = 0; i < used && i < TI_SEAT_PROCESSES; i++) {
        all += TI_LOAD(seats->memory->rows[i].taken);
    }
    return all;
}

void ti_seats_bury(ti_seats_t *seats, apr_int64_t number)
{
    apr_uint32_t used = seats != NULL ? TI_LOAD(seats->memory->used) : 0;
    apr_uint32_t i;

    for (i = 0; i < used && i < TI_SEAT_PROCESSES; i++) {
        row_t *row = &seats->memory->rows[i];

        if (ti_process_number(TI_LOAD(row->process)) == number) {
            TI_STORE(row->taken, 0);
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
    TI_STORE(row->taken, 0);
    return 1;
}
