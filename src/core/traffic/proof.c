/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/proof.h"

#include <string.h>

/* One proof is one word, so that it changes at once:
 *
 *   63                      2 1    0
 *  | of the digest: 62 bits  | proof |
 */
#define PROOF ((apr_uint64_t)3)

struct ti_proofs_t {
    apr_uint64_t *words; /* TI_PROOFS_EACH of each server */
    apr_uint32_t servers;
};

static apr_uint64_t *words_of(const ti_proofs_t *proofs, apr_uint32_t server);
static apr_uint64_t name_of(const ti_key_t *credentials);
static int word_for(const apr_uint64_t *words, apr_uint64_t name);

apr_size_t ti_proofs_size(apr_uint32_t servers)
{
    return (apr_size_t)servers * TI_PROOFS_EACH * sizeof(apr_uint64_t);
}

ti_proofs_t *ti_proofs_open(void *memory, apr_uint32_t servers, apr_pool_t *p)
{
    ti_proofs_t *proofs = apr_pcalloc(p, sizeof(*proofs));

    proofs->words = memory;
    proofs->servers = servers;
    return proofs;
}

ti_proof_t ti_proof_of(const ti_proofs_t *proofs, apr_uint32_t server,
                       const ti_key_t *credentials)
{
    apr_uint64_t name = name_of(credentials);
    const apr_uint64_t *words;
    int i;

    if (proofs == NULL) {
        return TI_PROOF_NONE;
    }
    words = words_of(proofs, server);
    for (i = 0; i < TI_PROOFS_EACH; i++) {
        apr_uint64_t word = __atomic_load_n(&words[i], __ATOMIC_RELAXED);

        if ((word & ~PROOF) == name) {
            return (ti_proof_t)(word & PROOF);
        }
    }
    return TI_PROOF_NONE;
}

void ti_proof_note(ti_proofs_t *proofs, apr_uint32_t server,
                   const ti_key_t *credentials, ti_proof_t proof)
{
    apr_uint64_t name = name_of(credentials);
    apr_uint64_t *words;

    if (proofs == NULL || ti_proof_of(proofs, server, credentials) >= proof) {
        return;
    }
    words = words_of(proofs, server);
    __atomic_store_n(&words[word_for(words, name)], name | (apr_uint64_t)proof,
                     __ATOMIC_RELAXED);
}

void ti_proof_withdraw(ti_proofs_t *proofs, apr_uint32_t server,
                       const ti_key_t *credentials)
{
    apr_uint64_t name = name_of(credentials);
    apr_uint64_t *words;
    int i;

    if (proofs == NULL) {
        return;
    }
    words = words_of(proofs, server);
    for (i = 0; i < TI_PROOFS_EACH; i++) {
        apr_uint64_t word = __atomic_load_n(&words[i], __ATOMIC_RELAXED);

        if (word != 0 && (word & ~PROOF) == name) {
            __atomic_compare_exchange_n(&words[i], &word, 0, 0,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        }
    }
}

static apr_uint64_t *words_of(const ti_proofs_t *proofs, apr_uint32_t server)
{
    return &proofs->words[(apr_size_t)(server % proofs->servers) *
                          TI_PROOFS_EACH];
}

static apr_uint64_t name_of(const ti_key_t *credentials)
{
    apr_uint64_t name;

    memcpy(&name, credentials->bytes, sizeof(name));
    return name & ~PROOF;
}

/* Its own word, else a free one, else that of others. Two that come at once may
 * take the same: then one of them proves itself again. */
static int word_for(const apr_uint64_t *words, apr_uint64_t name)
{
    int free_one = -1;
    int i;

    for (i = 0; i < TI_PROOFS_EACH; i++) {
        apr_uint64_t word = __atomic_load_n(&words[i], __ATOMIC_RELAXED);

        if (word != 0 && (word & ~PROOF) == name) {
            return i;
        }
        free_one = word == 0 && free_one < 0 ? i : free_one;
    }
    return free_one >= 0 ? free_one : (int)((name >> 2) % TI_PROOFS_EACH);
}
