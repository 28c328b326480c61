/* SPDX-License-Identifier: MIT */
/*
 * engine.c - the loop around the evaluators: run, note wants, run again.
 */
#include "audit/engine.h"

#include <stdlib.h>

#define ENGINE_ARENA_MAX ((size_t)64 * 1024 * 1024)
#define TASK_ARENA_MAX   ((size_t)16 * 1024 * 1024)

void engine_init(struct engine *e, const struct ac_limits *limits, int64_t now,
                 uint64_t nonce, struct arena_pool *pool)
{
    *e = (struct engine){ .limits = *limits, .now = now, .nonce = nonce };
    arena_init_pooled(&e->arena, ENGINE_ARENA_MAX, pool);
    dns_view_init(&e->view, &e->arena, limits->questions, nonce);
}

void engine_free(struct engine *e)
{
    for (size_t i = 0; i < e->n_tasks; i++)
        arena_free(&e->task[i]->arena);
    dns_view_free(&e->view);
    arena_free(&e->arena);
}

enum ac_status engine_add(struct engine *e, const char *label,
                          enum ac_status (*run)(struct ac_env *, void *), void *context,
                          struct task **out)
{
    struct task *t, **list;

    if (e->n_tasks == TASKS_MAX)
        return AC_ELIMIT;
    t = arena_alloc(&e->arena, sizeof *t);
    list = arena_grow(&e->arena, e->task, e->n_tasks, &e->cap_tasks,
                      sizeof(struct task *));
    if (!t || !list)
        return AC_ENOMEM;
    e->task = list;
    *t = (struct task){
        .label = label, .run = run, .context = context, .status = AC_PENDING
    };
    arena_init_pooled(&t->arena, TASK_ARENA_MAX, e->arena.pool);
    e->task[e->n_tasks++] = t;
    *out = t;
    return AC_OK;
}

/* The bit of a task serves to tell later what hung on a question; tasks past the 63rd
 * share one. */
static uint64_t user_bit(size_t index)
{
    return (uint64_t)1 << (index < 63 ? index : 63);
}

/* One run from the top. */
static void task_run(struct engine *e, size_t index)
{
    struct task *t = e->task[index];
    struct ac_env env = {
        .dns = &e->view,
        .wants = &t->wants,
        .arena = &t->arena,
        .findings = &t->findings,
        .limits = &e->limits,
        .now = e->now,
        .nonce = e->nonce,
    };

    arena_reset(&t->arena);
    dns_wants_init(&t->wants, &t->arena, e->limits.hints);
    t->wants.user = user_bit(index);
    findings_init(&t->findings, &t->arena);
    t->status = t->run(&env, t->context);
    t->runs++;
    if (t->status == AC_OK && t->findings.status != AC_OK)
        t->status = t->findings.status;
    /* Pending with nothing open would wait for ever: a fault of the evaluator. */
    if (t->status == AC_PENDING && (!t->wants.n_hard || t->runs > TASK_RUNS_MAX))
        t->status = t->wants.status != AC_OK ? t->wants.status : AC_ELIMIT;
}

/* Before its time a run could only be pending. */
static bool is_its_turn(const struct task *t)
{
    for (size_t i = 0; i < TASK_AFTER_MAX; i++)
        if (t->after[i] && t->after[i]->status == AC_PENDING)
            return false;
    return true;
}

static bool task_ready(const struct task *t)
{
    if (t->status != AC_PENDING)
        return false;
    for (size_t i = 0; i < t->wants.n_hard; i++)
        if (t->wants.hard[i]->answer)
            return true;
    return !t->runs && is_its_turn(t);
}

enum ac_status engine_step(struct engine *e, bool *again)
{
    enum ac_status result = AC_OK;

    *again = false;
    for (size_t i = 0; i < e->n_tasks; i++) {
        if (task_ready(e->task[i])) {
            task_run(e, i);
            *again = true;
        }
        if (e->task[i]->status == AC_PENDING)
            result = AC_PENDING;
        else if (e->task[i]->status != AC_OK)
            return e->task[i]->status;
    }
    return result;
}

static int label_order(const void *a, const void *b)
{
    const struct task *const *x = a, *const *y = b;

    return strcmp((*x)->label, (*y)->label);
}

enum ac_status engine_account(struct engine *e)
{
    if (e->n_tasks > e->n_first)
        qsort(e->task + e->n_first, e->n_tasks - e->n_first, sizeof(struct task *),
              label_order);
    dns_view_recount(&e->view);
    for (size_t i = 0; i < e->n_tasks; i++) {
        struct task *t = e->task[i];

        t->wants.user = user_bit(i);
        if (t->counts_by_run || t->wants.looked_around)
            task_run(e, i);
        else
            dns_wants_recount(&e->view, &t->wants);
        TRY(t->status);
    }
    return AC_OK;
}
