/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sentinel.h"

#include <string.h>

#include <apr_strings.h>

#include "store/rediserror.h"

static apr_status_t say(mai_link_t *link, const mai_watched_t *watched);
static apr_status_t refuse(const mai_reply_t *reply, char *why,
                           apr_size_t room);
static apr_status_t take(mai_primary_t *primary, const mai_reply_t *reply);

apr_status_t mai_sentinel_ask(mai_primary_t *primary, mai_link_t *link,
                              const mai_watched_t *watched, apr_time_t until,
                              char *why, apr_size_t room)
{
    mai_reply_t reply = {0};
    apr_status_t rv = say(link, watched);
    int replies = watched->password != NULL ? 2 : 1;

    while (rv == APR_SUCCESS && replies-- > 0) {
        rv = mai_link_hear(link, &reply, until);
        if (rv == APR_SUCCESS && reply.kind == MAI_REPLY_ERROR) {
            return refuse(&reply, why, room);
        }
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (reply.kind == MAI_REPLY_NIL) {
        apr_snprintf(why, room, "its Sentinels know no primary '%s'",
                     watched->name);
        return APR_EGENERAL;
    }
    return take(primary, &reply);
}

static apr_status_t say(mai_link_t *link, const mai_watched_t *watched)
{
    apr_status_t rv = APR_SUCCESS;
    mai_command_t ask = {0};

    if (watched->password != NULL) {
        mai_command_t auth = {0};

        mai_command_word(&auth, "AUTH");
        mai_command_word(&auth, watched->password);
        rv = mai_link_say(link, &auth);
    }
    mai_command_word(&ask, "SENTINEL");
    mai_command_word(&ask, "get-master-addr-by-name");
    mai_command_word(&ask, watched->name);
    return rv == APR_SUCCESS ? mai_link_say(link, &ask) : rv;
}

static apr_status_t refuse(const mai_reply_t *reply, char *why, apr_size_t room)
{
    static const char *const passwords[] = {"NOAUTH", "WRONGPASS", "ERR AUTH"};
    apr_size_t i;

    for (i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++) {
        apr_size_t size = strlen(passwords[i]);

        if (reply->size >= size &&
            memcmp(reply->bytes, passwords[i], size) == 0) {
            apr_cpystrn(why,
                        "a Sentinel requires another password, or none: the "
                        "second word of IntrospectCachePassword",
                        room);
            return APR_EGENERAL;
        }
    }
    mai_rediserror_explain(why, room, reply->bytes, reply->size);
    return APR_EGENERAL;
}

/* The host goes to the resolver, and the port is a number. */
static apr_status_t take(mai_primary_t *primary, const mai_reply_t *reply)
{
    char digits[6];
    apr_int64_t port;

    if (reply->kind != MAI_REPLY_PAIR || reply->size == 0 ||
        reply->size > MAI_LOCATION_HOST_MAX ||
        memchr(reply->bytes, '\0', reply->size) != NULL ||
        reply->other_size == 0 || reply->other_size >= sizeof(digits)) {
        return APR_EINVAL;
    }
    apr_cpystrn(digits, reply->other, reply->other_size + 1);
    port = strspn(digits, "0123456789") == reply->other_size
               ? apr_atoi64(digits)
               : 0;
    if (port < 1 || port > 65535) {
        return APR_EINVAL;
    }
    memcpy(primary->name, reply->bytes, reply->size);
    primary->name[reply->size] = '\0';
    primary->port = (int)port;
    return APR_SUCCESS;
}
