/* SPDX-License-Identifier: MIT */
/*
 * pool.h - objects of one size, for who takes and gives them by the million. Their
 * memory is given back at the end alone: it is that of the most there ever were.
 */
#ifndef BATCH_POOL_H
#define BATCH_POOL_H

#include <stddef.h>

struct pool_block;

struct pool {
    void *free;
    struct pool_block *blocks;
    size_t size;
};

/* size: of an object, which is a struct with a pointer in it at least. */
void pool_init(struct pool *p, size_t size);
void pool_free(struct pool *p);

/* Not zeroed; NULL: no memory. */
void *pool_take(struct pool *p);
void pool_give(struct pool *p, void *item);

#endif
