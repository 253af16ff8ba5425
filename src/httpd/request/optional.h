/* SPDX-License-Identifier: Apache-2.0
 *
 * What other modules are offered: see mod_auth_introspect.h.
 */
#ifndef MAI_OPTIONAL_H
#define MAI_OPTIONAL_H

/* Register the optional functions. */
void mai_optional_register(void);

#endif
