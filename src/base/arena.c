/* SPDX-License-Identifier: MIT */
/*
 * arena.c - a list of blocks, each twice as large as the one before.
 *
 * malloc stands here, in buf.c, in table.c and around foreign libraries only, so a test
 * can fail the n-th allocation with one switch.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_FIRST_BLOCK = 4096,
    ARENA_LARGEST_BLOCK = 256 * 1024,
    ARENA_POOL_BLOCK = 2048 - 32, /* with its header and malloc's: half a page */
    ARENA_POOLED = 256 * 1024,    /* from there on blocks grow here, too */
    ARENA_PRINTED = 512
};

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes in data */
    size_t used;
    max_align_t data[];
};

void arena_pool_init(struct arena_pool *pool, size_t max_bytes)
{
    *pool = (struct arena_pool){ .max = max_bytes / ARENA_POOL_BLOCK };
}

void arena_pool_free(struct arena_pool *pool)
{
    while (pool->free) {
        struct arena_block *next = pool->free->next;

        free(pool->free);
        pool->free = next;
    }
    pool->n = 0;
}

void arena_init(struct arena *a, size_t cap)
{
    arena_init_pooled(a, cap, NULL);
}

void arena_init_pooled(struct arena *a, size_t cap, struct arena_pool *pool)
{
    *a = (struct arena){ .cap = cap, .pool = pool };
}

static struct arena_block *block_get(struct arena *a, size_t size)
{
    struct arena_pool *pool = a->pool;
    struct arena_block *b;

    if (!pool || size != ARENA_POOL_BLOCK || !pool->free)
        return malloc(sizeof *b + size);
    b = pool->free;
    pool->free = b->next;
    pool->n--;
    return b;
}

static void block_give(struct arena *a, struct arena_block *b)
{
    struct arena_pool *pool = a->pool;

    if (!pool || b->size != ARENA_POOL_BLOCK || pool->n == pool->max) {
        free(b);
        return;
    }
    b->next = pool->free;
    pool->free = b;
    pool->n++;
}

void arena_reset(struct arena *a)
{
    struct arena_block *b = a->head;

    while (b && b->next) {
        struct arena_block *next = b->next;

        a->used -= sizeof *b + b->size;
        block_give(a, b);
        b = next;
    }
    if (b)
        b->used = 0;
    a->head = b;
}

void arena_free(struct arena *a)
{
    arena_reset(a);
    if (a->head)
        block_give(a, a->head);
    arena_init_pooled(a, a->cap, a->pool);
}

/* How large the next block is by habit. */
static size_t block_size(const struct arena *a)
{
    size_t size;

    if (a->pool && a->used < ARENA_POOLED)
        return ARENA_POOL_BLOCK;
    size = a->head ? a->head->size * 2 : ARENA_FIRST_BLOCK;
    return size < ARENA_LARGEST_BLOCK ? size : ARENA_LARGEST_BLOCK;
}

static bool block_fits(const struct arena *a, size_t size)
{
    return size <= SIZE_MAX - sizeof(struct arena_block) &&
           a->cap - a->used >= size + sizeof(struct arena_block);
}

static struct arena_block *arena_new_block(struct arena *a, size_t least)
{
    size_t size = block_size(a);
    bool large = a->pool && least > size / 2;
    struct arena_block *b;

    /* Near the cap, and beside pooled blocks: just what is needed. */
    if (size < least || large || !block_fits(a, size))
        size = least;
    if (!block_fits(a, size))
        return NULL;
    b = block_get(a, size);
    if (!b)
        return NULL;
    b->size = size;
    b->used = 0;
    a->used += sizeof *b + size;
    if (large && a->head) { /* there is room in the head yet */
        b->next = a->head->next;
        a->head->next = b;
    } else {
        b->next = a->head;
        a->head = b;
    }
    return b;
}

void *arena_take(struct arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    struct arena_block *b = a->head;
    void *p;

    if (size > SIZE_MAX - align)
        return NULL;
    size = (size + align - 1) / align * align;
    if (!b || b->size - b->used < size)
        b = arena_new_block(a, size);
    if (!b)
        return NULL;
    p = (char *)b->data + b->used;
    b->used += size;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    void *p = arena_take(a, size);

    return p && size ? memset(p, 0, size) : p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return NULL;
    return arena_alloc(a, n * size);
}

char *arena_strdup(struct arena *a, struct span s)
{
    char *p = s.n < SIZE_MAX ? arena_take(a, s.n + 1) : NULL;

    if (!p)
        return NULL;
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    char text[ARENA_PRINTED]; /* most texts are short: printed once */
    va_list again;
    char *p = NULL;
    int n;

    va_copy(again, args);
    n = vsnprintf(text, sizeof text, format, args);
    if (n >= 0)
        p = arena_take(a, (size_t)n + 1);
    if (p && (size_t)n < sizeof text)
        memcpy(p, text, (size_t)n + 1);
    else if (p)
        vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    char *p;

    va_start(args, format);
    p = arena_vprintf(a, format, args);
    va_end(args);
    return p;
}

void *arena_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t size)
{
    size_t larger = *cap ? *cap * 2 : 8;
    void *copy;

    if (n < *cap)
        return items;
    if (size && larger > SIZE_MAX / size)
        return NULL;
    copy = arena_take(a, larger * size);
    if (!copy)
        return NULL;
    if (n)
        memcpy(copy, items, n * size);
    memset((char *)copy + n * size, 0, (larger - n) * size);
    *cap = larger;
    return copy;
}
