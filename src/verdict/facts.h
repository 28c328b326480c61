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

_Static_assert(CONDITIONS_N <= 64, "a set of conditions is a uint64_t");

/* ON(SPF_FAIL) and so on: a bit each. */
#define ON(id) (UINT64_C(1) << CONDITION_##id)

/* What has to be looked up for a set of conditions, beside authentication. */
#define ON_HELO_SPF \
    (ON(HELO_FAIL) | ON(HELO_SOFTFAIL) | ON(HELO_PERMERROR) | ON(HELO_TEMPERROR))
#define ON_HOST (ON(NO_PTR) | ON(PTR_UNCONFIRMED) | ON(PTR_DOUBTFUL) | ON(PTR_GENERIC))
#define ON_HELO_NAME \
    (ON(HELO_NOT_FULL) | ON(HELO_LITERAL_BAD) | ON(HELO_UNKNOWN) | ON(HELO_NO_ANSWER))
#define ON_SENDER                                                         \
    (ON(SENDER_NULL_MX) | ON(SENDER_UNKNOWN) | ON(SENDER_DANGLING) |      \
     ON(SENDER_NOWHERE) | ON(SENDER_MX_ADDRESS) | ON(SENDER_WITHOUT_MX) | \
     ON(SENDER_NO_SOA) | ON(SENDER_FAILED) | ON(SENDER_MX_FAILED) |       \
     ON(SENDER_HOSTS_FAILED))
#define ON_AUTHOR (ON(AUTHOR_NULL_MX) | ON(AUTHOR_NO_SOA))
#define ON_LISTING \
    (ON(LISTED_SPAMHAUS) | ON(LISTED_DBL) | ON(SENDER_IN_DBL) | ON(HELO_IN_DBL))

/* The conditions that hold, open legs taken as not passing. Never ON(OPEN),
 * ON(OPEN_SENDER). */
uint64_t verdict_facts(const struct verdict_evidence *e,
                       const struct verdict_eyes *eyes);

/* "SPF fails"; lives for ever. */
const char *verdict_condition_print(enum verdict_condition condition);

#endif
