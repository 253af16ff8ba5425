/* SPDX-License-Identifier: Apache-2.0
 *
 * What a client's Accept says about a media type. RFC 9110 12.5.1.
 */
#ifndef MAI_ACCEPT_H
#define MAI_ACCEPT_H

#include <httpd.h>

/* The highest q, in thousandths, of the ranges that name this type itself; 0:
 * none does. */
int mai_accept_weight(const request_rec *r, const char *type);

#endif
