/* SPDX-License-Identifier: MIT */
/*
 * fix_trial.h - the proof of a fix: an audit over changed records, begun once and kept
 * by its changes. Private to the files audit/fix*.c.
 */
#ifndef AUDIT_FIX_TRIAL_H
#define AUDIT_FIX_TRIAL_H

#include "audit/fix.h"

enum {
    FIX_TRIALS_MAX = 32, /* audits for all fixes of one audit */
    FIX_CHAIN_MAX = 5    /* failures that one fix mends */
};

/* An audit over changed records. */
struct trial {
    struct fix_changes changes;
    struct dns_overlay *overlay;
    struct audit *child;
    bool done;               /* the rest is there */
    bool turns;              /* it is a fix */
    bool harmless;           /* no worse for anybody: more changes may make it a fix */
    enum finding_id crossed; /* a limit that it would break, or FINDING_NONE */
    enum verdict after;
    size_t decided_by;
};

struct fixes_task {
    struct audit *audit;
    struct plan_verdict *before; /* of each client */
    size_t described;
    const struct cause *cause;
    size_t n_causes;
    struct trial *trial[FIX_TRIALS_MAX];
    size_t n_trials;
    bool done;
    struct audit_fix *fix;
    size_t n_fixes;
};

/* One search: the failures on the way, the first of them the cause to be mended. */
struct search {
    struct fixes_task *t;
    struct ac_env *env;
    const struct dns_name *hint;
    size_t n_hints;
    struct verdict_reason chain[FIX_CHAIN_MAX];
    size_t n;
};

/* The trial of these changes, as far as answers reach: AC_OK once it is done, with
 * *out NULL when there were enough trials; AC_PENDING. */
enum ac_status fix_try(struct search *s, const struct fix_changes *changes,
                       struct trial **out) AC_MUST_USE;

/* The same changes, in any order. */
bool fix_same(const struct fix_changes *a, const struct fix_changes *b);

#endif
