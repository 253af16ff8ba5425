/* SPDX-License-Identifier: Apache-2.0
 *
 * Another machine, put in front of the C library by LD_PRELOAD: its steady
 * clock runs ahead by the seconds in the file that TEST_CLOCK names, and where
 * TEST_NO_ROBUST_LISTS is set its kernel has no robust lists, as that of an
 * emulated container.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

typedef int clock_gettime_t(clockid_t clock, struct timespec *now);
typedef long syscall_t(long number, ...);

static long ahead(void)
{
    const char *path = getenv("TEST_CLOCK");
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    long seconds = 0;

    if (file != NULL) {
        if (fscanf(file, "%ld", &seconds) != 1) {
            seconds = 0;
        }
        fclose(file);
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static clock_gettime_t *real;
    int rv;

    if (real == NULL) {
        real = (clock_gettime_t *)dlsym(RTLD_NEXT, "clock_gettime");
    }
    rv = real(clock, now);
    if (rv == 0 && clock == CLOCK_BOOTTIME) {
        now->tv_sec += ahead();
    }
    return rv;
}

long syscall(long number, ...)
{
    static syscall_t *real;
    long words[6];
    va_list list;
    int i;

    va_start(list, number);
    for (i = 0; i < 6; i++) {
        words[i] = va_arg(list, long);
    }
    va_end(list);
    if (number == SYS_get_robust_list &&
        getenv("TEST_NO_ROBUST_LISTS") != NULL) {
        errno = ENOSYS;
        return -1;
    }
    if (real == NULL) {
        real = (syscall_t *)dlsym(RTLD_NEXT, "syscall");
    }
    return real(number, words[0], words[1], words[2], words[3], words[4],
                words[5]);
}
