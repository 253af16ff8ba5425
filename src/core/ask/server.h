/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything about one authorization server: its endpoints, our credentials
 * there, how long its answers are remembered.
 */
#ifndef TI_SERVER_H
#define TI_SERVER_H

#include <apr_tables.h>
#include <apr_time.h>

#include "ask/assertion.h"
#include "ask/method.h"
#include "ask/signing.h"
#include "base/file.h"
#include "base/key.h"
#include "http/route.h"
#include "jose/certificate.h"

typedef enum ti_switch_t {
    TI_SWITCH_UNSET = 0,
    TI_SWITCH_ON,
    TI_SWITCH_OFF
} ti_switch_t;

/* A further parameter of the form. */
typedef struct ti_param_t {
    const char *name;
    const char *value;
} ti_param_t;

#define TI_SERVER_ENDPOINTS_MAX 8

/* What proved who we are until the secret was replaced, and does so for as long
 * as the server has not heard of that. */
typedef struct ti_previous_t {
    const char *secret; /* NULL: there is none */
    /* Made with the server itself. */
    ti_assertion_t assertion;
    ti_key_t credentials;
} ti_previous_t;

/* Settings as read; NULL, TI_..._UNSET and -1 mean "not set" until
 * ti_server_finish. Read-only afterwards; owned by the pool it was made in. */
typedef struct ti_server_t {
    const char *name;         /* of <IntrospectServer NAME>; NULL: none */
    const char *token_prefix; /* all its tokens begin with it; or NULL */
    const char *issuer;       /* iss of its answers; NULL: not known */
    int issuer_required;      /* nonzero: an answer has to say it */
    const apr_array_header_t *endpoints; /* of const char *: equivalent ones */
    ti_auth_t auth;
    const char *client_id;
    const char *client_secret;
    ti_previous_t previous; /* of client_secret */
    const char *bearer;
    const char *bearer_source; /* file:PATH and the like that it is from; NULL:
                                  it was written as text */
    ti_file_t bearer_file;
    ti_assertion_t assertion;     /* with a JWT instead of the secret itself */
    ti_certificate_t certificate; /* ours, for TLS */
    const char *token_endpoint;   /* NULL: not known */
    const char *hint;             /* token_type_hint; "" = none */
    const apr_array_header_t *params; /* of ti_param_t */
    apr_interval_time_t timeout;      /* the whole question */
    apr_interval_time_t connect_timeout;
    ti_switch_t tls_verify;
    const char *tls_ca;      /* certificates of authorities, in PEM */
    ti_file_t tls_ca_file;   /* or directory that they are from */
    int tls_min;             /* 12: TLS 1.2; 13: TLS 1.3; 0: not set */
    const char *tls_pins;    /* as ti_route_t has them */
    const char *proxy;       /* of the way there; "": none */
    const char *proxy_login; /* USER:PASSWORD for it */
    const char *no_proxy;    /* as ti_route_t has them */
    const apr_array_header_t *headers; /* of ti_header_t: for gateways */
    ti_switch_t trace; /* traceparent: made where a request has none, or not
                          even passed on; not set: passed on */
    ti_switch_t allow_insecure;        /* http to other hosts than loopback */
    apr_interval_time_t cache_max_age; /* cap on an active answer */
    apr_interval_time_t negative_max_age; /* cap on an inactive one */
    apr_interval_time_t stale_if_error;   /* beyond the cap, in trouble */
    int refresh;                          /* per cent of the life; 0 = off */
    int calls_max;                        /* simultaneous questions */
    const char *jwks_url;
    ti_signing_t signing; /* of its answers */
    const char *where; /* for the log: file and line of what says who we are */
    const char *discovery; /* the issuer whose metadata say the rest; or NULL */
    apr_interval_time_t discovery_age; /* how often these are read again */

    /* Made by ti_server_finish. */
    ti_key_t identity;  /* see ti_server_identify */
    const char *remark; /* what is odd about the settings beside what metadata
                           say; or NULL */
    int undiscovered;   /* nonzero: metadata have yet to say the endpoint
                           or the method */
    int keys_elsewhere; /* nonzero: metadata say that the key set is on another
                           host, which gets no `headers` */
    ti_route_t route;
    int ranks[TI_SERVER_ENDPOINTS_MAX]; /* of the endpoints, in their order:
                                           which breaker is whose */
    /* Made by ti_server_make_keys. */
    ti_keyring_t *tokens;
    ti_keyring_t *former; /* the same by the secret of before; or NULL */
    ti_keyring_t *documents;
    ti_key_t credentials;    /* keyed digest of what proves who we are */
    ti_key_t registry_key;   /* what it keeps its number by: set before it gets
                               one */
    apr_uint32_t number;     /* in the registry of flights */
    const char *displayname; /* its name in metrics and pages */
    apr_uint32_t row;        /* and in the metrics */
    apr_uint32_t rows[TI_SERVER_ENDPOINTS_MAX]; /* of its endpoints */
    int outlives_requests; /* nonzero: it lives as long as the process, so
                              that a renewal in the background may use it */
    void *owner;           /* whose version it is, for ti_world_t's renewed */
} ti_server_t;

