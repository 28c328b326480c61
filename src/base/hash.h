/* SPDX-License-Identifier: MIT */
/*
 * hash.h - SipHash-1-3, a keyed hash of bytes: of table keys that come from strangers,
 * and the checksum of a recording.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/span.h"

/* The same key and bytes give the same number on every machine of the same byte order.
 */
uint64_t hash_bytes(const uint64_t key[static 2], struct span bytes);

#endif
