/* SPDX-License-Identifier: MIT */
/*
 * receiver.h - what a receiver answers to a mail: the first of its rules that applies
 * to the evidence. Receivers are rows of receivers.def.
 */
#ifndef VERDICT_RECEIVER_H
#define VERDICT_RECEIVER_H

#include "verdict/facts.h"

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

/* If all conditions hold, this is the answer. */
struct receiver_rule {
    uint64_t when; /* ON_... bits; 0 ends a list */
    enum verdict verdict;
    const char *stage;    /* "mail", "rcpt", "data"; NULL when it takes the mail */
    unsigned code;        /* 0 when it takes the mail */
    const char *enhanced; /* NULL when none is given */
    enum certainty certainty;
    const char *reply; /* with placeholders: see reply.h; NULL when it takes the mail */
    const char * or ;  /* what else is documented, or NULL */
};

struct receiver {
    const char *name; /* as --receiver takes it */
    const char *what; /* one line: who that is and what it enforces */
    const char *source;
    struct verdict_eyes eyes;
    const struct receiver_rule *rule; /* the first that applies; NULL: none */
    const char *not_checked;          /* rules of it that are not predicted, or NULL */
};

/* The answer of one receiver to one mail. */
struct prediction {
    const struct receiver *receiver;
    enum verdict verdict;
    enum certainty certainty;         /* of the outcome being worse than accept */
    const struct receiver_rule *rule; /* NULL when it accepts, or is unknown */
    const char *stage; /* of the rule, as the next two; NULL, 0 without */
    unsigned code;
    const char *enhanced;
    const char *reply; /* filled by receiver_predict; in the arena */
};

/* All receivers, in the order of receivers.def. */
const struct receiver *receiver_list(size_t *n);

/* By name; NULL if there is none. */
const struct receiver *receiver_find(struct span name);

/* Those that are predicted when none is named: the first of the list. */
enum {
    RECEIVERS_DEFAULT = 6
};

/* All conditions that the rules of a receiver ask about. */
uint64_t receiver_conditions(const struct receiver *r);

/* Does one of its rules look at SPF of the HELO name? */
bool receiver_judges_helo(const struct receiver *r);

/*
 * Judge; AC_ENOMEM is the only failure. What is open is tried in every way that it may
 * turn out (some hundred at most): unknown, where that changes the verdict, unless a
 * rule with ON(OPEN) says what the receiver does then.
 */
enum ac_status receiver_judge(const struct receiver *r,
                              const struct verdict_evidence *e, struct arena *arena,
                              struct prediction *out) AC_MUST_USE;

/* The same, and the words of the reply. */
enum ac_status receiver_predict(const struct receiver *r,
                                const struct verdict_evidence *e, struct arena *arena,
                                struct prediction *out) AC_MUST_USE;

const char *verdict_print(enum verdict verdict); /* "accept", "spam", ... */
const char *certainty_print(enum certainty certainty);

#endif
