/* SPDX-License-Identifier: Apache-2.0
 *
 * The two clocks. The steady one measures how long something takes or lasts on
 * this machine: it cannot be set, and it runs on while the machine sleeps. The
 * wall clock says when, for claims and for other machines.
 */
#ifndef TI_CLOCK_H
#define TI_CLOCK_H

#include <apr_time.h>

/* The same moment on both clocks, in microseconds. */
typedef struct ti_now_t {
    apr_time_t wall;   /* since 1970: exp, nbf, iat, a shared store's entries */
    apr_time_t steady; /* since the machine started: everything else */
} ti_now_t;

/* The steady clock, the same for all processes of this machine. Makes no
 * system call. */
apr_time_t ti_clock_steady(void);

/* A moment of the wall clock on the steady one, and back. */
static inline apr_time_t ti_now_to_steady(const ti_now_t *now, apr_time_t wall)
{
    return wall - now->wall + now->steady;
}

static inline apr_time_t ti_now_to_wall(const ti_now_t *now, apr_time_t steady)
{
    return steady - now->steady + now->wall;
}

#endif
