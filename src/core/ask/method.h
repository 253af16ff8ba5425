/* SPDX-License-Identifier: Apache-2.0
 *
 * How we prove who we are to the authorization server, RFC 6749 2.3.
 */
#ifndef TI_METHOD_H
#define TI_METHOD_H

/* Names of the IANA registry "OAuth Token Endpoint Authentication Methods",
 * and two of our own. */
typedef enum ti_auth_t {
    TI_AUTH_UNSET = 0,
    TI_AUTH_BASIC,      /* client_secret_basic */
    TI_AUTH_BASIC_RAW,  /* client_secret_basic_raw: not form-encoded first */
    TI_AUTH_POST,       /* client_secret_post */
    TI_AUTH_BEARER,     /* bearer: a token of our own, RFC 7662 2.1 */
    TI_AUTH_SECRET_JWT, /* client_secret_jwt, RFC 7523 */
    TI_AUTH_KEY_JWT,    /* private_key_jwt, RFC 7523 */
    TI_AUTH_TLS,        /* tls_client_auth, RFC 8705 2.1 */
    TI_AUTH_TLS_SELF,   /* self_signed_tls_client_auth, RFC 8705 2.2 */
    TI_AUTH_NONE        /* none: only client_id, if there is one */
} ti_auth_t;

/* The name of a method, or the method of a name (TI_AUTH_UNSET: unknown). */
ti_auth_t ti_auth_of_name(const char *name);
const char *ti_auth_name(ti_auth_t auth);

/* What it needs. */
int ti_auth_needs_id(ti_auth_t auth);
int ti_auth_needs_secret(ti_auth_t auth);

/* Does it send an assertion with each question? */
int ti_auth_asserts(ti_auth_t auth);

/* Does it need a certificate of ours? */
int ti_auth_needs_certificate(ti_auth_t auth);

#endif
