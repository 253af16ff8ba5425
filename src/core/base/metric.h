/* SPDX-License-Identifier: Apache-2.0
 *
 * What is counted, for all processes: rows of words in shared memory, one row
 * for each authorization server, each of its endpoints and each store. Words
 * are added to without locks, spread over stripes, so that processes do not
 * contend for one cache line; a row is found by its labels, over graceful
 * restarts too.
 *
 *      0 +----------------------+
 *        | head: common words   |
 *        +----------------------+
 *        | rows: labels, gauges |
 *        +----------------------+
 *        | words of row 0       |  TI_METRIC_WORDS of each stripe
 *        | words of row 1 ...   |
 *        +----------------------+
 */
#ifndef TI_METRIC_H
#define TI_METRIC_H

#include <apr_pools.h>
#include <apr_time.h>

/* Bytes of a label, its NUL too. A longer one is cut. */
#define TI_METRIC_LABEL 192

/* Words of a row. */
#define TI_METRIC_WORDS 64

/* Bounds of the histograms of time, and the words that one takes: so many, all
 * that took longer, and the sum in microseconds. */
#define TI_METRIC_BOUNDS 14
#define TI_METRIC_HISTOGRAM (TI_METRIC_BOUNDS + 2)

/* The bounds, in microseconds, ascending. */
extern const apr_interval_time_t ti_metric_bounds[TI_METRIC_BOUNDS];

typedef enum ti_metric_kind_t {
    TI_METRIC_FREE = 0,
    TI_METRIC_SERVER,
    TI_METRIC_ENDPOINT,
    TI_METRIC_STORE
} ti_metric_kind_t;

/* Rows of those for which there is no other: without labels. */
#define TI_METRIC_NO_SERVER 0
#define TI_METRIC_NO_ENDPOINT 1

/* How a request ended. */
typedef enum ti_metric_result_t {
    TI_RESULT_GRANTED = 0,
    TI_RESULT_GUEST, /* let in without a token */
    TI_RESULT_NO_TOKEN,
    TI_RESULT_MALFORMED,
    TI_RESULT_INACTIVE,
    TI_RESULT_EXPIRED,
    TI_RESULT_NOT_YET,
    TI_RESULT_ISSUER,
    TI_RESULT_AUDIENCE,
    TI_RESULT_KIND,
    TI_RESULT_UNBOUND,
    TI_RESULT_SCOPE,
    TI_RESULT_LOGIN,
    TI_RESULT_ORIGIN, /* from a page that may not */
    TI_RESULT_UNAVAILABLE,
    TI_RESULT_MISCONFIGURED,
    TI_RESULTS
} ti_metric_result_t;

/* Where the answer about a token came from. */
typedef enum ti_metric_lookup_t {
    TI_LOOKUP_HIT = 0,
    TI_LOOKUP_NEGATIVE,
    TI_LOOKUP_STALE,
    TI_LOOKUP_MISS,
    TI_LOOKUP_WAIT,
    TI_LOOKUPS
} ti_metric_lookup_t;

/* Why nobody was asked. */
typedef enum ti_metric_refused_t {
    TI_REFUSED_LIMIT = 0,
    TI_REFUSED_BREAKER,
    TI_REFUSED_WORKERS,
    TI_REFUSED_TIMEOUT,
    TI_REFUSED_LOCK,
    TI_REFUSALS
} ti_metric_refused_t;

/* Why somebody was asked, and what came of it. */
typedef enum ti_metric_cause_t {
    TI_CAUSE_MISS = 0,
    TI_CAUSE_REFRESH,
    TI_CAUSE_PROBE,
    TI_CAUSES
} ti_metric_cause_t;

typedef enum ti_metric_outcome_t {
    TI_OUTCOME_ACTIVE = 0,
    TI_OUTCOME_INACTIVE,
    TI_OUTCOME_REFUSED, /* a 400 that is about the token */
    TI_OUTCOME_CREDENTIALS,
    TI_OUTCOME_CLIENT_ERROR,
    TI_OUTCOME_SERVER_ERROR,
    TI_OUTCOME_RATE_LIMITED,
    TI_OUTCOME_TIMEOUT,
    TI_OUTCOME_CONNECT,
    TI_OUTCOME_TLS,
    TI_OUTCOME_ANSWER, /* one that cannot be used */
    TI_OUTCOMES
} ti_metric_outcome_t;

/* Words of a server's row. Those of a hit whose request ended as nearly all do
 * count for two, so that a hit adds once; ti_metric_read adds them to both. */
enum {
    TI_WORD_RESULT = 0,
    TI_WORD_LOOKUP = TI_WORD_RESULT + TI_RESULTS,
    TI_WORD_HIT_GRANTED = TI_WORD_LOOKUP + TI_LOOKUPS,
    TI_WORD_NEGATIVE_INACTIVE,
    TI_WORD_REFUSED,
    TI_WORD_REFRESHED = TI_WORD_REFUSED + TI_REFUSALS, /* and failed */
    TI_WORD_CONNECTIONS = TI_WORD_REFRESHED + 2,
    TI_WORD_JWKS, /* and failed */
    TI_WORD_WAITED = TI_WORD_JWKS + 2,
    TI_WORD_SERVER_END = TI_WORD_WAITED + TI_METRIC_HISTOGRAM
};

