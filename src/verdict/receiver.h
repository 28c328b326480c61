/* SPDX-License-Identifier: MIT */
/*
 * receiver.h - what a receiver answers to a mail: rows of receivers.def over the
 * evidence.
 */
#ifndef VERDICT_RECEIVER_H
#define VERDICT_RECEIVER_H

#include "verdict/evidence.h"

/* From best to worst. */
enum verdict {
    VERDICT_ACCEPT,
    VERDICT_SPAM,    /* delivered to the spam folder */
    VERDICT_DEFER,   /* a 4xx answer */
    VERDICT_UNKNOWN, /* an open DNS question could change it */
    VERDICT_REJECT,  /* a 5xx answer */
};

enum certainty {
    CERTAINTY_LOW,
    CERTAINTY_MEDIUM,
    CERTAINTY_HIGH
};

struct receiver;

/* The answer of one receiver to one mail. */
struct prediction {
    const struct receiver *receiver;
    enum verdict verdict;
    enum certainty certainty; /* of the outcome being worse than accept */
    const char *stage;        /* "mail", "rcpt", "data"; NULL when it accepts */
    unsigned code;            /* 0 when it accepts */
    const char *enhanced;     /* NULL when it accepts, or none is given */
    char *reply;              /* in the arena; NULL when it accepts */
};

struct receiver {
    const char *name; /* as --receiver takes it */
    const char *what; /* one line: who that is and what it enforces */
    const char *source;
    enum dmarc_rules rules; /* how it finds and reads DMARC records */
    enum ac_status (*judge)(const struct receiver *r, const struct verdict_evidence *e,
                            struct arena *arena, struct prediction *out);
};

/* All receivers, in the order of receivers.def. */
const struct receiver *receiver_list(size_t *n);

/* By name; NULL if there is none. */
const struct receiver *receiver_find(struct span name);

/* Predict; AC_ENOMEM is the only failure. */
enum ac_status receiver_judge(const struct receiver *r,
                              const struct verdict_evidence *e, struct arena *arena,
                              struct prediction *out) AC_MUST_USE;

const char *verdict_print(enum verdict verdict); /* "accept", "spam", ... */
const char *certainty_print(enum certainty certainty);

#endif
