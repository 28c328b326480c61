/* SPDX-License-Identifier: MIT */
/*
 * conclusion.h - a refusal joined with the audit of today: does the DNS still explain
 * it? What speaks for each class of refusals is a row of conclusion.def.
 */
#ifndef EXPLAIN_CONCLUSION_H
#define EXPLAIN_CONCLUSION_H

#include "explain/faults.h"

enum explain_state {
    EXPLAIN_STILL_FAILING, /* the DNS explains the refusal as it is now */
    EXPLAIN_FIXED,     /* it does not any more, or never did: mended, broken in transit,
                          forwarded */
    EXPLAIN_NOT_DNS,   /* no record decides such a refusal */
    EXPLAIN_UNDECIDED, /* the DNS did not answer, or too little is known */
};

enum {
    EXPLAIN_WAYS_MAX = 4, /* in which the DNS may explain a class */
    EXPLAIN_BECAUSE_MAX = 32,
    EXPLAIN_STEPS_MAX = 8
};

/* A row of conclusion.def. */
struct explain_row {
    enum explain_state otherwise;   /* when no way holds: FIXED or NOT_DNS */
    unsigned way[EXPLAIN_WAYS_MAX]; /* BY_... bits that hold at once; any way will do; 0
                                       ends the list */
    unsigned also; /* bits of faults that would have the next try refused: they count
                      where they are there for sure, and else not */
    const char *stand_in; /* receiver that refuses for this alone, so that a mend can be
                             proved where the speaker's rules are not known; or NULL */
    bool bulk;            /* such a refusal says that the sender counts as bulk */
};

/* Never NULL; a class without a row of its own is not decided by DNS. */
const struct explain_row *explain_row(enum bounce_class_id class);

struct conclusion {
    enum explain_state state;
    enum finding_id because[EXPLAIN_BECAUSE_MAX]; /* findings of the audit */
    size_t n_because;
    const char *text;                    /* one sentence */
    const char *step[EXPLAIN_STEPS_MAX]; /* what to do next, in order */
    size_t n_steps;
    size_t n_before; /* of them come before the mend of what is still failing */
};

/* audit NULL: too little is known for one. told: the audit is shown beside, and says
 * how its causes are mended. Texts live in the arena. AC_ENOMEM. */
enum ac_status explain_conclude(const struct bounce *bounce,
                                const struct audit_result *audit, bool told,
                                struct arena *arena,
                                struct conclusion *out) AC_MUST_USE;

/* Is this finding among `because`? Is some cause of the audit's verdict, so that its
 * mends are those of the refusal? */
bool explain_blames(const struct conclusion *c, enum finding_id id);
bool explain_blames_causes(const struct conclusion *c, const struct audit_result *r);

const char *explain_state_print(enum explain_state state); /* "still-failing", ... */

#endif
