/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"

#include "base/messages.h"

ti_fault_t ti_fault_of(ti_verdict_t verdict, int message)
{
    switch (verdict) {
    case TI_GRANTED:
        return TI_FAULT_NONE;
    case TI_UNAVAILABLE:
        break;
    case TI_MISCONFIGURED:
    case TI_UNDECIDED:
        return TI_FAULT_CONFIGURATION;
    default:
        return TI_FAULT_TOKEN;
    }
    switch (message) {
    case TI_MSG_RESOLVE:
    case TI_MSG_CONNECT:
    case TI_MSG_TIMEOUT:
    case TI_MSG_TLS:
    case TI_MSG_BROKEN:
        return TI_FAULT_NETWORK;
    default:
        return TI_FAULT_SERVER;
    }
}

const char *ti_fault_name(ti_fault_t fault)
{
    static const char *const names[TI_FAULTS] = {
        "none", "token", "authorization server", "network", "configuration"};

    return names[fault];
}
