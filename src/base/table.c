/* SPDX-License-Identifier: MIT */
/*
 * table.c - open addressing, at most half full, SipHash-1-3 keys.
 */
#include "base/table.h"

#include "base/hash.h"

#include <stdlib.h>

enum {
    TABLE_FIRST_SIZE = 64
};

void table_init(struct table *t, size_t max, uint64_t seed)
{
    *t = (struct table){ .max = max, .key = { seed, seed * 0x9e3779b97f4a7c15u + 1 } };
}

void table_free(struct table *t)
{
    free(t->slots);
    t->slots = NULL;
    t->size = t->n = 0;
}

/* The slot that holds the key, or the free one where it would go. */
static struct table_slot *table_find(const struct table *t, struct span key,
                                     uint64_t hash)
{
    size_t i = (size_t)hash & (t->size - 1);

    while (t->slots[i].value &&
           (t->slots[i].hash != hash || !span_eq(t->slots[i].key, key)))
        i = (i + 1) & (t->size - 1);
    return &t->slots[i];
}

static enum ac_status table_enlarge(struct table *t)
{
    struct table old = *t;

    t->size = old.size ? old.size * 2 : TABLE_FIRST_SIZE;
    t->slots = calloc(t->size, sizeof *t->slots);
    if (!t->slots) {
        *t = old;
        return AC_ENOMEM;
    }
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i].value)
            *table_find(t, old.slots[i].key, old.slots[i].hash) = old.slots[i];
    free(old.slots);
    return AC_OK;
}

void *table_get(const struct table *t, struct span key)
{
    return t->size ? table_find(t, key, hash_bytes(t->key, key))->value : NULL;
}

enum ac_status table_put(struct table *t, struct span key, void *value)
{
    uint64_t hash = hash_bytes(t->key, key);
    struct table_slot *slot;

    if (2 * (t->n + 1) > t->size)
        TRY(table_enlarge(t));
    slot = table_find(t, key, hash);
    if (!slot->value) {
        if (t->n == t->max)
            return AC_ELIMIT;
        t->n++;
        *slot = (struct table_slot){ .key = key, .hash = hash };
    }
    slot->value = value;
    return AC_OK;
}
