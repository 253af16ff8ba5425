/* SPDX-License-Identifier: Apache-2.0
 *
 * A child of httpd that is told to end while it starts. httpd ends it within
 * the signal's handler, in the middle of whatever it was at, such as an
 * allocation. The destructors of libraries that free memory, GnuTLS's below
 * libcurl among them, crash then. Nothing has been served yet, so nothing is
 * lost where they do not run. What httpd itself does within the handler, before
 * the exit and in a child that has started, is as it was.
 */
#ifndef MAI_STARTUP_H
#define MAI_STARTUP_H

/* In the parent, before it forks: a child whose start a signal ends leaves
 * without the exit handlers of libraries. Without memory for that, with them.
 */
void mai_startup_guard(void);

/* In a child, at the end of child_init: it has started, and exits as httpd
 * has it from now on. */
void mai_startup_end(void);

#endif
