/* SPDX-License-Identifier: Apache-2.0
 *
 * A library for LD_PRELOAD: a file system that hangs, as NFS does without its
 * server. While there is a file PATH.hangs, whoever looks at PATH waits, having
 * left a file PATH.waits. When the process exits the disk works again, after
 * all other exit handlers: for as long as a thread takes to go on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef int stat_t(const char *, void *);
typedef int open_t(const char *, int, mode_t);

int stat(const char *, struct stat *);
int stat64(const char *, struct stat64 *);
int open(const char *, int, ...);
int open64(const char *, int, ...);

static int waiting; /* threads of this process */
static int is_over;

__attribute__((destructor)) static void end(void)
{
    if (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) > 0) {
        __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
        usleep(500000);
    }
}

static void wait_for(const char *path)
{
    char name[4096];
    int waits;

    if (strstr(path, "slow-disk") == NULL) {
        return;
    }
    snprintf(name, sizeof(name), "%s.hangs", path);
    if (access(name, F_OK) != 0) {
        return;
    }
    snprintf(name, sizeof(name), "%s.waits", path);
    waits = creat(name, 0666);
    if (waits >= 0) {
        close(waits);
    }
    snprintf(name, sizeof(name), "%s.hangs", path);
    __atomic_add_fetch(&waiting, 1, __ATOMIC_ACQ_REL);
    while (access(name, F_OK) == 0 &&
           !__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
        usleep(10000);
    }
    __atomic_sub_fetch(&waiting, 1, __ATOMIC_ACQ_REL);
}

static int look(const char *path, void *found, const char *name)
{
    stat_t *next = (stat_t *)dlsym(RTLD_NEXT, name);

    wait_for(path);
    return next(path, found);
}

int stat(const char *path, struct stat *found)
{
    return look(path, found, "stat");
}

int stat64(const char *path, struct stat64 *found)
{
    return look(path, found, "stat64");
}

static int open_it(const char *path, int flags, va_list more, const char *name)
{
    open_t *next = (open_t *)dlsym(RTLD_NEXT, name);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;

    wait_for(path);
    return next(path, flags, mode);
}

#define OPEN(name)                                                             \
    int name(const char *path, int flags, ...)                                 \
    {                                                                          \
        va_list more;                                                          \
        int opened;                                                            \
                                                                               \
        va_start(more, flags);                                                 \
        opened = open_it(path, flags, more, #name);                            \
        va_end(more);                                                          \
        return opened;                                                         \
    }

OPEN(open)
OPEN(open64)
