/* SPDX-License-Identifier: MIT */
/*
 * table.h - a hash table from bytes to pointers, with a keyed hash, since its keys come
 * from strangers. It owns neither keys nor values: both must outlive it.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/span.h"
#include "base/status.h"

struct table_slot {
    struct span key;
    uint64_t hash;
    void *value; /* NULL: the slot is free */
};

struct table {
    struct table_slot *slots;
    size_t size; /* a power of two, or 0 */
    size_t n;
    size_t max;      /* most entries */
    uint64_t key[2]; /* of the hash */
};

/* seed: any number that the sender of the keys cannot know. */
void table_init(struct table *t, size_t max, uint64_t seed);
void table_free(struct table *t);

/* The value, or NULL. */
void *table_get(const struct table *t, struct span key);

/* Put a value (not NULL) or replace the one there: AC_ENOMEM; AC_ELIMIT at max entries.
 */
enum ac_status table_put(struct table *t, struct span key, void *value) AC_MUST_USE;

#endif
