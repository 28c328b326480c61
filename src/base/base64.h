/* SPDX-License-Identifier: MIT */
/*
 * base64.h - RFC 4648, 4, with the white space that RFC 6376, 2.10 allows in between.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/span.h"

/*
 * Decode all of `text` into out. Blanks, tabs, CR and LF are skipped wherever they
 * stand. Returns the number of bytes, or -1 for a foreign byte, wrong padding, a length
 * that cannot be, or more than `size` bytes; *bad is then the offset of the byte at
 * fault (text.n when the text ends too early). bad may be NULL.
 */
long base64_decode(struct span text, uint8_t *out, size_t size, size_t *bad);

#endif
