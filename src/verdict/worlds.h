/* SPDX-License-Identifier: MIT */
/*
 * worlds.h - what is open in the evidence, closed in every way that it may turn out.
 * Exact where look-ups hang together: one question has one answer in one world.
 */
#ifndef VERDICT_WORLDS_H
#define VERDICT_WORLDS_H

#include "verdict/facts.h"

enum {
    WORLDS_MAX = 4096
};

/* Is anything open to these eyes? What the DNS failed to tell is not, to eyes that are
 * known to go on all the same. conditions: those that are asked about. */
bool verdict_is_open(const struct verdict_evidence *e, const struct verdict_eyes *eyes,
                     uint64_t conditions);

/*
 * Calls `visit` for every world, with evidence in which nothing is open, until it
 * returns false. *all is false when there are more than WORLDS_MAX. AC_ENOMEM.
 */
enum ac_status verdict_worlds(const struct verdict_evidence *e,
                              const struct verdict_eyes *eyes, uint64_t conditions,
                              struct arena *arena,
                              bool (*visit)(const struct verdict_evidence *, void *),
                              void *context, bool *all) AC_MUST_USE;

#endif
