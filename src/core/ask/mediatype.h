/* SPDX-License-Identifier: Apache-2.0
 *
 * The media type of an answer, as its Content-Type says. RFC 9110 8.3.1.
 */
#ifndef TI_MEDIATYPE_H
#define TI_MEDIATYPE_H

/* Is it this one, with parameters or without? `name` is in small letters. */
int ti_mediatype_is(const char *type, const char *name);

/* application/json or application/...+json. Some servers send no type at all;
 * then the body has to speak for itself. */
int ti_mediatype_is_json(const char *type);

#endif
