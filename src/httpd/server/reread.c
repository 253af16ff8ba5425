/* SPDX-License-Identifier: Apache-2.0 */
#include "server/reread.h"

#include <string.h>

#include <apr_strings.h>

#include "base/messages.h"
#include "base/ratelimit.h"
#include "base/secret.h"
#include "jose/authorities.h"
#include "server/version.h"

/* Looks after which what cannot be used is told. */
#define LOOKS 2

/* One look at the files of one server. */
typedef struct look_t {
    mai_combination_t *server;
    const ti_server_t *now;         /* as it is until then */
    ti_server_t next;               /* as the files say */
    apr_uint64_t stamps[MAI_FILES]; /* of files that may have changed */
    int is_due[MAI_FILES];          /* which these are */
    int has_changed;                /* nonzero: `next` is another */
    apr_array_header_t *lines;
    apr_pool_t *p;
} look_t;

static const char *const names[MAI_FILES] = {
    [MAI_FILE_BEARER] = "IntrospectBearerToken",
    [MAI_FILE_CERTIFICATE] = "IntrospectTLSCertificate",
    [MAI_FILE_KEY] = "IntrospectTLSCertificateKey",
    [MAI_FILE_AUTHORITIES] = "IntrospectTLSCAFile"};

static int find_due(look_t *look);
static void take_bearer(look_t *look);
static void take_certificate(look_t *look);
static void refuse_certificate(look_t *look, int is_locked);
static int read_bytes(ti_bytes_t *bytes, look_t *look, mai_file_t which);
static void take_authorities(look_t *look);
static int is_read(look_t *look, mai_file_t which, apr_status_t rv);
static void take_in(look_t *look, mai_file_t which, int is_another);
static void refuse(look_t *look, mai_file_t which, const char *why);
static void say(look_t *look, mai_file_t which, int level, int id,
                const char *text);
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
    look_t look = {0};

    if (!server->outlives_requests || !mai_reread_applies(server)) {
        return 0;
    }
    look.server = server;
    look.now = mai_combination_now(server);
    look.next = *look.now;
    look.lines = lines;
    look.p = p;
    if (find_due(&look)) {
        take_bearer(&look);
        take_certificate(&look);
        take_authorities(&look);
    }
    if (look.has_changed && mai_version_reread(server, &look.next, p) != NULL) {
        memset(server->stamps, 0, sizeof(server->stamps)); /* again, later */
        look.has_changed = 0;
    }
    return look.has_changed;
}

static int find_due(look_t *look)
{
    int count = 0;
    int i;

    for (i = 0; i < MAI_FILES; i++) {
        const char *path =
            mai_combination_file(look->server, (mai_file_t)i)->path;

        if (path != NULL) {
            look->stamps[i] = ti_file_stamp(path, look->p);
            look->is_due[i] = look->stamps[i] == 0 ||
                              look->stamps[i] != look->server->stamps[i];
            count += look->is_due[i];
        }
    }
    /* certificate and key are one: where one of them alone is new, they may not
     * belong together yet */
    if (look->is_due[MAI_FILE_CERTIFICATE] || look->is_due[MAI_FILE_KEY]) {
        look->is_due[MAI_FILE_CERTIFICATE] = 1;
        look->is_due[MAI_FILE_KEY] =
            mai_combination_file(look->server, MAI_FILE_KEY)->path != NULL;
    }
    return count;
}

static void take_bearer(look_t *look)
{
    const char *path =
        mai_combination_file(look->server, MAI_FILE_BEARER)->path;
    const char *complaint;
    apr_size_t size;
    char *text;

    if (!look->is_due[MAI_FILE_BEARER] ||
        !is_read(
            look, MAI_FILE_BEARER,
            ti_file_read(&text, &size, path, TI_SECRET_TEXT_MAX, look->p))) {
        return;
    }
    ti_secret_wipe_with(look->p, text);
    text = ti_secret_trim(text);
    complaint = ti_secret_complaint(text);
    if (complaint != NULL) {
        refuse(look, MAI_FILE_BEARER,
               apr_pstrcat(look->p, "it ", complaint, NULL));
        return;
    }
    look->next.bearer = text;
    take_in(look, MAI_FILE_BEARER, strcmp(text, look->now->bearer) != 0);
    if (strcmp(text, look->now->bearer) != 0 &&
        ti_file_is_open_to_all(path, look->p)) {
        say(look, MAI_FILE_BEARER, TI_LOG_WARNING, TI_MSG_SECRET_READABLE,
            apr_psprintf(look->p,
                         "The secret in %s can be read or written by "
                         "everybody on this machine: chmod 640, with the "
                         "group of httpd",
                         path));
    }
}

