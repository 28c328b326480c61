/* SPDX-License-Identifier: MIT */
/*
 * places.c - a list of what is free, and a queue.
 */
#include "batch/places.h"

#include <stdlib.h>

enum {
    ROW_ARENA_MAX = 8 << 20,
    ROW_TEXT_MAX = 64 << 20
};

struct place *places_take(struct places *ps)
{
    struct place *p = ps->free;

    if (p) {
        ps->free = p->next;
        return p;
    }
    p = calloc(1, sizeof *p);
    if (p) {
        arena_init(&p->arena, ROW_ARENA_MAX);
        buf_init(&p->text, ROW_TEXT_MAX);
        p->other = ps->all;
        ps->all = p;
    }
    return p;
}

void places_give(struct places *ps, struct place *p)
{
    arena_reset(&p->arena);
    buf_free(&p->text);
    p->done = false;
    p->next = ps->free;
    ps->free = p;
}

void places_queue(struct places *ps, struct place *p)
{
    p->next = NULL;
    *(ps->last ? &ps->last->next : &ps->first) = p;
    ps->last = p;
}

/* What a row that waits for its turn takes. */
static size_t held_bytes(const struct place *p)
{
    return sizeof *p + p->text.size;
}

void places_done(struct places *ps, struct place *p)
{
    arena_free(&p->arena);
    p->done = true;
    ps->held += held_bytes(p);
}

struct place *places_next(struct places *ps, bool past)
{
    struct place *p = ps->first, *before = NULL;

    for (; past && p && !p->done; p = p->next)
        before = p;
    if (!p || !p->done)
        return NULL;
    *(before ? &before->next : &ps->first) = p->next;
    if (ps->last == p)
        ps->last = before;
    ps->held -= held_bytes(p);
    return p;
}

void places_free(struct places *ps)
{
    while (ps->all) {
        struct place *p = ps->all;

        ps->all = p->other;
        audit_free(p->audit);
        arena_free(&p->arena);
        buf_free(&p->text);
        free(p);
    }
    *ps = (struct places){ 0 };
}
