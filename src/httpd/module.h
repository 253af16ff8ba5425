/* SPDX-License-Identifier: Apache-2.0
 *
 * The module record, for those who look up its configuration or log for it.
 */
#ifndef MAI_MODULE_H
#define MAI_MODULE_H

#include <httpd.h>
#include <http_config.h>

extern module AP_MODULE_DECLARE_DATA auth_introspect_module;

/* The names by which administrators know us. */
#define MAI_AUTH_TYPE "Introspect" /* AuthType Introspect */
#define MAI_PROVIDER "introspect"  /* AuthBasicProvider introspect */

#endif
