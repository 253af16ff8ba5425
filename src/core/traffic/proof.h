/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of our credentials authorization servers have accepted, in shared
 * memory: what one process has learnt holds for those that are forked later,
 * and over graceful restarts. After a rotation, credentials have to be accepted
 * again.
 */
#ifndef TI_PROOF_H
#define TI_PROOF_H

#include <apr_pools.h>

#include "base/key.h"

/* So many credentials of one server are known at a time: those of several
 * places, and of before and after a rotation. */
#define TI_PROOFS_EACH 4

/* Zero proves nothing. */
typedef enum ti_proof_t {
    TI_PROOF_NONE = 0,
    TI_PROOF_ANSWERED, /* it has answered a question with them: but there are
                       servers that call all tokens inactive where they do not
                       know the client */
    TI_PROOF_ACTIVE    /* it has called a token active with them */
} ti_proof_t;

typedef struct ti_proofs_t ti_proofs_t;

/* Bytes of shared memory for so many servers. */
apr_size_t ti_proofs_size(apr_uint32_t servers);

/* Make or take over the proofs at `memory`, zeroed when it is new, shared and
 * aligned to 64. The handle is in `p`. */
ti_proofs_t *ti_proofs_open(void *memory, apr_uint32_t servers, apr_pool_t *p);

/* What is known of credentials, by their keyed digest, at the server of that
 * number. No lock. NULL: nothing. */
ti_proof_t ti_proof_of(const ti_proofs_t *proofs, apr_uint32_t server,
                       const ti_key_t *credentials);

/* They have been accepted. Where there are too many, others are forgotten. No
 * lock; NULL does nothing. */
void ti_proof_note(ti_proofs_t *proofs, apr_uint32_t server,
                   const ti_key_t *credentials, ti_proof_t proof);

/* They have been refused where others of ours were accepted: they prove nothing
 * any more. No lock; NULL does nothing. */
void ti_proof_withdraw(ti_proofs_t *proofs, apr_uint32_t server,
                       const ti_key_t *credentials);

#endif
