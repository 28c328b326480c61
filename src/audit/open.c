/* SPDX-License-Identifier: MIT */
/*
 * open.c - questions that the DNS left open, as findings. Many on which the same hangs
 * (the search for selectors asks a hundred) are one finding.
 */
#include "audit/plan.h"

#include "base/buf.h"

#include <stdlib.h>

enum {
    ALONE_MAX = 3,     /* so many are told one by one */
    GROUPS_MAX = 100,  /* what is open past them is told one by one */
    USERS_TEXT = 1000, /* bytes */
    TASK_BITS = 63     /* the last bit is shared, and tells nothing: see engine.c */
};

/* Questions on which the same tasks hang. */
struct group {
    const struct dns_entry *first;
    size_t n;
    bool told;
};

struct groups {
    struct group *list;
    size_t n;
};

static struct group *group_of(const struct groups *g, const struct dns_entry *e)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->list[i].first->users == e->users)
            return &g->list[i];
    return NULL;
}

static void count(struct groups *g, const struct dns_entry *e)
{
    struct group *group = group_of(g, e);

    if (group)
        group->n++;
    else if (g->n < GROUPS_MAX)
        g->list[g->n++] = (struct group){ .first = e, .n = 1 };
}

/* "the SPF result of 192.0.2.1, the DMARC policy by RFC 9989". */
static void print_users(const struct audit *a, const struct dns_entry *e, struct buf *b)
{
    buf_init(b, USERS_TEXT);
    for (size_t i = 0; i < a->engine.n_tasks && i < TASK_BITS; i++)
        if (e->users & (uint64_t)1 << i)
            buf_printf(b, "%s%s", b->n ? ", " : "", a->engine.task[i]->label);
    if (!b->n)
        buf_puts(b, "nothing");
}

static void note(struct audit *a, const struct dns_entry *e, size_t n)
{
    struct findings *f = &a->result.findings;
    char name[DNS_TEXT_MAX], type_text[DNS_TYPE_TEXT_MAX];
    const char *type = dns_type_print(e->type, type_text);
    const char *outcome = dns_outcome_print(e->answer->outcome);
    struct buf users;

    dns_name_print(&e->name, name);
    print_users(a, e, &users);
    if (n > ALONE_MAX)
        finding_add(f, FINDING_DNS_NOT_ANSWERED, name,
                    "%zu questions to the DNS failed, the first for %s %s: %s; on them "
                    "hangs %s.",
                    n, name, type, outcome, buf_text(&users));
    else
        finding_add(f, FINDING_DNS_NOT_ANSWERED, name,
                    "The question for %s %s failed: %s; on it hangs %s.", name, type,
                    outcome, buf_text(&users));
    buf_free(&users);
}

static int question_order(const void *a, const void *b)
{
    const struct dns_entry *const *x = a, *const *y = b;
    int c = dns_name_cmp(&(*x)->name, &(*y)->name);

    return c ? c : ((*x)->type > (*y)->type) - ((*x)->type < (*y)->type);
}

/* The open questions by name: the order in which they were asked hangs on the network.
 */
static size_t open_questions(const struct audit *a, const struct dns_entry **open)
{
    const struct dns_view *v = &a->engine.view;
    size_t n = 0;

    for (size_t i = 0; i < v->n; i++)
        if (dns_entry_counts(v, v->list[i]) && !dns_answered(v->list[i]->answer) &&
            !plan_is_blocklist(a, &v->list[i]->name))
            open[n++] = v->list[i];
    qsort(open, n, sizeof(struct dns_entry *), question_order);
    return n;
}

enum ac_status plan_note_open(struct audit *a)
{
    struct arena *arena = &a->engine.arena;
    const struct dns_view *v = &a->engine.view;
    const struct dns_entry **open =
        arena_array(arena, v->n, sizeof(struct dns_entry *));
    struct groups g = { .list = arena_array(arena, GROUPS_MAX, sizeof *g.list) };
    size_t n;

    if (!open || !g.list)
        return AC_ENOMEM;
    n = open_questions(a, open);
    for (size_t i = 0; i < n; i++)
        count(&g, open[i]);
    for (size_t i = 0; i < n; i++) {
        struct group *group = group_of(&g, open[i]);

        if (group && group->n > ALONE_MAX && group->told)
            continue;
        note(a, open[i], group ? group->n : 1);
        if (group)
            group->told = true;
    }
    return AC_OK;
}
