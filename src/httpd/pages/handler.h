/* SPDX-License-Identifier: Apache-2.0
 *
 * The pages that SetHandler names. One hook for all: each file that httpd
 * serves asks it.
 */
#ifndef MAI_HANDLER_H
#define MAI_HANDLER_H

#include <httpd.h>

/* httpd's handler hook. DECLINED: no page of ours. */
int mai_handler_serve(request_rec *r);

#endif
