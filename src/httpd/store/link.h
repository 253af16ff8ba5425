/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection to a Redis: commands out, replies in, each by a deadline. The
 * only file that knows hiredis, which writes commands and reads replies; the
 * waiting is done here, for hiredis's own time limits start again with each
 * byte that arrives.
 */
#ifndef MAI_LINK_H
#define MAI_LINK_H

#include <apr_errno.h>
#include <apr_time.h>

#include "store/location.h"

typedef struct mai_link_t mai_link_t;

#define MAI_LINK_WORDS 6 /* of a command, at most */

/* A command; its words belong to the caller, and are copied when it is sent. */
typedef struct mai_command_t {
    int count;
    const char *words[MAI_LINK_WORDS];
    apr_size_t sizes[MAI_LINK_WORDS];
} mai_command_t;

typedef enum mai_reply_kind_t {
    MAI_REPLY_OTHER = 0, /* of a kind that no command of ours is answered by */
    MAI_REPLY_NIL,
    MAI_REPLY_DONE, /* a status or a number */
    MAI_REPLY_VALUE,
    MAI_REPLY_PAIR, /* two values */
    MAI_REPLY_ERROR /* bytes: its text, which may be anything */
} mai_reply_kind_t;

/* One reply. Its bytes are the connection's, until the next one is read. */
typedef struct mai_reply_t {
    mai_reply_kind_t kind;
    const char *bytes;
    apr_size_t size;
    const char *other; /* the second of a pair */
    apr_size_t other_size;
} mai_reply_t;

/* Begin to connect to the path, or else to the host. NULL where not even that
 * can be done. A name of a host is looked up meanwhile, for as long as the
 * resolver likes. */
mai_link_t *mai_link_open(const char *path, const mai_host_t *host);

void mai_link_close(mai_link_t *link);

/* A word at the end of a command. */
void mai_command_add(mai_command_t *command, const void *word, apr_size_t size);
void mai_command_word(mai_command_t *command, const char *word);

/* Send a command with the next reply that is read. */
apr_status_t mai_link_say(mai_link_t *link, const mai_command_t *command);

/* Read the next reply, until `until` of the steady clock. APR_TIMEUP when it
 * was not there by then; APR_EOF, or the system's error, when the connection
 * broke; APR_EINVAL for what is no reply, or is longer than any of ours.
 * After either only mai_link_close may follow. */
apr_status_t mai_link_hear(mai_link_t *link, mai_reply_t *reply,
                           apr_time_t until);

#endif
