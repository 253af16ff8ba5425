/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of credentials that others have made, in a request's variables and
 * notes: removed with what they repeat.
 */
#ifndef MAI_COPIES_H
#define MAI_COPIES_H

#include <httpd.h>

/* The texts to look for, which outlive this. All zero: there are none. */
#define MAI_COPIES_MAX 3
typedef struct mai_copies_t {
    const char *texts[MAI_COPIES_MAX];
    apr_size_t shortest;
    int count;
} mai_copies_t;

/* One more text, of MAI_COPIES_MAX. NULL is none, and what is too short to be
 * told from other text is left out. */
void mai_copies_add(mai_copies_t *copies, const char *text);

/* Remove each variable and note of this request that holds one of them: of
 * SetEnvIf and RewriteRule, also under their REDIRECT_ names. Not those that we
 * set: a claim may well be equal to the token. */
void mai_copies_remove(request_rec *r, const mai_copies_t *copies);

#endif