static void take_certificate(look_t *look)
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
    take_in(look, MAI_FILE_KEY, 0);
    take_in(look, MAI_FILE_CERTIFICATE, is_new);
}

/* `is_locked`: the key of before had to do, for its file cannot be read. */
static void refuse_certificate(look_t *look, int is_locked)
{
    mai_combination_t *server = look->server;
    const char *why = look->next.certificate.why;

    refuse(look, MAI_FILE_CERTIFICATE,
           is_locked ? apr_pstrcat(look->p, why,
                                   ". Is that new too? httpd's User cannot "
                                   "read it: reload httpd",
                                   NULL)
                     : why);
    if (server->stamps[MAI_FILE_CERTIFICATE] ==
        look->stamps[MAI_FILE_CERTIFICATE]) {
        server->stamps[MAI_FILE_KEY] = look->stamps[MAI_FILE_KEY];
    }
}

/* Zero: it is not due, or cannot be read, and *bytes are as before. */
static int read_bytes(ti_bytes_t *bytes, look_t *look, mai_file_t which)
{
    const char *path = mai_combination_file(look->server, which)->path;
    apr_size_t size;
    char *text;

    if (!look->is_due[which] ||
        !is_read(
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

static void take_authorities(look_t *look)
{
    const char *path =
        mai_combination_file(look->server, MAI_FILE_AUTHORITIES)->path;
    const char *text;
    const char *why;

    if (!look->is_due[MAI_FILE_AUTHORITIES]) {
        return;
    }
    text = ti_authorities_read(&why, path, look->p);
    if (text == NULL) {
        refuse(look, MAI_FILE_AUTHORITIES, why);
        return;
    }
    look->next.tls_ca = text;
    take_in(look, MAI_FILE_AUTHORITIES, strcmp(text, look->now->tls_ca) != 0);
}

/* Zero: it could not be read. What only root can read is no news, unless it
 * has changed. */
static int is_read(look_t *look, mai_file_t which, apr_status_t rv)
{
    mai_combination_t *server = look->server;

    if (rv == APR_SUCCESS) {
        return 1;
    }
    if (!APR_STATUS_IS_EACCES(rv)) {
        refuse(look, which,
               rv == APR_EOF      ? "it is empty"
               : rv == APR_ENOSPC ? "it is too large"
               : rv == APR_EINVAL ? "it is no regular file"
                                  : apr_psprintf(look->p, "%pm", &rv));
        return 0;
    }
    if (look->stamps[which] != 0) {
        if (server->stamps[which] != 0 &&
            server->stamps[which] != look->stamps[which]) {
            say(look, which, TI_LOG_INFO, TI_MSG_FILE_KEPT,
                apr_psprintf(look->p,
                             "%s %s has changed, and httpd's User cannot read "
                             "it: reload httpd, which forgets nothing",
                             names[which],
                             mai_combination_file(server, which)->path));
        }
        server->stamps[which] = look->stamps[which];
    }
    return 0;
}

/* It can be used, and is in use from now on. */
static void take_in(look_t *look, mai_file_t which, int is_another)
{
    mai_combination_t *server = look->server;

    if (!look->is_due[which]) {
        return;
    }
    server->stamps[which] = look->stamps[which];
    server->doubts[which] = 0;
    if (is_another) {
        look->has_changed = 1;
        say(look, which, TI_LOG_INFO, TI_MSG_FILE_TAKEN,
            apr_psprintf(look->p, "Took what is new in %s %s", names[which],
                         mai_combination_file(server, which)->path));
    }
}

/* It is left alone until it changes once more. */
static void refuse(look_t *look, mai_file_t which, const char *why)
{
    mai_combination_t *server = look->server;

    server->doubts[which]++;
    if (server->doubts[which] < LOOKS) {
        return;
    }
    server->stamps[which] = look->stamps[which];
    if (server->doubts[which] == LOOKS) {
        say(look, which, TI_LOG_WARNING, TI_MSG_FILE_KEPT,
            apr_psprintf(look->p,
                         "%s %s has changed and cannot be used, so that what "
                         "it held before serves on: %s",
                         names[which],
                         mai_combination_file(server, which)->path, why));
    }
    if (look->stamps[which] != 0) {
        server->doubts[which] = 0;
    }
}

static void say(look_t *look, mai_file_t which, int level, int id,
                const char *text)
{
    ti_line_t *line = apr_array_push(look->lines);

    line->level = (ti_level_t)level;
    line->id = id;
    line->subject = mai_combination_file(look->server, which)->path;
    line->text = text;
}

static int same(const ti_bytes_t *one, const ti_bytes_t *other)
{
    return one->size == other->size &&
           memcmp(one->data, other->data, one->size) == 0;
}
