/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as the head and body of an HTTP answer. The first byte
 * chooses the limit of the body, the second the length that was announced.
 * Lines end at LF, the body follows the empty line of a final answer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "http/reading.h"

#define NOW apr_time_from_sec(1700000000)
#define PIECE 61

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

/* Reads from a block of exactly this size: curl hands out no NUL. */
static int read_exact(ti_reading_t *reading, const uint8_t *bytes, size_t size,
                      apr_off_t expected, int is_line)
{
    char *block = malloc(size > 0 ? size : 1);
    int more;

    demand(block != NULL);
    memcpy(block, bytes, size);
    more = is_line ? ti_reading_line(reading, block, size)
                   : ti_reading_piece(reading, block, size, expected);
    free(block);
    return more;
}

/* All lines up to the end of the head. Returns how many bytes they have. */
static size_t read_head(ti_reading_t *reading, const uint8_t *data, size_t size)
{
    size_t at = 0;

    while (at < size && !ti_reading_headed(reading)) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end ? (size_t)(end - data) + 1 - at : size - at;

        if (!read_exact(reading, data + at, length, 0, 1)) {
            demand(reading->excess != NULL);
            return size;
        }
        at += length;
    }
    return at;
}

static void read_body(ti_reading_t *reading, const uint8_t *data, size_t size,
                      apr_off_t expected)
{
    size_t at;
    size_t length;

    for (at = 0; at < size; at += length) {
        length = size - at < PIECE ? size - at : PIECE;
        if (!read_exact(reading, data + at, length, expected, 0)) {
            demand(reading->excess != NULL);
            break;
        }
    }
    demand(reading->length == at);
    demand(at == 0 || memcmp(reading->body, data, at) == 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return apr_initialize();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ti_reading_t reading;
    apr_size_t most;
    apr_pool_t *p;
    size_t at;

    if (size < 2) {
        return 0;
    }
    most = (apr_size_t)data[0] * 16;
    apr_pool_create(&p, NULL);
    ti_reading_open(&reading, most, NOW, p);
    at = 2 + read_head(&reading, data + 2, size - 2);
    if (reading.excess == NULL) {
        read_body(&reading, data + at, size - at, (signed char)data[1] * 8);
    }

    demand(reading.length <= most);
    demand(reading.body[reading.length] == '\0');
    demand(reading.lines <= TI_READING_LINES_MAX + 1);
    demand(reading.header_size <= TI_READING_HEADER_MAX);
    demand(strlen(reading.type) < TI_READING_HEADER_MAX);
    demand(reading.retry_after >= 0 &&
           reading.retry_after <= TI_READING_RETRY_MAX);
    apr_pool_destroy(p);
    return 0;
}
