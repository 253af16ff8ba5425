/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/seat.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

/* One process. None gives its row back: a request that ends while its process
 * goes down must not count down another's. */
typedef struct row_t {
    apr_int32_t pid; /* 0: nobody's */
    apr_uint32_t taken;
} row_t;

typedef struct memory_t {
    apr_uint32_t used; /* rows that were ever somebody's */
    row_t rows[TI_SEAT_PROCESSES];
} memory_t;

struct ti_seats_t {
    memory_t *memory;
    apr_uint32_t limit;
    row_t *own; /* this process's, or NULL */
};

static int claim(row_t *row);
static void forget_namesakes(memory_t *memory, apr_uint32_t used,
                             apr_uint32_t own);
static int is_gone(apr_int32_t pid);
static apr_uint32_t sum(const memory_t *memory, int living);

apr_size_t ti_seats_size(void)
{
    return sizeof(memory_t);
}

apr_status_t ti_seats_open(ti_seats_t **seats, void *memory, int fresh,
                           apr_uint32_t limit, apr_pool_t *p)
{
    *seats = apr_pcalloc(p, sizeof(**seats));
    (*seats)->memory = memory;
    (*seats)->limit = limit;
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
    used = LOAD(memory->used);
    forget_namesakes(memory, used, i);
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
    return seats != NULL ? sum(seats->memory, 0) : 0;
}

int ti_seats_crowded(const ti_seats_t *seats)
{
    return seats != NULL && sum(seats->memory, 0) > seats->limit &&
           sum(seats->memory, 1) > seats->limit;
}

/* Take a row that is nobody's, or whose process is gone, or had our number
 * before us. */
static int claim(row_t *row)
{
    apr_int32_t us = (apr_int32_t)getpid();
    apr_int32_t pid = LOAD(row->pid);

    if ((pid != 0 && pid != us && !is_gone(pid)) ||
        !__atomic_compare_exchange_n(&row->pid, &pid, us, 0, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        return 0;
    }
    STORE(row->taken, 0);
    return 1;
}

/* A process that was killed had our number before us. */
static void forget_namesakes(memory_t *memory, apr_uint32_t used,
                             apr_uint32_t own)
{
    apr_int32_t us = (apr_int32_t)getpid();
    apr_uint32_t i;

    for (i = 0; i < used && i < TI_SEAT_PROCESSES; i++) {
        if (i != own && LOAD(memory->rows[i].pid) == us) {
            STORE(memory->rows[i].taken, 0);
        }
    }
}

static int is_gone(apr_int32_t pid)
{
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* Of all rows, or of the living ones only, which takes system calls. */
static apr_uint32_t sum(const memory_t *memory, int living)
{
    apr_uint32_t used = LOAD(memory->used);
    apr_uint32_t all = 0;
    apr_uint32_t i;

    for (i = 0; i < used && i < TI_SEAT_PROCESSES; i++) {
        apr_int32_t pid = LOAD(memory->rows[i].pid);
        apr_uint32_t taken = LOAD(memory->rows[i].taken);

        if (pid != 0 && taken > 0 && (!living || !is_gone(pid))) {
            all += taken;
        }
    }
    return all;
}
