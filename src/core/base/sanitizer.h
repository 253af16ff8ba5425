/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a sanitizer looks on. GCC and Clang say it in different ways.
 */
#ifndef TI_SANITIZER_H
#define TI_SANITIZER_H

/* ThreadSanitizer: it knows neither fences nor pthread_mutex_clocklock, and
 * takes for a race what a checksum makes good. */
#if defined(__SANITIZE_THREAD__)
#define TI_SANITIZER_THREAD 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TI_SANITIZER_THREAD 1
#endif
#endif
#ifndef TI_SANITIZER_THREAD
#define TI_SANITIZER_THREAD 0
#endif

#endif
