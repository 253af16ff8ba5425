/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rediserror.h"

#include <string.h>

#include <apr_strings.h>

#define WORD_MAX 16

static const struct {
    const char *begins;
    const char *means;
} known[] = {
    {"NOAUTH", "it requires a password: IntrospectCachePassword"},
    {"WRONGPASS", "it rejects this user with IntrospectCachePassword"},
    {"ERR invalid password", "it rejects IntrospectCachePassword"},
    {"ERR AUTH", "it has no password, or an older one: leave "
                 "IntrospectCachePassword out"},
    {"ERR Client sent AUTH", "it has no password: leave "
                             "IntrospectCachePassword out"},
    {"NOPERM", "its user may not do this: ACL SETUSER NAME ~introspect:* +get "
               "+set +select"},
    {"READONLY", "it is a replica, which takes no writes: name its primary, or "
                 "all addresses, in IntrospectCache"},
    {"MOVED", "it is a cluster node, and each key belongs to one node: use a "
              "Redis that is not a cluster"},
    {"ASK", "it is a cluster node: use a Redis that is not a cluster"},
    {"CLUSTERDOWN", "it is a cluster node: use a Redis that is not a cluster"},
    {"OOM", "its memory is full: give it more, or maxmemory-policy "
            "allkeys-lru"},
    {"LOADING", "it is reading its data from disk"},
    {"MASTERDOWN", "it is a replica that has lost its primary"},
    {"MISCONF", "it cannot write to its disk, so it accepts no writes"},
    {"ERR DB index", "it has no such database"},
    {"ERR invalid DB index", "it has no such database"},
    {"ERR max number of clients", "it has reached its limit of clients"},
};

void mai_rediserror_explain(char *why, apr_size_t room, const char *text,
                            apr_size_t length)
{
    char word[WORD_MAX + 1];
    apr_size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        apr_size_t size = strlen(known[i].begins);

        if (length >= size && memcmp(text, known[i].begins, size) == 0) {
            apr_cpystrn(why, known[i].means, room);
            return;
        }
    }
    for (i = 0; i < length && i < WORD_MAX && text[i] >= 'A' && text[i] <= 'Z';
         i++) {
        word[i] = text[i];
    }
    word[i] = '\0';
    apr_snprintf(why, room, "it answered with an error%s%s",
                 i > 0 ? " that begins with " : "", word);
}
