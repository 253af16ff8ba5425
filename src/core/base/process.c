/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>

int ti_process_gone(apr_int64_t pid)
{
    char path[40];
    char state = '\0';
    FILE *file;

    if (kill((pid_t)pid, 0) != 0) {
        return errno == ESRCH;
    }
    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    file = fopen(path, "re");
    if (file != NULL) {
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) {
            state = '\0';
        }
        fclose(file);
    }
    return state == 'Z';
}
