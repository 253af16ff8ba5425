/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* Fields of /proc/PID/stat from the state, the third, to the start, the 22nd;
 * the second is the program's name in parentheses, with whatever is in it. */
#define TEXT_MAX 1024
#define FIELDS                                                                 \
    "%c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "              \
    "%*s %*s %*s %*s %llu"

/* What the system says of a number. */
typedef struct status_t {
    char state; /* '\0': not told */
    unsigned long long start;
} status_t;

static status_t status_of(apr_int64_t number);
static ti_process_t name_of(apr_int64_t number, const status_t *status);
static int lives(ti_process_t process, status_t *status);

ti_process_t ti_process_self(void)
{
    static __thread ti_process_t self;

    if (ti_process_number(self) != (apr_int64_t)getpid()) {
        status_t status = status_of((apr_int64_t)getpid());

        self = name_of((apr_int64_t)getpid(), &status);
    }
    return self;
}

apr_int64_t ti_process_number(ti_process_t process)
{
    return (apr_int64_t)(process & 0xffffffff);
}

int ti_process_gone(ti_process_t process)
{
    status_t status;

    return !lives(process, &status);
}

int ti_process_stopped(ti_process_t process)
{
    status_t status;

    return !lives(process, &status) || status.state == 'T' ||
           status.state == 't';
}

int ti_process_runs(apr_int64_t number)
{
    return number > 0 && status_of(number).state == 'R';
}

static int lives(ti_process_t process, status_t *status)
{
    apr_int64_t number = ti_process_number(process);

    memset(status, 0, sizeof(*status));
    if (kill((pid_t)number, 0) != 0 && errno == ESRCH) {
        return 0;
    }
    *status = status_of(number);
    if (status->state == 'Z' || status->state == 'X') {
        return 0;
    }
    return status->state == '\0' || process >> 32 == 0 ||
           name_of(number, status) == process;
}

static status_t status_of(apr_int64_t number)
{
    status_t status = {'\0', 0};
    char text[TEXT_MAX];
    const char *end;
    apr_size_t length;
    FILE *file;

    snprintf(text, sizeof(text), "/proc/%ld/stat", (long)number);
    file = fopen(text, "re");
    if (file == NULL) {
        return status;
    }
    length = fread(text, 1, sizeof(text) - 1, file);
    text[length] = '\0';
    fclose(file);
    end = strrchr(text, ')');
    if (end == NULL ||
        sscanf(end + 1, " " FIELDS, &status.state, &status.start) != 2) {
        status.state = '\0';
    }
    return status;
}

static ti_process_t name_of(apr_int64_t number, const status_t *status)
{
    ti_process_t start = status->state != '\0' ? status->start : 0;

    return start << 32 | (ti_process_t)number;
}
