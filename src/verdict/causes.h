/* SPDX-License-Identifier: MIT */
/*
 * causes.h - which failures a verdict hangs on, found by counterfactual: mend one
 * failing leg in the evidence, ask the receiver again, look whether the verdict turns.
 */
#ifndef VERDICT_CAUSES_H
#define VERDICT_CAUSES_H

#include "verdict/receiver.h"

enum {
    CAUSE_LEGS_MAX = 10
};

/* Failures of which mending one (together with one of every other cause) turns it. */
struct cause {
    struct verdict_reason reason[CAUSE_LEGS_MAX];
    size_t n;
};

/*
 * The smallest list of causes that all hold at once. Empty for accept and unknown, and
 * where no mending of failures turns the verdict. In the arena. Legs past
 * CAUSE_LEGS_MAX are left out. AC_ENOMEM.
 */
enum ac_status verdict_causes(const struct receiver *r,
                              const struct verdict_evidence *e, struct arena *arena,
                              const struct cause **out, size_t *n) AC_MUST_USE;

#endif
