/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_time.h>

#include "base/key.h"

/* So long a file is taken for one that is still being written: clocks of file
 * systems are coarse. */
#define SETTLED apr_time_from_sec(2)

/* Files of one directory that are looked at; it has some, or some hundreds. */
#define FILES_MAX 1024

#define WANTED                                                                 \
    (APR_FINFO_TYPE | APR_FINFO_SIZE | APR_FINFO_MTIME | APR_FINFO_CTIME |     \
     APR_FINFO_INODE | APR_FINFO_DEV)

static int look(apr_uint64_t *stamp, apr_finfo_t *info, const char *path,
                apr_pool_t *p);
static int look_into(apr_uint64_t *stamp, const char *path, apr_pool_t *p);
static void mix(apr_uint64_t *stamp, const void *bytes, apr_size_t size);

apr_uint64_t ti_file_stamp(const char *path, apr_pool_t *p)
{
    apr_uint64_t stamp = 0;
    apr_finfo_t info;

    if (!look(&stamp, &info, path, p)) {
        return 0;
    }
    if (info.filetype == APR_DIR) {
        return look_into(&stamp, path, p) ? stamp : 0;
    }
    return info.filetype == APR_REG ? stamp : 0;
}

apr_status_t ti_file_read(char **bytes, apr_size_t *size, const char *path,
                          apr_size_t max, apr_pool_t *p)
{
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t rv = apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_SIZE, p);

    *bytes = NULL;
    *size = 0;
    if (rv != APR_SUCCESS && rv != APR_INCOMPLETE) {
        return rv;
    }
    if (info.filetype != APR_REG) {
        return APR_EINVAL; /* to open a device may do something */
    }
    rv = apr_file_open(&file, path,
                       APR_FOPEN_READ | APR_FOPEN_BINARY | APR_FOPEN_NONBLOCK,
                       APR_FPROT_OS_DEFAULT, p);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    /* another may lie there by now: a pipe would wait for its writer */
    rv = apr_file_info_get(&info, APR_FINFO_TYPE | APR_FINFO_SIZE, file);
    if (rv != APR_SUCCESS || info.filetype != APR_REG) {
        apr_file_close(file);
        return rv != APR_SUCCESS ? rv : APR_EINVAL;
    }
    if (info.size < 0 || (apr_uint64_t)info.size > max) {
        apr_file_close(file);
        return APR_ENOSPC;
    }
    *bytes = apr_pcalloc(p, (apr_size_t)info.size + 2);
    rv = apr_file_read_full(file, *bytes, (apr_size_t)info.size + 1, size);
    apr_file_close(file);
    if (rv == APR_SUCCESS) {
        return APR_ENOSPC; /* it grows while it is read */
    }
    return rv == APR_EOF && *size > 0 ? APR_SUCCESS : rv;
}

int ti_file_is_open_to_all(const char *path, apr_pool_t *p)
{
    apr_finfo_t info;
    apr_status_t rv = apr_stat(&info, path, APR_FINFO_PROT | APR_FINFO_TYPE, p);

    return rv == APR_SUCCESS && info.filetype == APR_REG &&
           (info.protection & (APR_WREAD | APR_WWRITE)) != 0;
}

/* Zero: it cannot be looked at, or has just changed. */
static int look(apr_uint64_t *stamp, apr_finfo_t *info, const char *path,
                apr_pool_t *p)
{
    apr_int64_t facts[5];

    memset(info, 0, sizeof(*info));
    if (apr_stat(info, path, WANTED, p) != APR_SUCCESS ||
        info->ctime > apr_time_now() - SETTLED) {
        return 0;
    }
    facts[0] = info->mtime;
    facts[1] = info->ctime;
    facts[2] = (apr_int64_t)info->size;
    facts[3] = (apr_int64_t)info->inode;
    facts[4] = (apr_int64_t)info->device;
    mix(stamp, facts, sizeof(facts));
    return 1;
}

static int look_into(apr_uint64_t *stamp, const char *path, apr_pool_t *p)
{
    apr_dir_t *directory;
    apr_finfo_t info;
    int is_settled = 1;
    int count = 0;

    if (apr_dir_open(&directory, path, p) != APR_SUCCESS) {
        return 0;
    }
    while (is_settled && count++ < FILES_MAX &&
           apr_dir_read(&info, APR_FINFO_NAME, directory) == APR_SUCCESS) {
        const char *file = apr_pstrcat(p, path, "/", info.name, NULL);
        apr_uint64_t each = 0;

        is_settled = look(&each, &info, file, p);
        *stamp += each; /* in whatever order they come */
    }
    apr_dir_close(directory);
    return is_settled;
}

static void mix(apr_uint64_t *stamp, const void *bytes, apr_size_t size)
{
    ti_key_t digest;

    if (ti_key_digest(&digest, bytes, size) == APR_SUCCESS) {
        memcpy(stamp, digest.bytes, sizeof(*stamp));
        *stamp += *stamp == 0;
    }
}
