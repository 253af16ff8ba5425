/* SPDX-License-Identifier: Apache-2.0
 *
 * A form being written: application/x-www-form-urlencoded.
 */
#ifndef TI_FORM_H
#define TI_FORM_H

#include <apr_pools.h>

/* Append "name=value" to a form (`form` NULL: begin one). Both are encoded
 * by APR, so that no value can add a parameter. The result is in `p`; the form
 * as it was is wiped. RFC 6749 appendix B. */
char *ti_form_add(char *form, const char *name, const char *value,
                  apr_pool_t *p);

#endif
