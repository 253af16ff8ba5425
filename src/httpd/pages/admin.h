/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages for administrators, and whom they answer.
 */
#ifndef MAI_ADMIN_H
#define MAI_ADMIN_H

#include <httpd.h>

#include "config/config.h"

/* Nonzero: httpd.conf alone says that this page is here and who may see it.
 * Zero where a .htaccess may set a handler, or say who is let in, unless
 * IntrospectAdmin, which no .htaccess can write, is On. */
int mai_admin_is_ours(request_rec *r, const mai_dir_t *dir);

/* Why a page that tells secrets of people, or forgets what is remembered, does
 * not serve this request: nobody is authenticated, and IntrospectAdmin is not
 * On; or it is Off; or a .htaccess may set what protects the page; or nobody is
 * authenticated and it is asked for by a name that this server does not have.
 * NULL: it serves. */
const char *mai_admin_complaint(request_rec *r, const mai_dir_t *dir);

/* What to do about it, for the log. */
#define MAI_ADMIN_REMEDY                                                       \
    "a .htaccess may set handlers or passwords here: write AllowOverride "     \
    "None for this place, or IntrospectAdmin On in httpd.conf"

#endif
