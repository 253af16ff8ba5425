/* SPDX-License-Identifier: Apache-2.0
 *
 * Curl's memory, wiped when it is given back: its buffers have held tokens and
 * our secret.
 */
#ifndef TI_ALLOCATION_H
#define TI_ALLOCATION_H

#include <curl/curl.h>

/* Initialize curl for this process with such memory; followed by
 * curl_global_cleanup. Where another module has initialized it before, it keeps
 * its own memory, which is not wiped. */
CURLcode ti_allocation_open(void);

#endif
