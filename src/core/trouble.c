/* SPDX-License-Identifier: Apache-2.0 */
#include "trouble.h"

#include <apr_lib.h>
#include <apr_strings.h>

static const char *opening(const ti_trouble_t *trouble, apr_pool_t *p);
static const char *route(const ti_trouble_t *trouble, apr_pool_t *p);
static long milliseconds(apr_interval_time_t time);

const char *ti_trouble_sentence(const ti_trouble_t *trouble, apr_pool_t *p)
{
    char *sentence;
    char *at;

    sentence = apr_psprintf(p, "%s%s; gave up after %ld ms",
                            opening(trouble, p), route(trouble, p),
                            milliseconds(trouble->took));
    for (at = sentence; *at != '\0'; at++) {
        if (!apr_isprint(*at)) {
            *at = '?'; /* words may quote a certificate: an outsider's text */
        }
    }
    return sentence;
}

static const char *opening(const ti_trouble_t *trouble, apr_pool_t *p)
{
    static const char *const stages[] = {
        [TI_STAGE_RESOLVING] = "resolving the host name",
        [TI_STAGE_CONNECTING] = "connecting",
        [TI_STAGE_TLS] = "in the TLS handshake",
        [TI_STAGE_WAITING] = "waiting for the answer",
        [TI_STAGE_READING] = "reading the answer",
    };
    static const char *const openings[] = {
        [TI_HTTP_OK] = "no trouble",
        [TI_HTTP_RESOLVE] = "found no address for the host name",
        [TI_HTTP_CONNECT] = "could not connect",
        [TI_HTTP_TIMEOUT] = "ran out of time",
        [TI_HTTP_TLS] = "TLS failed",
        [TI_HTTP_TOO_LARGE] = "the answer is too large",
        [TI_HTTP_BROKEN] = "got no whole HTTP answer",
        [TI_HTTP_INTERNAL] = "could not do the exchange",
    };

    if (trouble->failure == TI_HTTP_TIMEOUT) {
        return apr_pstrcat(p, openings[TI_HTTP_TIMEOUT], " ",
                           stages[trouble->stage], NULL);
    }
    return apr_pstrcat(p, openings[trouble->failure], ": ", trouble->words,
                       NULL);
}

/* Over which connection, so far as there was one. */
static const char *route(const ti_trouble_t *trouble, apr_pool_t *p)
{
    if (trouble->addresses[0] == '\0') {
        return "";
    }
    if (trouble->reused) {
        return apr_psprintf(p, "; over a kept connection to %s",
                            trouble->addresses);
    }
    if (trouble->connected == 0) {
        return apr_psprintf(p, "; resolved to %s, not connected",
                            trouble->addresses);
    }
    return apr_psprintf(p, "; resolved to %s, connected in %ld ms",
                        trouble->addresses, milliseconds(trouble->connected));
}

static long milliseconds(apr_interval_time_t time)
{
    return (long)((time + 999) / 1000);
}
