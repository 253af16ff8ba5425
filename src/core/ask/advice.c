/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/advice.h"

#include <apr_strings.h>

#include "ask/server.h"
#include "base/messages.h"

const char *ti_advice_for(const ti_question_t *question,
                          const ti_outcome_t *outcome)
{
    static const char *const advice[] = {
        [TI_AUTH_UNSET] = "",
        [TI_AUTH_BASIC] =
            "check IntrospectClientID and IntrospectClientSecret; some servers "
            "require IntrospectClientAuth client_secret_basic_raw or "
            "client_secret_post",
        [TI_AUTH_BASIC_RAW] =
            "check IntrospectClientID and IntrospectClientSecret; others "
            "require IntrospectClientAuth client_secret_basic or "
            "client_secret_post",
        [TI_AUTH_POST] =
            "check IntrospectClientID and IntrospectClientSecret; others "
            "require IntrospectClientAuth client_secret_basic",
        [TI_AUTH_BEARER] = "has IntrospectBearerToken expired, and may it "
                           "introspect?",
        [TI_AUTH_SECRET_JWT] =
            "check IntrospectClientID and IntrospectClientSecret; is the clock "
            "right, and does the server require another "
            "IntrospectAssertionAudience or algorithm?",
        [TI_AUTH_KEY_JWT] =
            "does it know the public key of IntrospectClientKey (SetHandler "
            "introspect-client-jwks serves it)? Is the clock right, and does "
            "the server require another IntrospectAssertionAudience or "
            "algorithm?",
        [TI_AUTH_TLS] =
            "does it know the subject and the authority of "
            "IntrospectTLSCertificate, and is this the endpoint that asks for "
            "one (mtls_endpoint_aliases)?",
        [TI_AUTH_TLS_SELF] =
            "does it know the key of IntrospectTLSCertificate, and is this the "
            "endpoint that asks for one (mtls_endpoint_aliases)?",
        [TI_AUTH_NONE] = "it may require a client secret",
    };
    const ti_server_t *server = question->server;

    if (outcome->message == TI_MSG_BAD_REQUEST) {
        return "; is this URL the introspection endpoint, with https, and does "
               "the server accept this client's id and method "
               "(IntrospectClientID, IntrospectClientAuth)?";
    }
    if (outcome->message != TI_MSG_CREDENTIALS) {
        return "";
    }
    return apr_psprintf(
        question->p, ", sent for client '%s'%s by %s%s%s: %s",
        server->client_id != NULL ? server->client_id : "",
        server->previous.secret != NULL ? " with both secrets" : "",
        ti_auth_name(server->auth), server->where != NULL ? ", as set at " : "",
        server->where != NULL ? server->where : "", advice[server->auth]);
}
