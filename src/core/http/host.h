/* SPDX-License-Identifier: Apache-2.0
 *
 * The host of a URL.
 */
#ifndef TI_HOST_H
#define TI_HOST_H

/* Does it name this machine, whatever a resolver says? IPv6 with brackets or
 * without. */
int ti_host_is_loopback(const char *host);

/* libcurl asks, and reads a URL by itself: is this host, which is judged here,
 * the one that it asks? IPv6 in any spelling, without brackets. */
int ti_host_is_asked(const char *url, const char *host);

#endif
