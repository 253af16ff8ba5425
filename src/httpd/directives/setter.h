/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rows of the directive table share: the settings are found, or the
 * row is refused where it stands, before its own function reads the words.
 *
 * Every function of a row returns NULL, or a complaint in the configuration's
 * pool that says what to write.
 */
#ifndef MAI_SETTER_H
#define MAI_SETTER_H

#include <httpd.h>
#include <http_config.h>

#include "ask/server.h"
#include "config/config.h"

/* Forget what was written twice in the last reading (pre_config), and what was
 * in this one: sentences, of const char *. */
void mai_setter_begin(apr_pool_t *pconf);
const apr_array_header_t *mai_setter_twice(void);

/* Note that this directive, of which one line counts, stands in its section
 * with other words before. */
void mai_setter_note(cmd_parms *cmd);

/* cmd_data of a row about the authorization server of a section. It has the
 * function that fits the number of words, and no other. */
typedef struct mai_server_setter_t {
    const char *(*word)(ti_server_t *server, cmd_parms *cmd, const char *word);
    const char *(*pair)(ti_server_t *server, cmd_parms *cmd, const char *first,
                        const char *second); /* NULL: left out */
    const char *(*list)(ti_server_t *server, cmd_parms *cmd, int argc,
                        char *const argv[]);
} mai_server_setter_t;

/* The same about the place itself. */
typedef struct mai_place_setter_t {
    const char *(*word)(mai_dir_t *dir, cmd_parms *cmd, const char *word);
    const char *(*pair)(mai_dir_t *dir, cmd_parms *cmd, const char *first,
                        const char *second);
    const char *(*list)(mai_dir_t *dir, cmd_parms *cmd, int argc,
                        char *const argv[]);
} mai_place_setter_t;

/* httpd's handlers of rows. A row that is not for AllowOverride AuthConfig is
 * refused in a .htaccess, also where AllowOverrideList lets any directive in:
 * its author must neither read secrets nor choose where tokens are sent, and
 * its pool ends with the request. */
const char *mai_setter_server_word(cmd_parms *cmd, void *config,
                                   const char *word);
const char *mai_setter_server_pair(cmd_parms *cmd, void *config,
                                   const char *first, const char *second);
const char *mai_setter_server_list(cmd_parms *cmd, void *config, int argc,
                                   char *const argv[]);

const char *mai_setter_place_word(cmd_parms *cmd, void *config,
                                  const char *word);
const char *mai_setter_place_pair(cmd_parms *cmd, void *config,
                                  const char *first, const char *second);
const char *mai_setter_place_list(cmd_parms *cmd, void *config, int argc,
                                  char *const argv[]);

/* One value at an offset in ti_server_t, which is the row's cmd_data. A secret
 * says who we are, so its line is noted for the log. */
const char *mai_setter_server_time(cmd_parms *cmd, void *config,
                                   const char *word);
const char *mai_setter_server_switch(cmd_parms *cmd, void *config,
                                     const char *word);
const char *mai_setter_server_secret(cmd_parms *cmd, void *config,
                                     const char *text);

/* The same in mai_dir_t. */
const char *mai_setter_place_time(cmd_parms *cmd, void *config,
                                  const char *word);
const char *mai_setter_place_switch(cmd_parms *cmd, void *config,
                                    const char *word);

#endif
