/* SPDX-License-Identifier: MIT */
/*
 * world.c - a small DNS in memory: wants are answered out of a zone, until none is
 * left.
 */
#include "support/world.h"

#include "dns/overlay.h"
#include "dns/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* cmocka wants the headers above before its own. */
#include <cmocka.h>

enum {
    WORLD_ARENA = 64 * 1024 * 1024,
    WORLD_RUNS_MAX = 5000
};

struct world_fault {
    struct world_fault *next;
    struct dns_name name;
    uint16_t type;
    enum dns_outcome outcome;
    bool below;
};

struct dns_name world_name(const char *text)
{
    struct dns_name name;

    if (!dns_name_parse(span_of(text), &name))
        fail_msg("the test's name %s is none", text);
    return name;
}

static void world_view(struct world *w)
{
    dns_view_init(&w->view, &w->answers, ac_default_limits.questions, 7);
    dns_wants_init(&w->wants, &w->run, ac_default_limits.hints);
    findings_init(&w->findings, &w->run);
    w->env = (struct ac_env){
        .dns = &w->view,
        .wants = &w->wants,
        .arena = &w->run,
        .findings = &w->findings,
        .limits = &ac_default_limits,
        .now = 1800000000,
        .nonce = 42,
    };
}

void world_init(struct world *w, const char *text)
{
    char error[DNS_ZONE_ERROR_MAX];
    size_t size = strlen(text) + 32;
    char *whole = malloc(size);

    *w = (struct world){ .zone = dns_overlay_new(3) };
    assert_non_null(whole);
    assert_non_null(w->zone);
    snprintf(whole, size, "$ORIGIN .\n$TTL 300\n%s\n", text);
    if (dns_zone_read(w->zone, "world", span_of(whole), error) != AC_OK)
        fail_msg("%s\n%s", error, text);
    free(whole);
    arena_init(&w->answers, WORLD_ARENA);
    arena_init(&w->run, WORLD_ARENA);
    world_view(w);
}

void world_forget(struct world *w)
{
    dns_view_free(&w->view);
    arena_free(&w->answers);
    arena_free(&w->run);
    world_view(w);
}

void world_free(struct world *w)
{
    while (w->fault) {
        struct world_fault *next = w->fault->next;

        free(w->fault);
        w->fault = next;
    }
    dns_view_free(&w->view);
    arena_free(&w->answers);
    arena_free(&w->run);
    dns_overlay_free(w->zone);
}

void world_fault(struct world *w, const char *name, uint16_t type,
                 enum dns_outcome outcome, bool below)
{
    struct world_fault *f = malloc(sizeof *f);

    assert_non_null(f);
    *f = (struct world_fault){ .next = w->fault,
                               .name = world_name(name),
                               .type = type,
                               .outcome = outcome,
                               .below = below };
    w->fault = f;
}

static const struct world_fault *fault_of(const struct world *w,
                                          const struct dns_name *name, uint16_t type)
{
    for (const struct world_fault *f = w->fault; f; f = f->next)
        if ((!f->type || f->type == type) &&
            (f->below ? dns_name_is_under(name, &f->name)
                      : dns_name_eq(name, &f->name)))
            return f;
    return NULL;
}

/* The zone's answer, as a resolver that knows no other zone would give it. */
static const struct dns_answer *zone_answer(const struct world *w, struct arena *arena,
                                            const struct dns_name *name, uint16_t type)
{
    struct dns_view zone = { 0 };
    struct dns_wants wants;
    const struct dns_answer *a = NULL;

    dns_view_init(&zone, arena, 1, 1);
    zone.overlay = w->zone;
    zone.offline = true;
    dns_wants_init(&wants, arena, 0);
    assert_int_equal(dns_get(&zone, &wants, name, type, &a), AC_OK);
    dns_view_free(&zone);
    return a;
}

const struct dns_answer *world_look(const struct world *w, struct arena *arena,
                                    const struct dns_name *name, uint16_t type)
{
    const struct world_fault *f = fault_of(w, name, type);
    const struct dns_answer *a =
        f ? dns_answer_failed(arena, f->outcome) : zone_answer(w, arena, name, type);

    /* A fault at the end of a CNAME chain fails the whole question. */
    if (!f && a->n_cname) {
        f = fault_of(w, &a->cname[a->n_cname - 1], type);
        if (f)
            a = dns_answer_failed(arena, f->outcome);
    }
    assert_non_null(a);
    return a;
}

static void world_answer(struct world *w, struct dns_entry *e)
{
    dns_view_answer(&w->view, e, world_look(w, &w->answers, &e->name, e->type));
}

/* Answer all open questions, or with w->shuffle one of them by chance. */
static void answer_some(struct world *w)
{
    size_t open = 0, chosen;

    for (size_t i = 0; i < w->view.n; i++)
        open += !w->view.list[i]->answer;
    assert_true(open > 0); /* pending with nothing open would never end */
    w->shuffle =
        w->shuffle * 6364136223846793005u + (w->shuffle ? 1442695040888963407u : 0);
    chosen = w->shuffle ? (size_t)(w->shuffle >> 33) % open : 0;
    for (size_t i = 0, at = 0; i < w->view.n; i++) {
        if (w->view.list[i]->answer)
            continue;
        if (!w->shuffle || at == chosen)
            world_answer(w, w->view.list[i]);
        at++;
    }
}

enum ac_status world_run(struct world *w,
                         enum ac_status (*step)(struct ac_env *env, void *context),
                         void *context)
{
    enum ac_status status = AC_PENDING;

    for (w->runs = 0; status == AC_PENDING; w->runs++) {
        assert_true(w->runs < WORLD_RUNS_MAX);
        if (w->runs)
            answer_some(w);
        arena_reset(&w->run);
        dns_wants_init(&w->wants, &w->run, w->env.limits->hints);
        findings_init(&w->findings, &w->run);
        status = step(&w->env, context);
    }
    return status;
}

const struct finding *world_finding(const struct world *w, const char *id)
{
    enum finding_id want = finding_by_name(span_of(id));

    for (size_t i = 0; i < w->findings.n; i++)
        if (w->findings.row[i].id == want)
            return &w->findings.row[i];
    return NULL;
}

size_t world_questions(const struct world *w)
{
    return w->view.n;
}
