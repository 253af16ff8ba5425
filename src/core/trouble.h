/* SPDX-License-Identifier: Apache-2.0
 *
 * Why an exchange brought no answer, as one sentence for an administrator.
 */
#ifndef TI_TROUBLE_H
#define TI_TROUBLE_H

#include <apr_pools.h>
#include <apr_time.h>

#include "http.h"

/* How far the exchange came. */
typedef enum ti_stage_t {
    TI_STAGE_RESOLVING = 0,
    TI_STAGE_CONNECTING,
    TI_STAGE_TLS,
    TI_STAGE_WAITING, /* the request is sent */
    TI_STAGE_READING
} ti_stage_t;

/* What is known. The caller owns the strings. */
typedef struct ti_trouble_t {
    ti_http_failure_t failure;
    ti_stage_t stage;
    const char *words;     /* those of the HTTP library, or the limit passed */
    const char *addresses; /* resolved to, or ""; numbers */
    int reused;            /* over a kept-alive connection */
    apr_interval_time_t connected; /* after which time; 0: unknown */
    apr_interval_time_t took;
} ti_trouble_t;

/* The sentence, in `p`: one line, without control characters. */
const char *ti_trouble_sentence(const ti_trouble_t *trouble, apr_pool_t *p);

#endif
