/* SPDX-License-Identifier: Apache-2.0
 *
 * Our part of mod_status's page, where that module is loaded: a table, or
 * lines "Introspect<Name>: <number>" with ?auto.
 */
#ifndef MAI_STATUS_H
#define MAI_STATUS_H

/* Register with mod_status, if it is there. */
void mai_status_register(void);

#endif
