/* SPDX-License-Identifier: MIT */
/*
 * wording.h - the words of a reply in one form, so that a pattern need be written once:
 * lower case, ASCII, one blank between words, the code said once although every
 * continuation line repeats it (RFC 5321, 4.2), addresses taken out.
 */
#ifndef BOUNCE_WORDING_H
#define BOUNCE_WORDING_H

#include "base/arena.h"
#include "base/span.h"

struct bounce_said;

struct bounce_wording {
    const char *text; /* NUL-terminated, without any other NUL */
    size_t n;         /* its length, at most BOUNCE_TEXT_MAX */
    unsigned code;    /* of bounce_said, else the one the text begins with, else 0 */
    struct span enhanced; /* likewise, "5.7.1"; p == NULL: none */
};

/* Reads at most BOUNCE_TEXT_MAX bytes of said->text. The text and the code live in the
 * arena, or where said->enhanced does. AC_ENOMEM. */
enum ac_status bounce_wording(const struct bounce_said *said, struct arena *arena,
                              struct bounce_wording *out) AC_MUST_USE;

#endif
