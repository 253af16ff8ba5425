/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/credentials.h"

#include <string.h>

#include <apr_strings.h>

#include "directives/argument.h"
#include "directives/secret.h"
#include "jose/jwks.h"

static const char *read_file(ti_bytes_t *bytes, ti_file_t *from, cmd_parms *cmd,
                             const char *name);
static apr_status_t wipe(void *bytes);

const char *mai_credentials_method(ti_server_t *server, cmd_parms *cmd,
                                   const char *word, const char *alg)
{
    ti_algs_t fitting;

    server->auth = ti_auth_of_name(word);
    if (server->auth == TI_AUTH_UNSET) {
        return mai_argument_complain(
            cmd, word,
            "write client_secret_basic, client_secret_post, "
            "client_secret_basic_raw, client_secret_jwt, private_key_jwt, "
            "tls_client_auth, self_signed_tls_client_auth, bearer or none");
    }
    server->assertion.alg = ti_alg_of_name(alg);
    server->assertion.alg_name = alg;
    fitting = server->auth == TI_AUTH_SECRET_JWT ? TI_ALGS_HS
              : server->auth == TI_AUTH_KEY_JWT  ? TI_ALGS_ASYMMETRIC
                                                 : 0;
    if (alg == NULL || (server->assertion.alg & fitting) != 0) {
        return NULL;
    }
    return mai_argument_complain(
        cmd, alg,
        server->auth == TI_AUTH_SECRET_JWT ? "write HS256, HS384 or HS512"
        : server->auth == TI_AUTH_KEY_JWT
            ? "write RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, "
              "ES512, EdDSA or Ed25519"
            : "this method signs nothing: leave the algorithm out");
}

const char *mai_credentials_secret(ti_server_t *server, cmd_parms *cmd,
                                   const char *text, const char *former)
{
    const char *complaint = mai_secret_read(&server->client_secret, cmd, text);

    server->where = mai_argument_where(cmd);
    server->previous.secret = NULL;
    return complaint != NULL || former == NULL
               ? complaint
               : mai_secret_read(&server->previous.secret, cmd, former);
}

const char *mai_credentials_bearer(ti_server_t *server, cmd_parms *cmd,
                                   const char *text)
{
    server->where = mai_argument_where(cmd);
    mai_secret_source(&server->bearer_file, &server->bearer_source, cmd, text);
    return mai_secret_read(&server->bearer, cmd, text);
}

const char *mai_credentials_key(ti_server_t *server, cmd_parms *cmd,
                                const char *text)
{
    const char *secret;
    const char *why;
    const char *complaint = mai_secret_read_lines(&secret, cmd, text);

    if (complaint != NULL) {
        return complaint;
    }
    server->assertion.keys =
        ti_jwks_load(&why, secret, strlen(secret), cmd->pool);
    explicit_bzero((char *)(apr_uintptr_t)secret, strlen(secret));
    if (server->assertion.keys == NULL) {
        return apr_psprintf(cmd->pool,
                            "%s cannot be used: %s. Give a private key as "
                            "PEM, a JWK or a set of JWKs",
                            cmd->cmd->name, why);
    }
    server->assertion.public_keys =
        ti_jwks_public(server->assertion.keys, cmd->pool);
    return NULL;
}

const char *mai_credentials_audience(ti_server_t *server, cmd_parms *cmd,
                                     const char *word)
{
    server->assertion.audience = word;
    return *word != '\0'
               ? NULL
               : mai_argument_complain(cmd, word,
                                       "write issuer, endpoint, "
                                       "token_endpoint, or the value of aud");
}

const char *mai_credentials_certificate(ti_server_t *server, cmd_parms *cmd,
                                        const char *path)
{
    return read_file(&server->certificate.file, &server->certificate.from, cmd,
                     path);
}

const char *mai_credentials_certificate_key(ti_server_t *server, cmd_parms *cmd,
                                            const char *path)
{
    return read_file(&server->certificate.key_file,
                     &server->certificate.key_from, cmd, path);
}

/* Whole, with a NUL behind it: by root, so that no other user has to be able
 * to read it. */
static const char *read_file(ti_bytes_t *bytes, ti_file_t *from, cmd_parms *cmd,
                             const char *name)
{
    const char *path = ap_server_root_relative(cmd->pool, name);
    apr_status_t rv = APR_EBADPATH;
    char *text = NULL;

    if (path != NULL) {
        from->path = path;
        from->stamp = ti_file_stamp(path, cmd->temp_pool);
        rv = ti_file_read(&text, &bytes->size, path, TI_CERTIFICATE_MAX,
                          cmd->pool);
    }
    if (rv == APR_ENOSPC) {
        return mai_argument_refuse(cmd, name, "it is larger than 65,536 bytes");
    }
    if (rv == APR_EOF) {
        return mai_argument_refuse(cmd, name, "it is empty");
    }
    if (rv != APR_SUCCESS) {
        return mai_argument_refuse(cmd, name,
                                   apr_psprintf(cmd->pool, "%pm", &rv));
    }
    bytes->data = (unsigned char *)text;
    apr_pool_cleanup_register(cmd->pool, bytes, wipe, apr_pool_cleanup_null);
    return NULL;
}

static apr_status_t wipe(void *bytes)
{
    ti_bytes_wipe(bytes);
    return APR_SUCCESS;
}
