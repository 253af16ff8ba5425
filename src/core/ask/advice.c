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
        [TI_AUTH_BASIC] = "compare IntrospectClientID and "
                          "IntrospectClientSecret; some servers want "
                          "IntrospectClientAuth client_secret_basic_raw or "
                          "client_secret_post",
        [TI_AUTH_BASIC_RAW] = "compare IntrospectClientID and "
                              "IntrospectClientSecret; others want "
                              "IntrospectClientAuth client_secret_basic or "
                              "client_secret_post",
        [TI_AUTH_POST] = "compare IntrospectClientID and "
                         "IntrospectClientSecret; others want "
                         "IntrospectClientAuth client_secret_basic",
        [TI_AUTH_BEARER] = "has IntrospectBearerToken expired, and may it "
                           "introspect?",
        [TI_AUTH_SECRET_JWT] =
            "compare IntrospectClientID and IntrospectClientSecret; is the "
            "clock right, and does it want another IntrospectAssertionAudience "
            "or algorithm?",
        [TI_AUTH_KEY_JWT] =
            "does it know the public key of IntrospectClientKey (SetHandler "
            "introspect-client-jwks serves it)? Is the clock right, and does "
            "it want another IntrospectAssertionAudience or algorithm?",
        [TI_AUTH_TLS] =
            "does it know the subject and the authority of "
            "IntrospectTLSCertificate, and is this the endpoint that asks for "
            "one (mtls_endpoint_aliases)?",
        [TI_AUTH_TLS_SELF] =
            "does it know the key of IntrospectTLSCertificate, and is this the "
            "endpoint that asks for one (mtls_endpoint_aliases)?",
        [TI_AUTH_NONE] = "it may want a client secret",
    };
    const ti_server_t *server = question->server;

    if (outcome->message == TI_MSG_BAD_REQUEST) {
        return "; is this URL the introspection endpoint, with https, and has "
               "this client an id and a method (IntrospectClientID, "
               "IntrospectClientAuth) that the server takes?";
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
