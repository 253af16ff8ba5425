/* SPDX-License-Identifier: Apache-2.0
 *
 * What a record says once, in its header, for all requests that read it: the
 * times, and whether it is an ordinary bearer token's.
 */
#ifndef TI_FACTS_H
#define TI_FACTS_H

#include "claims/claims.h"

/* Read exp, nbf and iat by value (RFC 7662 2.2; also from integral strings),
 * token_type, token_use and cnf, and note them in the record's header. */
void ti_facts_note(ti_claims_t *claims);

#endif
