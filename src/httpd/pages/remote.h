/* SPDX-License-Identifier: Apache-2.0
 *
 * The metrics of what is reached over the network: endpoints and stores.
 */
#ifndef MAI_REMOTE_H
#define MAI_REMOTE_H

#include "pages/series.h"

/* Ends with one without a name. */
extern const mai_series_t mai_remote_series[];

#endif
