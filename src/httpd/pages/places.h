/* SPDX-License-Identifier: Apache-2.0
 *
 * What configuration holds where, for the status page: sections with AuthType
 * Introspect, or with our provider for Basic, of httpd.conf.
 */
#ifndef MAI_PLACES_H
#define MAI_PLACES_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <httpd.h>

#include "pages/sheet.h"

/* At start, once servers have their names: learn them from the configuration's
 * sections (of mai_dir_t *). */
void mai_places_learn(const apr_array_header_t *sections, apr_pool_t *pconf);

/* A virtual host by its name and port; or "the main server". */
const char *mai_places_host(const server_rec *s, apr_pool_t *p);

/* Table "places". Of Require lines whose arguments may be a secret, which are
 * those of modules that we do not know, only the provider's name is in it. */
void mai_places_write(mai_sheet_t *sheet);

#endif
