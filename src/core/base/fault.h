/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose fault a refusal is, for who looks for it.
 */
#ifndef TI_FAULT_H
#define TI_FAULT_H

#include "base/result.h"

typedef enum ti_fault_t {
    TI_FAULT_NONE = 0,
    TI_FAULT_TOKEN,         /* or what the place demands of it */
    TI_FAULT_SERVER,        /* the authorization server's */
    TI_FAULT_NETWORK,       /* the way there: names, connections, TLS */
    TI_FAULT_CONFIGURATION, /* ours: what we are to that server, and where */
    TI_FAULTS
} ti_fault_t;

/* By the verdict, and the log id of its cause. */
ti_fault_t ti_fault_of(ti_verdict_t verdict, int message);

/* "none", "token", "authorization server", "network", "configuration". */
const char *ti_fault_name(ti_fault_t fault);

#endif