/* A server with nothing set, in `p`. */
ti_server_t *ti_server_create(apr_pool_t *p);

/* What is set in `add`, else what is set in `base`, in `p`. Where both name
 * endpoints, credentials, their method, further parameters and headers, and the
 * key set are not inherited: one server's secret is never sent to another, and
 * no server's keys verify another's signatures. */
ti_server_t *ti_server_merge(const ti_server_t *base, const ti_server_t *add,
                             apr_pool_t *p);

/* Do these settings name an endpoint or an issuer? */
int ti_server_is_set(const ti_server_t *server);

/* What a server with a name takes over from the settings around it, in `p`: how
 * it is reached and how long its answers are remembered, never what says who
 * it is or who we are to it. */
ti_server_t *ti_server_inherit(const ti_server_t *base, apr_pool_t *p);

/* Put defaults in place of what is not set, and derive the identity. `workers`:
 * requests that httpd can serve at once, of which the questions under way take
 * half at most, unless somebody set it; 0: not known. */
apr_status_t ti_server_finish(ti_server_t *server, int workers, apr_pool_t *p);

/* Make ready what it signs, where its method does, with algorithms that it
 * takes (0: not known); whether that can be stands in ->assertion.why. Part of
 * ti_server_finish, and repeated when metadata say more. */
void ti_server_sign(ti_server_t *server, ti_algs_t offered, apr_pool_t *p);

/* Is it complete enough to be asked? NULL, or a complaint that says which
 * directive to write. For a finished server. */
const char *ti_server_complaint(const ti_server_t *server, apr_pool_t *p);

/* The same for its key set alone, which needs no endpoint. NULL also when it
 * has no URL. */
const char *ti_server_keys_complaint(const ti_server_t *server, apr_pool_t *p);

/* Fill in ->identity, of settings with their defaults and a route: a digest of
 * all that changes an answer or our trust in it. Not of a secret's text, so
 * that a rotation forgets nothing; but of headers' values, which may choose a
 * tenant, and of a bearer token, where nothing else says whose it is. */
apr_status_t ti_server_identify(ti_server_t *server, apr_pool_t *p);

/* Fill in ->credentials: a digest, keyed with `secret` of TI_SECRET_SIZE bytes,
 * of what proves that we are the client that we say; and those of the previous
 * secret, which are the ones that it had while it was the only one. */
apr_status_t ti_server_digest_credentials(ti_server_t *server,
                                          const void *secret, apr_pool_t *p);

/* The beginning of the digest of our credentials, as a number. */
apr_uint64_t ti_server_credentials_id(const ti_server_t *server);

/* Make the keys of a finished server from the secrets, and the digest of our
 * credentials from our own, for no rotation makes them others. */
apr_status_t ti_server_make_keys(ti_server_t *server,
                                 const ti_key_secrets_t *secrets,
                                 apr_pool_t *p);

#endif
