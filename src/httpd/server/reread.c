/* SPDX-License-Identifier: Apache-2.0 */
#include "server/reread.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "base/atomic.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/secret.h"
#include "jose/authorities.h"
#include "server/look.h"
#include "server/version.h"

static void take_bearer(mai_look_t *look);
static void take_certificate(mai_look_t *look);
static void refuse_certificate(mai_look_t *look, int is_locked);
static int read_bytes(ti_bytes_t *bytes, mai_look_t *look, mai_file_t which);
static void take_authorities(mai_look_t *look);
static int is_closed(const char *path, apr_pool_t *p);
static int same(const ti_bytes_t *one, const ti_bytes_t *other);

int mai_reread_applies(const mai_combination_t *server)
{
    int i;

    for (i = 0; i < MAI_FILES; i++) {
        if (mai_combination_file(server, (mai_file_t)i)->path != NULL) {
            return 1;
        }
    }
    return 0;
}

int mai_reread_look(mai_combination_t *server, apr_array_header_t *lines,
                    apr_pool_t *p)
{
    mai_look_t look = {0};

    if (!server->outlives_requests || !mai_reread_applies(server)) {
        return 0;
    }
    TI_STORE(server->is_looked_at, 1); /* the disk may hang for days */
    look.server = server;
    look.now = mai_combination_now(server);
    look.next = *look.now;
    look.lines = lines;
    look.p = p;
    if (mai_look_find_due(&look)) {
        take_bearer(&look);
        take_certificate(&look);
        take_authorities(&look);
    }
    if (look.has_changed && mai_version_reread(server, &look.next, p) != NULL) {
        memset(server->stamps, 0, sizeof(server->stamps)); /* try again */
        look.has_changed = 0;
    }
    TI_STORE(server->is_looked_at, 0);
    return look.has_changed;
}

static void take_bearer(mai_look_t *look)
{
    const char *path =
        mai_combination_file(look->server, MAI_FILE_BEARER)->path;
    const char *complaint;
    apr_size_t size;
    char *text;

    if (!look->is_due[MAI_FILE_BEARER] ||
        !mai_look_has_read(
            look, MAI_FILE_BEARER,
            ti_file_read(&text, &size, path, TI_SECRET_TEXT_MAX, look->p))) {
        return;
    }
    ti_secret_wipe_with(look->p, text);
    text = ti_secret_trim(text);
    complaint = ti_secret_complaint(text);
    if (complaint != NULL) {
        mai_look_refuse(look, MAI_FILE_BEARER,
                        apr_pstrcat(look->p, "it ", complaint, NULL));
        return;
    }
    look->next.bearer = text;
    mai_look_take_in(look, MAI_FILE_BEARER,
                     strcmp(text, look->now->bearer) != 0);
    if (strcmp(text, look->now->bearer) != 0 &&
        ti_file_is_open_to_all(path, look->p)) {
        mai_look_say(
            look, MAI_FILE_BEARER, TI_LOG_WARNING, TI_MSG_SECRET_READABLE,
            apr_psprintf(look->p,
                         "The secret in %s can be read or written by everyone "
                         "on this machine: chmod 640, with the group of httpd",
                         path));
    }
}

static void take_certificate(mai_look_t *look)
{
    ti_certificate_t *next = &look->next.certificate;
    const ti_certificate_t *now = &look->now->certificate;
    int has_key = look->is_due[MAI_FILE_KEY];
    int is_new = 0;

    if (read_bytes(&next->file, look, MAI_FILE_CERTIFICATE)) {
        is_new = !same(&next->file, &now->file);
    }
    if (read_bytes(&next->key_file, look, MAI_FILE_KEY)) {
        is_new = is_new || !same(&next->key_file, &now->key_file);
    }
    if (is_new) {
        ti_certificate_ready(next, look->p);
    }
    if (is_new && next->why != NULL) {
        refuse_certificate(look, has_key && !look->is_due[MAI_FILE_KEY]);
        *next = *now;
        return;
    }
    mai_look_take_in(look, MAI_FILE_KEY, 0);
    mai_look_take_in(look, MAI_FILE_CERTIFICATE, is_new);
}

/* `is_locked`: the key's file cannot be read, so the old key was tried. */
static void refuse_certificate(mai_look_t *look, int is_locked)
{
    mai_combination_t *server = look->server;
    const char *why = look->next.certificate.why;

    mai_look_refuse(look, MAI_FILE_CERTIFICATE,
                    is_locked ? apr_pstrcat(look->p, why,
                                            ". httpd's User cannot read the "
                                            "key: if it is new, reload httpd",
                                            NULL)
                              : why);
    if (server->stamps[MAI_FILE_CERTIFICATE] ==
        look->stamps[MAI_FILE_CERTIFICATE]) {
        server->stamps[MAI_FILE_KEY] = look->stamps[MAI_FILE_KEY];
    }
}

/* Zero: the file is not due or cannot be read, and *bytes is unchanged. */
static int read_bytes(ti_bytes_t *bytes, mai_look_t *look, mai_file_t which)
{
    const char *path = mai_combination_file(look->server, which)->path;
    apr_size_t size;
    char *text;

    if (!look->is_due[which] ||
        !mai_look_has_read(
            look, which,
            ti_file_read(&text, &size, path, TI_CERTIFICATE_MAX, look->p))) {
        look->is_due[which] = 0;
        return 0;
    }
    ti_secret_wipe_with(look->p, text);
    bytes->data = (unsigned char *)text;
    bytes->size = size;
    return 1;
}

static void take_authorities(mai_look_t *look)
{
    const char *path =
        mai_combination_file(look->server, MAI_FILE_AUTHORITIES)->path;
    const char *text;
    const char *why;

    if (!look->is_due[MAI_FILE_AUTHORITIES]) {
        return;
    }
    text = ti_authorities_read(&why, path, look->p);
    if (text == NULL && is_closed(path, look->p)) {
        mai_look_has_read(look, MAI_FILE_AUTHORITIES, APR_EACCES);
        return;
    }
    if (text == NULL) {
        mai_look_refuse(look, MAI_FILE_AUTHORITIES, why);
        return;
    }
    look->next.tls_ca = text;
    mai_look_take_in(look, MAI_FILE_AUTHORITIES,
                     strcmp(text, look->now->tls_ca) != 0);
}

/* Nonzero: httpd's User may not read it, or not search it or a parent. */
static int is_closed(const char *path, apr_pool_t *p)
{
    return (access(path, R_OK) != 0 && errno == EACCES) ||
           (access(apr_pstrcat(p, path, "/.", NULL), R_OK) != 0 &&
            errno == EACCES);
}

static int same(const ti_bytes_t *one, const ti_bytes_t *other)
{
    return one->size == other->size &&
           memcmp(one->data, other->data, one->size) == 0;
}
