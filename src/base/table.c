/* SPDX-License-Identifier: MIT */
/*
 * table.c - open addressing, at most half full, SipHash-1-3 keys.
 */
#include "base/table.h"

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

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[static 4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static uint64_t table_hash(const struct table *t, struct span key)
{
    uint64_t v[4] = { t->key[0] ^ 0x736f6d6570736575u, t->key[1] ^ 0x646f72616e646f6du,
                      t->key[0] ^ 0x6c7967656e657261u,
                      t->key[1] ^ 0x7465646279746573u };
    size_t whole = key.n / 8 * 8;
    uint64_t word = 0;

    for (size_t i = 0; i < whole; i += 8) {
        memcpy(&word, key.p + i, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (key.n > whole)
        memcpy(&word, key.p + whole, key.n - whole);
    word |= (uint64_t)key.n << 56;
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
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
    return t->size ? table_find(t, key, table_hash(t, key))->value : NULL;
}

enum ac_status table_put(struct table *t, struct span key, void *value)
{
    uint64_t hash = table_hash(t, key);
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
