/* SPDX-License-Identifier: Apache-2.0
 *
 * A library for LD_PRELOAD: the first child of httpd that starts while there is
 * a file of the name in TEST_STARTUP, which holds the pid of httpd's parent
 * process, is told to end in the middle of its start. Where the destructors of
 * libraries run in it, a file of that name with .destructed is left.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef int create_t(void **, void *, void *, void *);

int apr_pool_create_ex(void **, void *, void *, void *);

static int is_ended;

__attribute__((destructor)) static void end(void)
{
    char name[4096];
    int file;

    if (is_ended) {
        snprintf(name, sizeof(name), "%s.destructed", getenv("TEST_STARTUP"));
        file = creat(name, 0666);
        if (file >= 0) {
            close(file);
        }
    }
}

static int is_to_end(void)
{
    const char *name = getenv("TEST_STARTUP");
    FILE *file = name != NULL ? fopen(name, "r") : NULL;
    int parent = 0;

    if (file == NULL) {
        return 0;
    }
    if (fscanf(file, "%d", &parent) != 1) {
        parent = 0;
    }
    fclose(file);
    return parent == (int)getppid() && unlink(name) == 0;
}

int apr_pool_create_ex(void **pool, void *parent, void *abort_function,
                       void *allocator)
{
    static pid_t seen; /* the process that came here last */
    create_t *create = (create_t *)dlsym(RTLD_NEXT, "apr_pool_create_ex");
    int is_first = seen != getpid();

    seen = getpid();
    if (is_first && is_to_end()) {
        is_ended = 1;
        raise(SIGTERM);
    }
    return create(pool, parent, abort_function, allocator);
}
