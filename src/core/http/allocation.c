/* SPDX-License-Identifier: Apache-2.0 */
#include "http/allocation.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void *resize(void *block, size_t size);
static void give_back(void *block);

CURLcode ti_allocation_open(void)
{
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, give_back, resize,
                                strdup, calloc);
}

/* realloc would leave behind what it moves. */
static void *resize(void *block, size_t size)
{
    size_t had = block != NULL ? malloc_usable_size(block) : 0;
    void *other;

    if (block != NULL && size <= had && size > 0) {
        return block;
    }
    other = malloc(size > 0 ? size : 1);
    if (other != NULL && block != NULL) {
        memcpy(other, block, had < size ? had : size);
        give_back(block);
    }
    return other;
}

static void give_back(void *block)
{
    if (block != NULL) {
        explicit_bzero(block, malloc_usable_size(block));
        free(block);
    }
}
