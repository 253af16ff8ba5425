/* SPDX-License-Identifier: Apache-2.0
 *
 * Our part of mod_status's page, if that module is loaded: a table, or lines
 * that begin with "Introspect" for ?auto.
 */
#ifndef MAI_STATUS_H
#define MAI_STATUS_H

/* Register with mod_status. */
void mai_status_register(void);

#endif
