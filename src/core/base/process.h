/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether another process still lives.
 */
#ifndef TI_PROCESS_H
#define TI_PROCESS_H

#include <apr.h>

/* Nonzero when the process is dead, also when its parent has not yet taken
 * notice. A number that was given to a new process looks alive. */
int ti_process_gone(apr_int64_t pid);

#endif
