/* SPDX-License-Identifier: Apache-2.0 */
#include "http/descriptor.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int is_own_pair(int number);

void ti_descriptor_hide(void)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        int number = atoi(entry->d_name);
        int flags = fcntl(number, F_GETFD);

        if (number > 2 && flags >= 0 && (flags & FD_CLOEXEC) == 0 &&
            is_own_pair(number)) {
            fcntl(number, F_SETFD, flags | FD_CLOEXEC);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

/* A socket without a name whose other end this process made too. Nobody else is
 * meant to have it: what comes from a parent names that one. */
static int is_own_pair(int number)
{
    struct sockaddr_un name = {0};
    socklen_t length = sizeof(name);
    struct ucred peer = {0};
    socklen_t size = sizeof(peer);

    return getsockname(number, (struct sockaddr *)&name, &length) == 0 &&
           name.sun_family == AF_UNIX && length == sizeof(sa_family_t) &&
           getsockopt(number, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.pid == getpid();
}
