/* SPDX-License-Identifier: MIT */
/*
 * prose.h - SMTP replies within words: of qmail, Exim, Postfix, Sendmail, Exchange and
 * others, in their notifications and in their logs. There is no standard for it; the
 * rules are about shape: where a code may stand, what speaks before it, where it ends.
 */
#ifndef BOUNCE_PROSE_H
#define BOUNCE_PROSE_H

#include "bounce/reply.h"

enum {
    BOUNCE_REPLIES_MAX = 64,
    /* Strength of a reply: from here on it is surely one. */
    BOUNCE_SURE = 5
};

struct bounce_prose {
    struct bounce_reply *reply; /* in the order of the text */
    size_t n;
    struct span recipient; /* the first address that the words are about */
    struct span words;     /* the sentence about it, where there is no code at all */
};

/* `text` as bounce_text makes it, without the copy of the message. AC_ENOMEM. */
enum ac_status bounce_prose_read(struct span text, struct arena *arena,
                                 struct bounce_prose *out) AC_MUST_USE;

#endif