/* Words of an endpoint's row. */
enum {
    TI_WORD_ASKED = 0,
    TI_WORD_TOOK = TI_WORD_ASKED + TI_CAUSES * TI_OUTCOMES,
    TI_WORD_TRANSITIONS =
        TI_WORD_TOOK + TI_METRIC_HISTOGRAM, /* of its breaker, by new state */
    TI_WORD_ENDPOINT_END = TI_WORD_TRANSITIONS + 3
};

/* Words of a store's row: operations are reading and writing. */
#define TI_STORE_OPERATIONS 2
enum { TI_STORE_DONE = 0, TI_STORE_NOT_FOUND, TI_STORE_FAILED, TI_STORE_ENDS };
enum {
    TI_WORD_OPERATION = 0,
    TI_WORD_OPERATION_TOOK =
        TI_WORD_OPERATION + TI_STORE_OPERATIONS * TI_STORE_ENDS,
    TI_WORD_STORE_END =
        TI_WORD_OPERATION_TOOK + TI_STORE_OPERATIONS * TI_METRIC_HISTOGRAM
};

/* Words that are nobody's: TI_COMMON_REVOKED by kind (purge, logout, event) and
 * whether it was done; TI_COMMON_SUPPRESSED by the line's number. */
#define TI_METRIC_IDS 256
enum {
    TI_COMMON_REVOKED = 0,
    TI_COMMON_SUPPRESSED = TI_COMMON_REVOKED + 6,
    TI_COMMON_WORDS = TI_COMMON_SUPPRESSED + TI_METRIC_IDS
};

/* What is not counted but is so now. Moments are the wall clock's; 0: not
 * known.
 */
typedef enum ti_metric_gauge_t {
    TI_GAUGE_NUMBER = 0,   /* of a server or its endpoint in the flights */
    TI_GAUGE_CALLS_MAX,    /* of a server */
    TI_GAUGE_CERTIFICATE,  /* when ours ends */
    TI_GAUGE_SECRET,       /* when ours was read */
    TI_GAUGE_LAST_SUCCESS, /* of a key set, of an endpoint */
    TI_GAUGE_BREAKER,      /* 1 + an endpoint's breaker; 0: it has none */
    TI_GAUGE_IS_UP,        /* a store: 1 it is, 2 it is not */
    TI_GAUGES
} ti_metric_gauge_t;

typedef struct ti_metrics_t ti_metrics_t;

/* A row as it was at one moment, all stripes summed. */
typedef struct ti_metric_row_t {
    ti_metric_kind_t kind;
    int listed;       /* nonzero: the configuration of now has it */
    apr_time_t since; /* counted from then on (wall) */
    char server[TI_METRIC_LABEL];
    char endpoint[TI_METRIC_LABEL];
    apr_int64_t gauges[TI_GAUGES];
    apr_uint64_t words[TI_METRIC_WORDS];
} ti_metric_row_t;

/* Bytes of shared memory for so many rows. */
apr_size_t ti_metrics_size(apr_uint32_t rows);

/* Make (`fresh` nonzero) or attach to the metrics at `memory`, zeroed, shared
 * and aligned to 64, with room for so many rows as they were made with, for a
 * new configuration. Where hardly a row is free any more, counting starts over.
 * The handle is in `p`. */
apr_status_t ti_metrics_open(ti_metrics_t **metrics, void *memory, int fresh,
                             apr_uint32_t rows, apr_time_t now, apr_pool_t *p);

/* The row of these labels, made where there is none: the server's name, or the
 * store's; and an endpoint, or "". Marks it as listed. Where there is no room,
 * one of TI_METRIC_NO_... */
apr_uint32_t ti_metrics_find(ti_metrics_t *metrics, ti_metric_kind_t kind,
                             const char *server, const char *endpoint,
                             apr_time_t now);

/* Add to a word of a row; a NULL handle counts nothing. */
void ti_metric_add(ti_metrics_t *metrics, apr_uint32_t row, int word,
                   apr_uint64_t number);

/* Add a time to the histogram that begins at this word. */
void ti_metric_time(ti_metrics_t *metrics, apr_uint32_t row, int word,
                    apr_interval_time_t took);

/* Set a gauge. */
void ti_metric_set(ti_metrics_t *metrics, apr_uint32_t row,
                   ti_metric_gauge_t gauge, apr_int64_t value);

/* Add one to a common word; the sum of one; since when. */
void ti_metric_add_common(ti_metrics_t *metrics, int word);
apr_uint64_t ti_metric_common(const ti_metrics_t *metrics, int word);
apr_time_t ti_metrics_since(const ti_metrics_t *metrics);

/* How many rows there are, used or not; and one of them. Zero: it is free. */
apr_uint32_t ti_metrics_rows(const ti_metrics_t *metrics);
int ti_metric_read(ti_metric_row_t *row, const ti_metrics_t *metrics,
                   apr_uint32_t number);

#endif
