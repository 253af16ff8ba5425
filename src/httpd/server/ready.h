/* SPDX-License-Identifier: Apache-2.0
 *
 * From settings to a server that can be asked: defaults, keys, its number in
 * the memory that all processes share, and its rows in the metrics.
 */
#ifndef MAI_READY_H
#define MAI_READY_H

#include <httpd.h>

#include "ask/server.h"

struct ti_flights_t;
struct ti_metrics_t;

/* In post_config: set the secrets of the keys, which live as long as the
 * configuration, and the number of requests that httpd can serve at once.
 * Servers made ready from now on wait for mai_ready_number. */
void mai_ready_arm(const ti_key_secrets_t *secrets, int workers,
                   apr_pool_t *pconf);

/* The number of different servers made ready since then that can be asked; and
 * the most rows of metrics that all of them need. */
apr_uint32_t mai_ready_count(void);
apr_uint32_t mai_ready_rows(void);

/* The i-th server that start has made ready, and in *s the virtual host of its
 * settings. NULL: there are no more. Metadata or files may have replaced it by
 * another version since. */
const ti_server_t *mai_ready_server(const server_rec **s, int i);

/* Give these servers, and later those that requests merge, their numbers in the
 * flights and their rows. */
void mai_ready_number(struct ti_flights_t *all, struct ti_metrics_t *rows);

/* Fill in defaults and keys of these settings, in `p`. */
apr_status_t mai_ready_make(ti_server_t *server, apr_pool_t *p);

/* Give a server its number and its row, or, before mai_ready_number, let it
 * wait for them. Its settings are in `s`. `is_asked`: there is no complaint
 * about it, so it needs a number. Memory is in `p`. */
void mai_ready_enrol(ti_server_t *server, const server_rec *s, int is_asked,
                     apr_pool_t *p);

/* Update the gauges of its row, after its credentials were read. */
void mai_ready_renewed(const ti_server_t *server);

/* Find or make the rows of its endpoints, under its displayname. */
void mai_ready_measure(ti_server_t *server, apr_pool_t *p);

#endif
