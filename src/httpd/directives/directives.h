/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of directives, for httpd: each row names the function that reads
 * its words.
 */
#ifndef MAI_DIRECTIVES_H
#define MAI_DIRECTIVES_H

#include <httpd.h>
#include <http_config.h>

extern const command_rec mai_directives[];

#endif
