/* SPDX-License-Identifier: MIT */
/*
 * engine.h - runs evaluators over the view until none of them wants anything any more.
 *
 * Sans I/O: it says which questions are open and takes answers; who asks is
 * audit/drive.h or the caller of the library. No rounds: as soon as any question is
 * answered the tasks that waited for it run again, from the top. See
 * docs/decisions/0001-re-execution.md.
 */
#ifndef AUDIT_ENGINE_H
#define AUDIT_ENGINE_H

#include "env/env.h"

enum {
    TASKS_MAX = 1024,
    TASK_RUNS_MAX = 4000,
    TASK_AFTER_MAX = 4
};

/*
 * One evaluator with its input and, once status is AC_OK, its result; both stand in
 * `context`. `run` is called again and again until it no longer returns AC_PENDING,
 * each time with an empty arena and no findings.
 */
struct task {
    const char *label; /* "the SPF result of 192.0.2.1": what hangs on its questions */
    enum ac_status (*run)(struct ac_env *env, void *context);
    void *context;
    struct arena arena;
    struct findings findings;
    struct dns_wants wants; /* of the last run */
    enum ac_status status;  /* AC_PENDING until it is done; then AC_OK or a failure */
    const struct task *after[TASK_AFTER_MAX]; /* it wants nothing that these do not */
    bool counts_by_run; /* its questions are counted by running it once more */
    bool decisive;      /* a verdict or a cause hangs on it: see plan.h */
    unsigned runs;
};

struct engine {
    struct dns_view view;
    struct arena arena; /* answers, tasks and all that lives as long as the audit */
    struct task **task;
    size_t n_tasks, cap_tasks;
    size_t n_first; /* of them there from the start; later ones came as answers did */
    struct ac_limits limits;
    int64_t now;
    uint64_t nonce;
};

/* now: Unix seconds; nonce: chance. Both are frozen from here on. pool: of all memory,
 * or NULL. */
void engine_init(struct engine *e, const struct ac_limits *limits, int64_t now,
                 uint64_t nonce, struct arena_pool *pool);
void engine_free(struct engine *e);

/* Add a task; label and context must live as long as the engine. AC_ENOMEM, AC_ELIMIT.
 */
enum ac_status engine_add(struct engine *e, const char *label,
                          enum ac_status (*run)(struct ac_env *, void *), void *context,
                          struct task **out) AC_MUST_USE;

/*
 * Run every task that can go on. *again: at least one ran. Returns AC_OK when all are
 * done, AC_PENDING when some wait for answers, else the first failure of ours.
 */
enum ac_status engine_step(struct engine *e, bool *again) AC_MUST_USE;

/* Count anew what the last run of every task has read, those past n_first sorted by
 * label, so that neither depths and question counts nor the order of tasks depend on
 * the order in which answers came; what has looked around runs once more, over all
 * that is known. Only after all are done. */
enum ac_status engine_account(struct engine *e) AC_MUST_USE;

/* Is its result there? A task that was not planned (NULL) has none. */
static inline bool engine_done(const struct task *t)
{
    return t && t->status == AC_OK;
}

#endif
