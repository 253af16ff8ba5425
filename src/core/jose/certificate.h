/* SPDX-License-Identifier: Apache-2.0
 *
 * Our certificate for TLS and its key, as files hold them: PEM, or PKCS#12.
 */
#ifndef TI_CERTIFICATE_H
#define TI_CERTIFICATE_H

#include <apr_time.h>

#include "base/file.h"
#include "jose/base64url.h"

/* Bytes of one file: a certificate with all that are above it. */
#define TI_CERTIFICATE_MAX ((apr_size_t)65536)

/* Zero is no certificate. It owns nothing. */
typedef struct ti_certificate_t {
    /* As read; a NUL follows each file's last byte. */
    ti_bytes_t file;     /* the certificate and those above it, in PEM; or
                            all of it in PKCS#12 */
    ti_bytes_t key_file; /* in PEM; empty: it is in the other file */
    ti_file_t from;      /* what they are from */
    ti_file_t key_from;
    const char *passphrase; /* of the key, or NULL */
    /* Made by ti_certificate_ready, in PEM. */
    const char *chain;
    const char *names; /* of its owner: subject and alternative names, in
                          base64url; these stay when it is renewed */
    const char *key;   /* without a passphrase; wiped with its pool */
    const char *why;   /* it cannot be used, or NULL */
    apr_time_t ends;   /* its notAfter; 0: not known */
} ti_certificate_t;

/* Is any of it set? */
int ti_certificate_is_set(const ti_certificate_t *certificate);

/* Read it, into `p`: certificate and key have to belong together. Where that
 * cannot be, ->why is a sentence. Nobody is asked for a passphrase, and
 * OpenSSL's error queue stays as it was. */
void ti_certificate_ready(ti_certificate_t *certificate, apr_pool_t *p);

#endif
