/* SPDX-License-Identifier: Apache-2.0
 *
 * A writer that is killed at each instruction of a store, one after another:
 * the processor's single-step trap counts them in the child.
 */
#include "rig.h"
#include "tap.h"

#include <signal.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define HOT 5           /* keys that every round reads */
#define SIZE 200        /* of their records */
#define STEPS_MAX 60000 /* a store that takes longer never ends */

static ti_table_t *table;
static apr_uint64_t next_number = 1000;

/* In the child. */
static volatile sig_atomic_t steps_left;

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) &&                    \
    !defined(__SANITIZE_ADDRESS__)
#define TRAP_FLAG 0x100

static void count_step(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    (void)context;
    if (--steps_left == 0) {
        kill(getpid(), SIGKILL);
    }
}

static void trap_on(void)
{
    __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" ::: "cc",
                                                                  "memory");
}

static void trap_off(void)
{
    __asm__ volatile("pushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq" ::: "cc",
                                                                   "memory");
}
#endif
