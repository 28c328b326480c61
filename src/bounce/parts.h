/* SPDX-License-Identifier: MIT */
/*
 * parts.h - what a bounce is made of: what its reporter says in words and in fields,
 * and the returned copy of the message, kept well apart. RFC 6522.
 */
#ifndef BOUNCE_PARTS_H
#define BOUNCE_PARTS_H

#include "base/arena.h"
#include "base/span.h"

enum {
    BOUNCE_PARTS_MAX = 64,
    BOUNCE_PROSE_MAX = 256 * 1024, /* bytes of one part that are looked at */
};

enum bounce_part_kind {
    BOUNCE_PROSE,    /* words of the reporter */
    BOUNCE_STATUS,   /* fields: message/delivery-status (RFC 3464) */
    BOUNCE_FEEDBACK, /* fields: message/feedback-report (RFC 5965) */
    BOUNCE_COPY,     /* of the message that was refused: its header, or more */
};

struct bounce_part {
    enum bounce_part_kind kind;
    struct span text; /* as bounce_text makes it */
};

struct bounce_parts {
    bool is_message;
    struct span head; /* header of the bounce itself */
    struct bounce_part part[BOUNCE_PARTS_MAX];
    size_t n;
    /* A notification that an ordinary message brings along, forwarded; NULL. */
    const struct bounce_parts *nested;
};

/* Cuts a bounce up; everything lives in the arena. AC_ENOMEM; AC_EIO: it is a message,
 * and GMime is not installed. */
enum ac_status bounce_parts_read(struct span bytes, struct arena *arena,
                                 struct bounce_parts *out) AC_MUST_USE;

/* Where the words of a reporter end and a copy of the message begins (its first
 * field): offset in text, and in *copy that of the copy. text.n: it holds none. */
size_t bounce_copy_find(struct span text, size_t *copy);

#endif
