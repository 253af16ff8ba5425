/* SPDX-License-Identifier: Apache-2.0 */
#include "http/host.h"

#include <arpa/inet.h>
#include <string.h>

#include <apr_cstr.h>

#include <curl/curl.h>

static int is_host(const char *curls, const char *host);
static int read_six(struct in6_addr *address, const char *text,
                    apr_size_t length);

int ti_host_is_loopback(const char *host)
{
    return apr_cstr_casecmp(host, "localhost") == 0 ||
           strcmp(host, "::1") == 0 || strcmp(host, "[::1]") == 0 ||
           (strncmp(host, "127.", 4) == 0 &&
            strspn(host, "0123456789.") == strlen(host));
}

int ti_host_is_asked(const char *url, const char *host)
{
    CURLU *parts = curl_url();
    char *curls = NULL;
    int is_same = 0;

    if (parts == NULL) {
        return 0;
    }
    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &curls, 0) == CURLUE_OK) {
        is_same = is_host(curls, host);
    }
    curl_free(curls);
    curl_url_cleanup(parts);
    return is_same;
}

/* libcurl shows an IPv6 address in brackets, without its zone, and in its
 * shortest spelling. */
static int is_host(const char *curls, const char *host)
{
    struct in6_addr asked;
    struct in6_addr judged;

    if (curls[0] != '[') {
        return apr_cstr_casecmp(curls, host) == 0;
    }
    return read_six(&asked, curls + 1, strcspn(curls, "]") - 1) &&
           read_six(&judged, host, strcspn(host, "%")) &&
           memcmp(&asked, &judged, sizeof(asked)) == 0;
}

static int read_six(struct in6_addr *address, const char *text,
                    apr_size_t length)
{
    char copy[INET6_ADDRSTRLEN];

    if (length >= sizeof(copy)) {
        return 0;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return inet_pton(AF_INET6, copy, address) == 1;
}
