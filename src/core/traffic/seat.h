/* SPDX-License-Identifier: Apache-2.0
 *
 * How many requests wait for authorization servers, over all processes. Each
 * of them holds a worker of httpd, so when a server does not answer they must
 * not become all of them.
 */
#ifndef TI_SEAT_H
#define TI_SEAT_H

#include <apr_pools.h>

/* Processes that are counted; a usual httpd has some ten, and a prefork one
 * some hundred. Requests of further ones are not counted. */
#define TI_SEAT_PROCESSES 2048

typedef struct ti_seats_t ti_seats_t;

/* Bytes of shared memory that the seats need. */
apr_size_t ti_seats_size(void);

/* Make (`fresh` nonzero: zero them) or take over the seats at `memory`, which
 * is shared and aligned to 64. The handle is in `p`. */
apr_status_t ti_seats_open(ti_seats_t **seats, void *memory, int fresh,
                           apr_pool_t *p);

/* Count this process from now on, in the place of one that is gone; once,
 * after the fork. */
void ti_seats_join(ti_seats_t *seats);

/* A request begins, or ends, to wait. No lock, no system call; NULL does
 * nothing. */
void ti_seat_take(ti_seats_t *seats);
void ti_seat_give(ti_seats_t *seats);

/* How many wait now. NULL: 0. */
apr_uint32_t ti_seats_taken(const ti_seats_t *seats);

/* A process is dead: its requests wait no more. For its parent; NULL does
 * nothing. */
void ti_seats_bury(ti_seats_t *seats, apr_int64_t number);

#endif
