/* SPDX-License-Identifier: MIT */
/*
 * bounce_fuzz.c - bounce_read, and below it all readers of the room, on any bytes: no
 * fault of memory, and what is promised of a bounce holds. Corpus:
 * tests/fuzz/corpus/bounce.
 */
#include "bounce/bounce.h"

#include <stdlib.h>

enum {
    ARENA_CAP = 256 * 1024 * 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct bounce *b)
{
    need(b->code == 0 || (b->code >= 200 && b->code <= 599));
    need(b->text.n <= BOUNCE_TEXT_MAX);
    need(b->n_selectors <= BOUNCE_SELECTORS_MAX);
    need(b->has_refusal || b->code == 0 || b->code / 100 == 2);
    need(!b->enhanced.p || (b->enhanced.n >= 5 && b->enhanced.n <= 9));
    need(!b->text.p || !memchr(b->text.p, '\n', b->text.n));
    need(!b->has_ip || b->ip.family == 4 || b->ip.family == 6);
    need(b->verdict.class < BOUNCE_CLASS_COUNT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct bounce b;

    arena_init(&arena, ARENA_CAP);
    need(bounce_read(span_make(data, size), &arena, &b) == AC_OK);
    check(&b);
    arena_free(&arena);
    return 0;
}
