/* SPDX-License-Identifier: Apache-2.0
 *
 * The last refusals of all processes, in shared memory. Written without a lock,
 * only where a request is refused.
 */
#ifndef TI_JOURNAL_H
#define TI_JOURNAL_H

#include <apr_time.h>

#include "base/metric.h"

/* How many are shown, and bytes of a place's name, its NUL too. */
#define TI_JOURNAL_SHOWN 20
#define TI_JOURNAL_PLACE 136

/* One refusal: nothing that a client chose is in it. */
typedef struct ti_refusal_t {
    apr_uint64_t number;          /* counted from 1 */
    apr_time_t at;                /* wall */
    apr_uint32_t fingerprint;     /* of the token; 0: there was none */
    apr_int32_t message;          /* log id of the cause */
    apr_int32_t status;           /* of the response */
    apr_int32_t result;           /* ti_metric_result_t */
    char place[TI_JOURNAL_PLACE]; /* file and line of its AuthType; a longer
                                     name has its end here */
} ti_refusal_t;

typedef struct ti_journal_t ti_journal_t;

/* Bytes that a journal needs. Any memory of zeros, aligned to 8, is an empty
 * one; shared, it is that of all processes. */
apr_size_t ti_journal_size(void);
ti_journal_t *ti_journal_open(void *memory);

/* Add one; its number is given here. A NULL journal keeps nothing. */
void ti_journal_add(ti_journal_t *journal, const ti_refusal_t *refusal);

/* Copy a place's name: of a longer one the end, which says file and line. */
void ti_journal_name(ti_refusal_t *refusal, const char *place);

/* The last ones, newest first, into an array of TI_JOURNAL_SHOWN: how many. */
int ti_journal_read(ti_refusal_t *refusals, const ti_journal_t *journal);

#endif
