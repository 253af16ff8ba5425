/* SPDX-License-Identifier: Apache-2.0 */
#include "process/startup.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/thread.h"

static pid_t parent; /* 0: it does not guard yet */
static int is_over;

static void leave(void);
static int is_interrupted(void);

apr_status_t mai_startup_guard(void)
{
    if (parent == 0 && atexit(leave) != 0) {
        return APR_ENOMEM;
    }
    parent = getpid();
    return APR_SUCCESS;
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
    if (!is_over && getpid() != parent && is_interrupted()) {
        _exit(EXIT_SUCCESS);
    }
}

/* Within the handler of a signal that ends a child? It is blocked there. */
static int is_interrupted(void)
{
    return ti_thread_blocks(SIGTERM) || ti_thread_blocks(SIGHUP);
}
