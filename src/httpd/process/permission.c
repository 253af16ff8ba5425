/* SPDX-License-Identifier: Apache-2.0 */
#include "process/permission.h"

#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <unixd.h>
#include <apr_strings.h>
#include <httpd.h>

#define GROUPS_MAX 256 /* of the User; with more, only its Group counts */

/* The identity of the children. */
typedef struct reader_t {
    uid_t user;
    gid_t groups[GROUPS_MAX];
    int count;
} reader_t;

static void become(reader_t *reader);
static int may(const reader_t *reader, const char *path, unsigned int wanted);
static int is_member(const reader_t *reader, gid_t group);

int mai_permission_to_read(const char *path, apr_pool_t *p)
{
    reader_t reader;
    struct stat found;
    char *each = apr_pstrdup(p, path);
    char *slash;

    if (geteuid() != 0) {
        return 1;
    }
    become(&reader);
    for (slash = strchr(each + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!may(&reader, each, 1)) {
            return 0;
        }
        *slash = '/';
    }
    return stat(path, &found) == 0 &&
           may(&reader, path, S_ISDIR(found.st_mode) ? 5 : 4);
}

static void become(reader_t *reader)
{
    reader->user = ap_unixd_config.user_id;
    reader->count = GROUPS_MAX;
    if (ap_unixd_config.user_name == NULL ||
        getgrouplist(ap_unixd_config.user_name, ap_unixd_config.group_id,
                     reader->groups, &reader->count) < 0) {
        reader->groups[0] = ap_unixd_config.group_id;
        reader->count = 1;
    }
}

/* `wanted`: mode bits, 4 to read and 1 to search. */
static int may(const reader_t *reader, const char *path, unsigned int wanted)
{
    struct stat found;
    unsigned int mode;

    if (stat(path, &found) != 0) {
        return 0;
    }
    mode = (unsigned int)found.st_mode;
    if (reader->user == found.st_uid) {
        mode >>= 6;
    } else if (is_member(reader, found.st_gid)) {
        mode >>= 3;
    }
    return reader->user == 0 || (mode & wanted) == wanted;
}

static int is_member(const reader_t *reader, gid_t group)
{
    int i;

    for (i = 0; i < reader->count && reader->groups[i] != group; i++) {
    }
    return i < reader->count;
}
