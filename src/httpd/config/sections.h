/* SPDX-License-Identifier: Apache-2.0
 *
 * What the sections of a configuration hold between them. A request merges
 * several, and at start nobody knows which: what one lacks another may bring.
 */
#ifndef MAI_SECTIONS_H
#define MAI_SECTIONS_H

#include <httpd.h>

#include "config/config.h"
#include "server/combination.h"

/* Something that holds of a server as one section sets it, or not. */
typedef int (*mai_sections_predicate_t)(const mai_combination_t *server);

/* Does any section allow http to other hosts? */
int mai_sections_allow_insecure(void);

/* Is there a server of which it holds: set in any section, or with a name? */
int mai_sections_have_server(mai_sections_predicate_t holds);

/* Does any section that requests to `s` can be in name an authorization server
 * or its endpoint? */
int mai_sections_bring_server(const server_rec *s,
                              const server_rec *main_server);

/* Can requests to `s` be in the section of these settings? */
int mai_sections_serve(const mai_combination_t *server, const server_rec *s,
                       const server_rec *main_server);

/* Is `dir` a section outside of virtual hosts, while endpoints are set within
 * some of them? */
int mai_sections_in_host_only(const mai_dir_t *dir,
                              const server_rec *main_server);

#endif
