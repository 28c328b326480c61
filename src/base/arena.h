/* SPDX-License-Identifier: MIT */
/*
 * arena.h - memory that is freed all at once, with a cap in bytes.
 *
 * One arena per audit holds the answers, one per task is reset before every run.
 * Nothing in an arena is freed by itself, so a run that stops half way leaks nothing.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"
#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

/*
 * Blocks that arenas have given back, for others to take: of one size, so that none is
 * too small, and no more than so many. For who makes and frees arenas by the thousand;
 * it must outlive them. One thread.
 */
struct arena_pool {
    struct arena_block *free;
    size_t n, max;
};

void arena_pool_init(struct arena_pool *pool, size_t max_bytes);
void arena_pool_free(struct arena_pool *pool);

struct arena {
    struct arena_block *head; /* the block that is being filled */
    size_t used;              /* bytes of all blocks, headers included */
    size_t cap;               /* most bytes that `used` may reach */
    struct arena_pool *pool;  /* or NULL: from malloc, each block twice the last */
};

/* No memory is taken before the first allocation. cap is in bytes. */
void arena_init(struct arena *a, size_t cap);

/* The same over a pool, which may be NULL. */
void arena_init_pooled(struct arena *a, size_t cap, struct arena_pool *pool);

/* Forget all allocations; the first block is kept for the next run. */
void arena_reset(struct arena *a);

/* Give everything back; the arena may be used again. */
void arena_free(struct arena *a);

/*
 * Zeroed memory, aligned for any type; NULL when malloc failed or the cap is reached.
 * It lives until arena_reset or arena_free.
 */
void *arena_alloc(struct arena *a, size_t size);

/* The same, not zeroed: for what is filled at once. */
void *arena_take(struct arena *a, size_t size);

/* An array of n zeroed elements; NULL also when n * size overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);

/* A copy of s followed by a NUL; NULL as arena_alloc. s may hold NULs itself. */
char *arena_strdup(struct arena *a, struct span s);

/* printf into the arena; NULL as arena_alloc. */
char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/*
 * For growing arrays in an arena: returns `items`, or a copy twice as large when n has
 * reached *cap (the old one stays until reset). NULL as arena_alloc.
 */
void *arena_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t size);

#endif
