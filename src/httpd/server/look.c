/* SPDX-License-Identifier: Apache-2.0 */
#include "server/look.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "base/messages.h"
#include "base/ratelimit.h"
#include "base/secret.h"

/* Looks in a row until a file that cannot be used is logged. */
#define LOOKS 2

static const char *const names[MAI_FILES] = {
    [MAI_FILE_BEARER] = "IntrospectBearerToken",
    [MAI_FILE_CERTIFICATE] = "IntrospectTLSCertificate",
    [MAI_FILE_KEY] = "IntrospectTLSCertificateKey",
    [MAI_FILE_AUTHORITIES] = "IntrospectTLSCAFile"};

int mai_look_find_due(mai_look_t *look)
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
    /* Read both, certificate and key: if only one of them is new, the other may
     * be about to change. */
    if (look->is_due[MAI_FILE_CERTIFICATE] || look->is_due[MAI_FILE_KEY]) {
        look->is_due[MAI_FILE_CERTIFICATE] = 1;
        look->is_due[MAI_FILE_KEY] =
            mai_combination_file(look->server, MAI_FILE_KEY)->path != NULL;
    }
    return count;
}

int mai_look_has_read(mai_look_t *look, mai_file_t which, apr_status_t rv)
{
    mai_combination_t *server = look->server;

    if (rv == APR_SUCCESS) {
        return 1;
    }
    if (!APR_STATUS_IS_EACCES(rv)) {
        mai_look_refuse(look, which,
                        rv == APR_EOF      ? "it is empty"
                        : rv == APR_ENOSPC ? "it is too large"
                        : rv == APR_EINVAL ? "it is not a regular file"
                                           : apr_psprintf(look->p, "%pm", &rv));
        return 0;
    }
    if (look->stamps[which] != 0) {
        if (server->stamps[which] != 0 &&
            server->stamps[which] != look->stamps[which]) {
            mai_look_say(
                look, which, TI_LOG_INFO, TI_MSG_FILE_KEPT,
                apr_psprintf(look->p,
                             "%s %s has changed, and httpd's User cannot read "
                             "it: reload httpd, which keeps all answers",
                             names[which],
                             mai_combination_file(server, which)->path));
        }
        server->stamps[which] = look->stamps[which];
    }
    return 0;
}

void mai_look_take_in(mai_look_t *look, mai_file_t which, int is_another)
{
    mai_combination_t *server = look->server;

    if (!look->is_due[which]) {
        return;
    }
    server->stamps[which] = look->stamps[which];
    server->doubts[which] = 0;
    if (is_another) {
        look->has_changed = 1;
        mai_look_say(look, which, TI_LOG_INFO, TI_MSG_FILE_TAKEN,
                     apr_psprintf(look->p, "Now using the new content of %s %s",
                                  names[which],
                                  mai_combination_file(server, which)->path));
    }
}

void mai_look_refuse(mai_look_t *look, mai_file_t which, const char *why)
{
    mai_combination_t *server = look->server;
    apr_ssize_t length = APR_HASH_KEY_STRING;
    unsigned reason = apr_hashfunc_default(why, &length);

    if (server->reasons[which] != reason) {
        server->reasons[which] = reason;
        server->doubts[which] = 0; /* such as a missing file that is back */
    }
    server->doubts[which]++;
    if (server->doubts[which] < LOOKS) {
        return;
    }
    server->stamps[which] = look->stamps[which];
    if (server->doubts[which] == LOOKS) {
        mai_look_say(look, which, TI_LOG_WARNING, TI_MSG_FILE_KEPT,
                     apr_psprintf(look->p,
                                  "%s %s has changed and cannot be used, so "
                                  "its previous content stays in use: %s",
                                  names[which],
                                  mai_combination_file(server, which)->path,
                                  why));
    }
    if (look->stamps[which] != 0) {
        server->doubts[which] = 0;
    }
}

void mai_look_say(mai_look_t *look, mai_file_t which, int level, int id,
                  const char *text)
{
    ti_line_t *line = apr_array_push(look->lines);

    line->level = (ti_level_t)level;
    line->id = id;
    line->subject = mai_combination_file(look->server, which)->path;
    line->text = text;
}
