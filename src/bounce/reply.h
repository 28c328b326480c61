/* SPDX-License-Identifier: MIT */
/*
 * reply.h - one SMTP reply in running text: its code (RFC 5321, 4.2), its enhanced code
 * (RFC 3463) and its words, however they were folded, quoted and joined.
 */
#ifndef BOUNCE_REPLY_H
#define BOUNCE_REPLY_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* RFC 3463, 2: class.subject.detail; class 0: none. */
struct bounce_enhanced {
    unsigned class, subject, detail;
};

struct bounce_reply {
    unsigned code; /* 0: none */
    struct bounce_enhanced enhanced;
    struct span text;      /* one line, codes still in it; p == NULL: none */
    struct span host;      /* that said it */
    struct span recipient; /* p == NULL: not told */
    struct span action;    /* of the status; p == NULL */
    const char *place;     /* where it stood in the words that were read; NULL */
    unsigned strength;     /* how sure it is that this is a reply; 0: it is none */
};

/* A reply code of a refusal (400 to 599) at `at`, which is not part of a longer word or
 * number; false. *end: the offset behind it. */
bool bounce_code_at(struct span s, size_t at, unsigned *code, size_t *end);

/* An enhanced code at `at`: "5.7.1", "#5.7.1", "(5.7.1)", and behind a reply code
 * "5.7 1" as well; false. */
bool bounce_enhanced_at(struct span s, size_t at, bool behind_code,
                        struct bounce_enhanced *out, size_t *end);

/* The enhanced code of a reply: right behind its code, else the first that stands alone
 * and agrees with the code; class 0: none. */
struct bounce_enhanced bounce_enhanced_of(struct span text, unsigned code);

/* Which of the two says more? The one in the reply, but for one that says only "other",
 * X.0.0, or none at all. */
struct bounce_enhanced bounce_enhanced_better(struct bounce_enhanced reply,
                                              struct bounce_enhanced status);

/* Does it say only that all time for tries is up? */
bool bounce_reply_is_late(const struct bounce_reply *r);

/* "5.7.1" in the arena; NULL without memory. */
const char *bounce_enhanced_print(struct arena *arena, struct bounce_enhanced e);

/*
 * Make a reply of its lines (folds and all), which begin with the code if there is one:
 * reads both codes and joins the lines to one, repeated codes left out. The other
 * fields of *out stay as they are. AC_ENOMEM.
 */
enum ac_status bounce_reply_make(struct span lines, struct arena *arena,
                                 struct bounce_reply *out) AC_MUST_USE;

#endif
