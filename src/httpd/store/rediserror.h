/* SPDX-License-Identifier: Apache-2.0
 *
 * What an error of Redis means, and what to do about it.
 */
#ifndef MAI_REDISERROR_H
#define MAI_REDISERROR_H

#include <apr.h>

/* Explain the error that begins with a word such as NOAUTH, in at most `room`
 * bytes of `why`. Nothing of `text` is taken over but a word of capitals: it
 * is another machine's, and may be anything. */
void mai_rediserror_explain(char *why, apr_size_t room, const char *text,
                            apr_size_t length);

#endif
