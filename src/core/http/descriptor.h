/* SPDX-License-Identifier: Apache-2.0
 *
 * Curl's own file descriptors, which programs that httpd starts must not
 * inherit.
 */
#ifndef TI_DESCRIPTOR_H
#define TI_DESCRIPTOR_H

/* Have those pairs of sockets that this process made for itself closed in
 * programs that it executes. Curl makes one for each handle and opens it to
 * all; it can be told of no way to do otherwise. Does nothing where there is no
 * /proc. */
void ti_descriptor_hide(void);

#endif
