/* SPDX-License-Identifier: Apache-2.0
 *
 * From settings to a server that can be asked: defaults, keys, its number among
 * those whose health all processes know, and its rows in the metrics.
 */
#ifndef MAI_READY_H
#define MAI_READY_H

#include <httpd.h>

#include "ask/server.h"

struct ti_flights_t;
struct ti_metrics_t;

/* From post_config on: the secrets of the keys, which live as long as the
 * configuration, and how many requests httpd can serve at once. Servers that
 * are made ready now have no number yet. */
void mai_ready_arm(const ti_key_secrets_t *secrets, int workers,
                   apr_pool_t *pconf);

/* How many different servers have been made ready since then; how many rows of
 * metrics they need at most. */
apr_uint32_t mai_ready_count(void);
apr_uint32_t mai_ready_rows(void);

/* Those that start made ready, one after the other, and where their settings
 * stand; NULL: there is none at `i` any more. Metadata may have made another
 * one of it since. */
const ti_server_t *mai_ready_server(const server_rec **s, int i);

/* Give them, and those that requests combine, their numbers in the flights, and
 * their rows. */
void mai_ready_number(struct ti_flights_t *all, struct ti_metrics_t *rows);

/* Finish and arm settings, in `p`. */
apr_status_t mai_ready_make(ti_server_t *server, apr_pool_t *p);

/* Its number in shared memory and its row, or a place among those that get
 * theirs later; for settings that stand in `s`, in `p`. `is_asked`: it has no
 * complaint. */
void mai_ready_enrol(ti_server_t *server, const server_rec *s, int is_asked,
                     apr_pool_t *p);

/* It has other credentials than before: tell the metrics. */
void mai_ready_renewed(const ti_server_t *server);

/* The rows of its endpoints, by its displayname. */
void mai_ready_measure(ti_server_t *server, apr_pool_t *p);

#endif
