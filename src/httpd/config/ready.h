/* SPDX-License-Identifier: Apache-2.0
 *
 * From settings to a server that can be asked: defaults, keys, and its number
 * among those whose health all processes know.
 */
#ifndef MAI_READY_H
#define MAI_READY_H

#include "ask/server.h"

struct ti_flights_t;

/* From post_config on: the secret of the keys, and how many requests httpd can
 * serve at once. Servers that are made ready now have no number yet. */
void mai_ready_arm(const unsigned char *secret, int workers, apr_pool_t *pconf);

/* How many different servers have been made ready since then. */
apr_uint32_t mai_ready_count(void);

/* Give them, and those that requests combine, their numbers in the flights. */
void mai_ready_number(struct ti_flights_t *all);

/* Finish and arm settings, in `p`. */
apr_status_t mai_ready_make(ti_server_t *server, apr_pool_t *p);

/* Its number in shared memory, or a place among those that get theirs later. */
void mai_ready_enrol(ti_server_t *server);

#endif
