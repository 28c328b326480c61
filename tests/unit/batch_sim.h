/* SPDX-License-Identifier: MIT */
/*
 * batch_sim.h - a network in memory for the tests of batch: tries take a while on a
 * clock that only this moves (the linker puts __wrap_clock_us in the place of
 * clock_us: see Makefile), are lost by chance, or because too many are under way.
 */
#ifndef UNIT_BATCH_SIM_H
#define UNIT_BATCH_SIM_H

#include "dns/source.h"
#include "dns/view.h"
#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    SIM_OPEN_MAX = 4096,
    SIM_TIMEOUT_US = 2000000
};

int64_t __wrap_clock_us(void);

static int64_t sim_now_us = 1000000;

int64_t __wrap_clock_us(void)
{
    return sim_now_us;
}

struct sim_try {
    struct dns_try t;
    int64_t due_us;
    enum dns_outcome lost; /* DNS_ANSWER: it is answered */
};

struct sim {
    struct dns_source base;
    const struct world *world;
    uint64_t chance;         /* seed of what follows */
    unsigned drop, delay;    /* of a thousand tries: lost; answered after a second */
    size_t bears;            /* tries under way; those beyond are ... */
    enum dns_outcome beyond; /* ... lost so; DNS_ANSWER: it bears all */
    uint64_t down;           /* servers that are down, by bit */
    unsigned servers;
    struct dns_answer plain; /* without a world: the answer to every question */
    struct sim_try open[SIM_OPEN_MAX];
    size_t n, most, asked;
};

static inline enum ac_status sim_ask(struct dns_source *base, const struct dns_try *t)
{
    struct sim *s = (struct sim *)base;
    struct sim_try *to = &s->open[s->n];
    unsigned lot = (unsigned)(play_next(&s->chance) % 1000);

    assert_true(s->n < SIM_OPEN_MAX);
    *to = (struct sim_try){ .t = *t, .lost = DNS_ANSWER };
    to->due_us = sim_now_us + 1000 + (int64_t)(play_next(&s->chance) % 50000);
    if (lot >= s->drop && lot < s->drop + s->delay)
        to->due_us += 1000000;
    if (lot < s->drop || (s->down >> t->attempt % s->servers & 1))
        to->lost = DNS_TIMEOUT;
    else if (s->beyond != DNS_ANSWER && s->n >= s->bears)
        to->lost = s->beyond;
    s->n++;
    s->asked++;
    if (s->n > s->most)
        s->most = s->n;
    return AC_OK;
}

static inline const struct dns_answer *sim_answer(struct sim *s,
                                                  const struct sim_try *t,
                                                  struct arena *into)
{
    static const struct dns_rr rr[] = { { { "\4text", 5 }, 300 } };
    struct dns_answer *plain;

    if (t->lost != DNS_ANSWER)
        return dns_answer_failed(into, t->lost);
    if (s->world)
        return world_look(s->world, into, t->t.name, t->t.type);
    plain = arena_alloc(into, sizeof *plain);
    assert_non_null(plain);
    *plain = s->plain;
    if (plain->outcome == DNS_ANSWER) {
        plain->rr = rr;
        plain->n = 1;
    }
    return plain;
}

/* The first that is due; silence is due when a time-out is over. */
static inline size_t sim_first(struct sim *s)
{
    struct arena scratch;
    size_t first = 0;

    arena_init(&scratch, 1 << 24);
    for (size_t i = 0; i < s->n; i++) {
        struct sim_try *t = &s->open[i];

        if (t->due_us >= 0 && sim_answer(s, t, &scratch)->outcome == DNS_TIMEOUT &&
            t->lost != DNS_UNREACHABLE) {
            t->due_us += SIM_TIMEOUT_US;
            t->lost = DNS_UNREACHABLE; /* marks that it was moved */
        }
        if (t->due_us < s->open[first].due_us)
            first = i;
    }
    arena_free(&scratch);
    return first;
}

static inline enum ac_status sim_wait(struct dns_source *base, int64_t until_us,
                                      struct arena *into, struct dns_event *events,
                                      size_t max, size_t *n)
{
    struct sim *s = (struct sim *)base;

    *n = 0;
    while (*n < max && s->n) {
        size_t i = sim_first(s);
        struct sim_try t = s->open[i];

        if (t.due_us > until_us || (*n && t.due_us > sim_now_us))
            break;
        if (t.due_us > sim_now_us)
            sim_now_us = t.due_us;
        if (t.lost == DNS_UNREACHABLE)
            t.lost = DNS_TIMEOUT;
        events[(*n)++] = (struct dns_event){ .ticket = t.t.ticket,
                                             .answer = sim_answer(s, &t, into) };
        s->open[i] = s->open[--s->n];
    }
    if (!*n && until_us > sim_now_us)
        sim_now_us = until_us;
    return AC_OK;
}

static inline void sim_cancel(struct dns_source *base)
{
    ((struct sim *)base)->n = 0;
}

static const struct dns_source_ops sim_ops = { sim_ask, sim_wait, sim_cancel, NULL };

#endif
