/* SPDX-License-Identifier: Apache-2.0
 *
 * What other modules are offered: see mod_auth_introspect.h.
 */
#ifndef MAI_OFFER_H
#define MAI_OFFER_H

/* Register the optional functions. */
void mai_offer_register(void);

#endif
