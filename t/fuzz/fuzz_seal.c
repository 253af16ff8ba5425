/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary bytes as a sealed entry: never opened unless they were sealed, and
 * for this key. The first byte chooses: bytes as they are, or the rest as
 * changes to an entry that was sealed, or as the payload of one that has to
 * come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "cache/seal.h"

#define NOW apr_time_from_sec(1700000000)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ti_seal_t *seal;
static ti_key_t key;
static ti_key_t stranger; /* nothing is sealed for it: the fuzzer sees what
                             this file compares, and repeats it */

static void demand(int must)
{
    if (!must) {
        abort();
    }
}

static apr_status_t open_exact(ti_entry_t *entry, const ti_key_t *of,
                               const unsigned char *bytes, size_t size,
                               apr_pool_t *p)
{
    unsigned char *block = malloc(size > 0 ? size : 1);
    apr_status_t rv;

    demand(block != NULL);
    memcpy(block, bytes, size);
    rv = ti_seal_open(entry, seal, of, block, size, p);
    free(block);
    return rv;
}

/* The size of the sealed bytes; 0 for a document over the limit. */
static apr_size_t close_document(unsigned char **sealed, const uint8_t *data,
                                 size_t size, apr_pool_t *p)
{
    ti_entry_t entry = {TI_KIND_DOCUMENT, NOW, NOW + 1, data, size};
    apr_size_t length;
    apr_status_t rv = ti_seal_close(sealed, &length, seal, &key, &entry, p);

    demand(rv == (size > TI_ENTRY_MAX ? APR_ENOSPC : APR_SUCCESS));
    return rv == APR_SUCCESS ? length : 0;
}

/* Each pair of bytes: where, and what is changed there. */
static void open_changed(const uint8_t *data, size_t size, apr_pool_t *p)
{
    const uint8_t *document = (const uint8_t *)"{\"keys\":[]}";
    unsigned char *sealed;
    apr_size_t length = close_document(&sealed, document, 11, p);
    unsigned char *before = apr_pmemdup(p, sealed, length);
    ti_entry_t entry;
    size_t i;

    for (i = 0; i + 1 < size; i += 2) {
        sealed[data[i] % length] ^= data[i + 1];
    }
    demand((open_exact(&entry, &key, sealed, length, p) == APR_SUCCESS) ==
           (memcmp(before, sealed, length) == 0));
}

static void come_back(const uint8_t *data, size_t size, apr_pool_t *p)
{
    unsigned char *sealed;
    apr_size_t length = close_document(&sealed, data, size, p);
    ti_entry_t entry;

    if (length > 0) {
        demand(open_exact(&entry, &key, sealed, length, p) == APR_SUCCESS);
        demand(entry.kind == TI_KIND_DOCUMENT && entry.size == size);
        demand(size == 0 || memcmp(entry.bytes, data, size) == 0);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static apr_pool_t *lasting;

    (void)argc;
    (void)argv;
    apr_initialize();
    apr_pool_create(&lasting, NULL);
    demand(ti_key_digest(&key, "token", 5) == APR_SUCCESS);
    demand(ti_key_digest(&stranger, "other", 5) == APR_SUCCESS);
    return ti_seal_create(&seal, "a-secret-of-at-least-16", lasting);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ti_entry_t entry;
    apr_pool_t *p;

    if (size == 0) {
        return 0;
    }
    apr_pool_create(&p, NULL);
    if (data[0] % 3 == 0) {
        demand(open_exact(&entry, &stranger, data + 1, size - 1, p) ==
               APR_EINVAL);
    } else if (data[0] % 3 == 1) {
        open_changed(data + 1, size - 1, p);
    } else {
        come_back(data + 1, size - 1, p);
    }
    apr_pool_destroy(p);
    return 0;
}
