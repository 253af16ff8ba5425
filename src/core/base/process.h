/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether another process still lives. A number alone does not name one: the
 * system gives it to the next, and numbers of threads answer too. So the time
 * of its start belongs to its name.
 */
#ifndef TI_PROCESS_H
#define TI_PROCESS_H

#include <apr.h>

/* One process, in one word: number, and the clock ticks from boot to its start
 * (0 where /proc does not tell). 0 is none. */
typedef apr_uint64_t ti_process_t;

/* This one. Found once per thread. */
ti_process_t ti_process_self(void);

/* Its number. */
apr_int64_t ti_process_number(ti_process_t process);

/* Is it dead, also when its parent has not yet taken notice? */
int ti_process_gone(ti_process_t process);

/* Is it dead, or does it stand still: stopped by a signal or a debugger? */
int ti_process_stopped(ti_process_t process);

/* Does the thread of this number run, or would it with a processor? 0 where the
 * system does not tell. */
int ti_process_runs(apr_int64_t number);

#endif
