/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metric.h"

#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "base/atomic.h"

#define STRIPES_MAX 32 /* more than a usual httpd has processes */
#define STRIPES_MIN 2

/* Rows times stripes: 16 MiB of addresses. Memory is what was touched. */
#define BLOCKS 32768

/* Where less than this part of the rows is free, counting starts over. */
#define FREE_MIN 8

/* Counted from the beginning of one row to the next. */
typedef struct block_t {
    apr_uint64_t words[TI_METRIC_WORDS];
} __attribute__((aligned(64))) block_t;

/* Whose a row is. The claim is a digest of the labels: who claims a free row
 * and who finds it know it by that, while the labels are still written. */
typedef struct owner_t {
    apr_uint64_t claim;  /* 0: free */
    apr_uint32_t kind;   /* TI_METRIC_FREE until the labels are there */
    apr_uint32_t listed; /* the last configuration that had it */
    apr_time_t since;
    apr_int64_t gauges[TI_GAUGES];
    char server[TI_METRIC_LABEL];
    char endpoint[TI_METRIC_LABEL];
} __attribute__((aligned(64))) owner_t;

typedef struct head_t {
    apr_uint32_t generation;
    apr_time_t since;
    apr_uint64_t common[TI_COMMON_WORDS];
} __attribute__((aligned(64))) head_t;

struct ti_metrics_t {
    head_t *head;
    owner_t *owners;
    block_t *blocks;
    apr_uint32_t rows;
    apr_uint32_t stripes;    /* a power of 2 */
    apr_uint32_t generation; /* of this process's configuration */
};

const apr_interval_time_t ti_metric_bounds[TI_METRIC_BOUNDS] = {
    5000,   10000,  25000,   50000,   75000,   100000,  250000,
    500000, 750000, 1000000, 2500000, 5000000, 7500000, 10000000};

static void split(apr_uint64_t *words, int word, int lookup, int result);
static apr_uint32_t stripes_for(apr_uint32_t rows);
static apr_uint32_t count_free(const ti_metrics_t *metrics);
static apr_uint64_t digest(ti_metric_kind_t kind, const char *server,
                           const char *endpoint);
static apr_uint64_t mix(apr_uint64_t hash, const char *text);
static int claim(owner_t *owner, apr_uint64_t name);
static void label(owner_t *owner, ti_metric_kind_t kind, const char *server,
                  const char *endpoint, apr_time_t now);
static block_t *own_block(const ti_metrics_t *metrics, apr_uint32_t row);

apr_size_t ti_metrics_size(apr_uint32_t rows)
{
    return sizeof(head_t) + rows * sizeof(owner_t) +
           (apr_size_t)rows * stripes_for(rows) * sizeof(block_t);
}

apr_status_t ti_metrics_open(ti_metrics_t **metrics, void *memory, int fresh,
                             apr_uint32_t rows, apr_time_t now, apr_pool_t *p)
{
    ti_metrics_t *made = apr_pcalloc(p, sizeof(*made));

    made->rows = rows;
    made->stripes = stripes_for(rows);
    made->head = memory;
    made->owners = (owner_t *)(made->head + 1);
    made->blocks = (block_t *)(made->owners + rows);
    if (!fresh && count_free(made) < rows / FREE_MIN) {
        memset(memory, 0, ti_metrics_size(rows));
    }
    if (made->head->since == 0) {
        made->head->since = now;
    }
    made->generation = TI_LOAD(made->head->generation) + 1;
    TI_STORE(made->head->generation, made->generation);
    made->owners[TI_METRIC_NO_SERVER].claim = 1;
    made->owners[TI_METRIC_NO_ENDPOINT].claim = 1;
    label(&made->owners[TI_METRIC_NO_SERVER], TI_METRIC_SERVER, "", "", now);
    label(&made->owners[TI_METRIC_NO_ENDPOINT], TI_METRIC_ENDPOINT, "", "",
          now);
    *metrics = made;
    return APR_SUCCESS;
}

apr_uint32_t ti_metrics_find(ti_metrics_t *metrics, ti_metric_kind_t kind,
                             const char *server, const char *endpoint,
                             apr_time_t now)
{
    apr_uint64_t name = digest(kind, server, endpoint);
    apr_uint32_t i;

    for (i = 0; metrics != NULL && i < metrics->rows; i++) {
        apr_uint32_t row = (apr_uint32_t)((name + i) % metrics->rows);
        owner_t *owner = &metrics->owners[row];

        if (claim(owner, name)) {
            label(owner, kind, server, endpoint, now);
            TI_STORE(owner->listed, metrics->generation);
            return row;
        }
    }
    return kind == TI_METRIC_ENDPOINT ? TI_METRIC_NO_ENDPOINT
                                      : TI_METRIC_NO_SERVER;
}

void ti_metric_add(ti_metrics_t *metrics, apr_uint32_t row, int word,
                   apr_uint64_t number)
{
    if (metrics != NULL && row < metrics->rows) {
        __atomic_add_fetch(&own_block(metrics, row)->words[word], number,
                           __ATOMIC_RELAXED);
    }
}

void ti_metric_time(ti_metrics_t *metrics, apr_uint32_t row, int word,
                    apr_interval_time_t took)
{
    int i = 0;

    while (i < TI_METRIC_BOUNDS && took > ti_metric_bounds[i]) {
        i++;
    }
    ti_metric_add(metrics, row, word + i, 1);
    ti_metric_add(metrics, row, word + TI_METRIC_BOUNDS + 1,
                  took > 0 ? (apr_uint64_t)took : 0);
}

