/* SPDX-License-Identifier: MIT */
/*
 * bounce_classify_fuzz.c - targets: bounce_classify, bounce_wording,
 * bounce_speaker_of_host. Input: the name of a host, a line feed, and a reply; all of
 * it the reply where there is no line feed.
 */
#include "bounce/bounce.h"
#include "bounce/pattern.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_wording(const struct bounce_said *said, struct arena *arena)
{
    struct bounce_wording w;

    require(bounce_wording(said, arena, &w) == AC_OK);
    require(w.n <= BOUNCE_TEXT_MAX && strlen(w.text) == w.n);
    for (size_t i = 0; i < w.n; i++) {
        unsigned char c = (unsigned char)w.text[i];

        require(c >= ' ' && c < 0x7f && !(c >= 'A' && c <= 'Z'));
        require(c != ' ' || (i && i + 1 < w.n && w.text[i + 1] != ' '));
    }
    require(w.code == 0 || (w.code >= 400 && w.code <= 599));
    require(w.enhanced.n <= 11); /* 5.999.999 and what is told apart */
}

static void check_verdict(const struct bounce_verdict *v)
{
    require(!v->class == !v->pattern);
    require(!v->speaker == !v->speaker_what);
    require(v->class < BOUNCE_CLASS_COUNT);
    require(!v->class || bounce_class(v->class)->next[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_make(data, size);
    struct bounce_said said = { .text = input };
    struct bounce_verdict verdict;
    struct arena arena;

    if (span_contains(input, '\n')) {
        said.host = span_cut(&input, '\n');
        said.text = input;
    }
    arena_init(&arena, 1 << 20);
    check_wording(&said, &arena);
    require(bounce_classify(&said, &arena, &verdict) == AC_OK);
    check_verdict(&verdict);
    arena_free(&arena);
    return 0;
}
