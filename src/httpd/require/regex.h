/* SPDX-License-Identifier: Apache-2.0
 *
 * httpd's regular expressions (PCRE), as Require lines use them.
 */
#ifndef MAI_REGEX_H
#define MAI_REGEX_H

#include "claims/regex.h"

extern const ti_regex_t mai_regex;

#endif
