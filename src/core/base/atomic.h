/* SPDX-License-Identifier: Apache-2.0
 *
 * Words that threads or processes share without a lock. Ordered accesses cost
 * nothing on x86, and make each state that a killed writer leaves behind a
 * state that its code passed through.
 */
#ifndef TI_ATOMIC_H
#define TI_ATOMIC_H

/* Read a word, and with it all that was written before it. */
#define TI_LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)

/* Write a word after all that was written before. */
#define TI_STORE(word, value)                                                  \
    __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

#endif
