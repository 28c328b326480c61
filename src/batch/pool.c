/* SPDX-License-Identifier: MIT */
/*
 * pool.c - blocks of objects; those that are free are a list through their own memory.
 */
#include "batch/pool.h"

#include <stdlib.h>
#include <string.h>

enum {
    POOL_BLOCK = 64 /* objects */
};

struct pool_block {
    struct pool_block *next;
    max_align_t items[];
};

void pool_init(struct pool *p, size_t size)
{
    *p = (struct pool){ .size = size };
}

void *pool_take(struct pool *p)
{
    void *taken;

    if (!p->free) {
        struct pool_block *b = malloc(sizeof *b + POOL_BLOCK * p->size);

        if (!b)
            return NULL;
        b->next = p->blocks;
        p->blocks = b;
        for (size_t i = 0; i < POOL_BLOCK; i++) {
            void *item = (char *)(void *)b->items + i * p->size;

            memcpy(item, &p->free, sizeof p->free);
            p->free = item;
        }
    }
    taken = p->free;
    memcpy(&p->free, taken, sizeof p->free);
    return taken;
}

void pool_give(struct pool *p, void *item)
{
    memcpy(item, &p->free, sizeof p->free);
    p->free = item;
}

void pool_free(struct pool *p)
{
    while (p->blocks) {
        struct pool_block *next = p->blocks->next;

        free(p->blocks);
        p->blocks = next;
    }
}