void ti_metric_set(ti_metrics_t *metrics, apr_uint32_t row,
                   ti_metric_gauge_t gauge, apr_int64_t value)
{
    if (metrics != NULL && row < metrics->rows) {
        TI_STORE(metrics->owners[row].gauges[gauge], value);
    }
}

void ti_metric_add_common(ti_metrics_t *metrics, int word)
{
    if (metrics != NULL && word >= 0 && word < TI_COMMON_WORDS) {
        __atomic_add_fetch(&metrics->head->common[word], 1, __ATOMIC_RELAXED);
    }
}

apr_uint64_t ti_metric_common(const ti_metrics_t *metrics, int word)
{
    return TI_LOAD(metrics->head->common[word]);
}

apr_time_t ti_metrics_since(const ti_metrics_t *metrics)
{
    return metrics->head->since;
}

apr_uint32_t ti_metrics_rows(const ti_metrics_t *metrics)
{
    return metrics != NULL ? metrics->rows : 0;
}

int ti_metric_read(ti_metric_row_t *row, const ti_metrics_t *metrics,
                   apr_uint32_t number)
{
    const owner_t *owner = &metrics->owners[number];
    const block_t *blocks = &metrics->blocks[number * metrics->stripes];
    apr_uint32_t stripe;
    int i;

    memset(row, 0, sizeof(*row));
    row->kind = (ti_metric_kind_t)TI_LOAD(owner->kind);
    if (row->kind == TI_METRIC_FREE) {
        return 0;
    }
    row->listed = TI_LOAD(owner->listed) == TI_LOAD(metrics->head->generation);
    row->since = owner->since;
    apr_cpystrn(row->server, owner->server, sizeof(row->server));
    apr_cpystrn(row->endpoint, owner->endpoint, sizeof(row->endpoint));
    for (i = 0; i < TI_GAUGES; i++) {
        row->gauges[i] = TI_LOAD(owner->gauges[i]);
    }
    for (stripe = 0; stripe < metrics->stripes; stripe++) {
        for (i = 0; i < TI_METRIC_WORDS; i++) {
            row->words[i] += TI_LOAD(blocks[stripe].words[i]);
        }
    }
    if (row->kind == TI_METRIC_SERVER) {
        split(row->words, TI_WORD_HIT_GRANTED, TI_WORD_LOOKUP + TI_LOOKUP_HIT,
              TI_WORD_RESULT + TI_RESULT_GRANTED);
        split(row->words, TI_WORD_NEGATIVE_INACTIVE,
              TI_WORD_LOOKUP + TI_LOOKUP_NEGATIVE,
              TI_WORD_RESULT + TI_RESULT_INACTIVE);
    }
    return 1;
}

/* A word that counts for two is read as these. */
static void split(apr_uint64_t *words, int word, int lookup, int result)
{
    words[lookup] += words[word];
    words[result] += words[word];
    words[word] = 0;
}

static apr_uint32_t stripes_for(apr_uint32_t rows)
{
    apr_uint32_t stripes = STRIPES_MAX;

    while (stripes > STRIPES_MIN && rows > BLOCKS / stripes) {
        stripes /= 2;
    }
    return stripes;
}

static apr_uint32_t count_free(const ti_metrics_t *metrics)
{
    apr_uint32_t free_rows = 0;
    apr_uint32_t i;

    for (i = 0; i < metrics->rows; i++) {
        free_rows += TI_LOAD(metrics->owners[i].claim) == 0;
    }
    return free_rows;
}

/* FNV-1a: the labels are the administrator's. */
static apr_uint64_t digest(ti_metric_kind_t kind, const char *server,
                           const char *endpoint)
{
    apr_uint64_t hash = APR_UINT64_C(0xcbf29ce484222325) ^ (apr_uint64_t)kind;

    hash = mix(mix(hash, server), endpoint);
    return hash > 1 ? hash : 2;
}

static apr_uint64_t mix(apr_uint64_t hash, const char *text)
{
    int i = 0;

    do {
        hash = (hash ^ (unsigned char)text[i]) * APR_UINT64_C(0x100000001b3);
    } while (text[i] != '\0' && ++i < TI_METRIC_LABEL - 1);
    return hash;
}

/* Nonzero: it is the row of this name, or has become it. */
static int claim(owner_t *owner, apr_uint64_t name)
{
    apr_uint64_t seen = 0;

    return __atomic_compare_exchange_n(&owner->claim, &seen, name, 0,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
           seen == name;
}

/* All who find a row at once write the same. */
static void label(owner_t *owner, ti_metric_kind_t kind, const char *server,
                  const char *endpoint, apr_time_t now)
{
    if (TI_LOAD(owner->kind) != TI_METRIC_FREE) {
        return;
    }
    apr_cpystrn(owner->server, server, sizeof(owner->server));
    apr_cpystrn(owner->endpoint, endpoint, sizeof(owner->endpoint));
    owner->since = now;
    TI_STORE(owner->kind, (apr_uint32_t)kind);
}

static block_t *own_block(const ti_metrics_t *metrics, apr_uint32_t row)
{
    static __thread unsigned stripe;

    if (stripe == 0) {
        stripe = 1 + (unsigned)getpid() % STRIPES_MAX;
    }
    return &metrics->blocks[row * metrics->stripes +
                            ((stripe - 1) & (metrics->stripes - 1))];
}
