/* SPDX-License-Identifier: Apache-2.0 */
#include "process/startup.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/thread.h"

static pid_t parent; /* 0: nothing is guarded */
static int is_over;

static void leave(void);
static int is_interrupted(void);

void mai_startup_guard(void)
{
    if (parent != 0 || atexit(leave) == 0) {
        parent = getpid();
    }
}

void mai_startup_end(void)
{
    is_over = 1;
}

/* Before the destructors of libraries, which exit runs last; where the module
 * is unloaded, too. What makes its start fail ends a child with a status of its
 * own, and within no handler. */
static void leave(void)
{
    if (!is_over && parent != getpid() && is_interrupted()) {
        _exit(EXIT_SUCCESS);
    }
}

/* Within the handler of a signal that ends a child? That one is blocked there,
 * and no other. A thread of httpd that leaves all signals to others blocks
 * both.
 */
static int is_interrupted(void)
{
    return ti_thread_blocks(SIGTERM) != ti_thread_blocks(SIGHUP);
}
