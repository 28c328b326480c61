/* SPDX-License-Identifier: MIT */
/*
 * place.h - where on a page of text does a reply begin, and how sure is that? Digits
 * are many things: the words and signs before them tell.
 */
#ifndef BOUNCE_PLACE_H
#define BOUNCE_PLACE_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* A text by its lines. */
struct bounce_page {
    struct arena *arena;
    struct span *line; /* trimmed, signs of quoting removed */
    size_t *indent;    /* bytes of blanks and quoting in front */
    size_t n;
};

struct bounce_place {
    size_t line, at;
    unsigned strength; /* 0: there is none; see prose.h */
};

/* AC_ENOMEM. */
enum ac_status bounce_page_make(struct span text, struct arena *arena,
                                struct bounce_page *out) AC_MUST_USE;

/* The surest place on that line where a reply begins: at a reply code, or at an
 * enhanced code that has none. */
struct bounce_place bounce_place_find(const struct bounce_page *page, size_t line);

/* The same for replies that refuse nothing, "250 2.0.0 OK". */
struct bounce_place bounce_place_find_success(const struct bounce_page *page,
                                              size_t line);

#endif
