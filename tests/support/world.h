/* SPDX-License-Identifier: MIT */
/*
 * world.h - a small DNS in memory for tests: a zone in, a result out. No loop, no
 * clock.
 */
#ifndef SUPPORT_WORLD_H
#define SUPPORT_WORLD_H

#include "env/env.h"

struct world {
    struct dns_overlay *zone;  /* what exists; all else is NXDOMAIN */
    struct arena answers, run; /* of the view, and of the run (kept after the last) */
    struct dns_view view;
    struct dns_wants wants;
    struct findings findings; /* of the last run */
    struct ac_env env;
    struct world_fault *fault;
    uint64_t shuffle; /* not 0: answers come one by one, in an order by this number */
    size_t runs;      /* runs of the last world_run */
};

/* text: a master file; owners are relative to the root ("$ORIGIN ." is in front). Fails
 * the running test when it does not parse. */
void world_init(struct world *w, const char *text);
void world_free(struct world *w);

/* The same world once more with nothing asked yet: a fresh view. */
void world_forget(struct world *w);

/* Questions for `name` of `type` (0: all types) end as `outcome`; below: and all names
 * below it. */
void world_fault(struct world *w, const char *name, uint16_t type,
                 enum dns_outcome outcome, bool below);

/* What this world says to one question; in the arena. */
const struct dns_answer *world_look(const struct world *w, struct arena *arena,
                                    const struct dns_name *name, uint16_t type);

/*
 * Run an evaluator until it does not want anything any more: `step` calls it with
 * &w->env and its own context. Returns its last status, which is never AC_PENDING.
 */
enum ac_status world_run(struct world *w,
                         enum ac_status (*step)(struct ac_env *env, void *context),
                         void *context);

/* Names the first finding with that public id, or NULL. */
const struct finding *world_finding(const struct world *w, const char *id);

/* How many questions were asked so far. */
size_t world_questions(const struct world *w);

struct dns_name world_name(const char *text);

#endif
