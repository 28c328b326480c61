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
    ARENA_PRINTED = 512
};

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes in data */
    size_t used;
    max_align_t data[];
};

void arena_init(struct arena *a, size_t cap)
{
    *a = (struct arena){ .cap = cap };
}

void arena_reset(struct arena *a)
{
    struct arena_block *b = a->head;

    while (b && b->next) {
        struct arena_block *next = b->next;

        a->used -= sizeof *b + b->size;
        free(b);
        b = next;
    }
    if (b)
        b->used = 0;
    a->head = b;
}

void arena_free(struct arena *a)
{
    arena_reset(a);
    free(a->head);
    arena_init(a, a->cap);
}

static struct arena_block *arena_new_block(struct arena *a, size_t least)
{
    size_t size = a->head ? a->head->size * 2 : ARENA_FIRST_BLOCK;
    struct arena_block *b;

    if (size > ARENA_LARGEST_BLOCK)
        size = ARENA_LARGEST_BLOCK;
    if (size < least)
        size = least;
    if (size > SIZE_MAX - sizeof *b || a->cap - a->used < size + sizeof *b) {
        size = least; /* near the cap: just what is needed */
        if (size > SIZE_MAX - sizeof *b || a->cap - a->used < size + sizeof *b)
            return NULL;
    }
    b = malloc(sizeof *b + size);
    if (!b)
        return NULL;
    b->size = size;
    b->used = 0;
    b->next = a->head;
    a->head = b;
    a->used += sizeof *b + size;
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
