/* SPDX-License-Identifier: MIT */
/*
 * facts.h - the evidence in a receiver's eyes as a set of conditions that hold, for the
 * rules of receivers.def.
 */
#ifndef VERDICT_FACTS_H
#define VERDICT_FACTS_H

#include "verdict/evidence.h"

#include <stdint.h>

enum verdict_condition {
#define C(id, words) CONDITION_##id,
#include "verdict/conditions.def"
#undef C
    CONDITIONS_N
};

/* ON_SPF_FAIL and so on: a bit each. */
enum verdict_conditions {
#define C(id, words) ON_##id = (int)(1u << CONDITION_##id),
#include "verdict/conditions.def"
#undef C
};

/* The conditions that hold, open legs taken as not passing. Never ON_OPEN. */
uint32_t verdict_facts(const struct verdict_evidence *e,
                       const struct verdict_eyes *eyes);

/* "SPF fails"; lives for ever. */
const char *verdict_condition_print(enum verdict_condition condition);

#endif
