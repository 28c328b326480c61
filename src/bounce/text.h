/* SPDX-License-Identifier: MIT */
/*
 * text.h - text of a bounce in one form: UTF-8, lines that end in LF, plain blanks and
 * quotes; HTML without its tags. And how it is walked line by line.
 */
#ifndef BOUNCE_TEXT_H
#define BOUNCE_TEXT_H

#include "base/arena.h"
#include "base/span.h"

/*
 * `bytes` in `charset` (of a Content-Type; may be empty) as plain text in the arena. A
 * charset that libc does not know, and bytes that are none of it, are left as they
 * are. The two characters "\n" before a reply code, as logs write them, are a line end.
 * AC_ENOMEM.
 */
enum ac_status bounce_text(struct arena *arena, struct span charset, struct span bytes,
                           struct span *out) AC_MUST_USE;

/* UTF-16 with a mark as UTF-8; anything else is returned as it is. AC_ENOMEM. */
enum ac_status bounce_text_unmark(struct arena *arena, struct span bytes,
                                  struct span *out) AC_MUST_USE;

/* One character of UTF-16 as UTF-8 into out (at least 4 bytes): how many were written.
 * *half keeps the first half of a pair from one call to the next; 0 at first. */
size_t bounce_text_utf16(unsigned unit, unsigned *half, char *out);

/* HTML as the text that a reader sees, roughly: blocks and <br> end lines, entities of
 * ASCII are resolved. AC_ENOMEM. */
enum ac_status bounce_text_of_html(struct arena *arena, struct span html,
                                   struct span *out) AC_MUST_USE;

/* The next line without its end; rest->p is NULL after the last one. */
struct span bounce_line(struct span *rest);

/* Without blanks at both ends. */
struct span bounce_trim(struct span s);

/* Index of `what` (without regard to ASCII case) at or after `from`; s.n: not there. */
size_t bounce_find(struct span s, size_t from, const char *what);

/* All white space, line ends included, as one blank, at most `max` bytes; NULL spans
 * stay. AC_ENOMEM. */
enum ac_status bounce_squeeze(struct arena *arena, struct span s, size_t max,
                              struct span *out) AC_MUST_USE;

#endif
