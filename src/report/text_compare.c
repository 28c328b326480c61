/* SPDX-License-Identifier: MIT */
/*
 * text_compare.c - before and after, side by side (--compare).
 */
#include "report/text.h"

#include <stdio.h>

enum {
    CELL_MAX = 64
};

static void row(struct text *t, const char *what, const char *before, const char *after)
{
    text_line(t, "  %-30s %-24s %s", what, before, after);
}

static void verdicts(struct text *t, size_t ip)
{
    const struct audit_result *now = t->r, *then = now->before;
    char text[IP_TEXT_MAX], what[CELL_MAX + IP_TEXT_MAX];

    for (size_t i = 0; i < now->n_predictions; i++) {
        snprintf(what, sizeof what, "%s, %s", ip_print(&now->spf[ip].ip, text),
                 now->by_ip[ip][i].receiver->name);
        row(t, what, verdict_print(then->by_ip[ip][i].verdict),
            verdict_print(now->by_ip[ip][i].verdict));
    }
}

static void print_spf(const struct audit_spf *s, char out[static CELL_MAX])
{
    snprintf(out, CELL_MAX, "%s, %u of 10 look-ups", spf_result_print(s->check.result),
             s->tree.lookups);
}

static void spf(struct text *t, size_t ip)
{
    char then[CELL_MAX], now[CELL_MAX], what[CELL_MAX + IP_TEXT_MAX];
    char text[IP_TEXT_MAX];

    print_spf(&t->r->before->spf[ip], then);
    print_spf(&t->r->spf[ip], now);
    snprintf(what, sizeof what, "SPF of %s", ip_print(&t->r->spf[ip].ip, text));
    row(t, what, then, now);
}

static bool has_row(const struct findings *f, const struct finding *row)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->row[i].id == row->id && strcmp(f->row[i].about, row->about) == 0)
            return true;
    return false;
}

/* Findings of `from` that `other` lacks. */
static void only_in(struct text *t, const char *what, const struct findings *from,
                    const struct findings *other)
{
    for (size_t i = 0; i < from->n; i++)
        if (!has_row(other, &from->row[i]))
            text_wrap(t, 0, 11, "  %-8s %s [%s]", what, from->row[i].message,
                      finding_kind(from->row[i].id)->name);
}

void text_compare(struct text *t)
{
    const struct audit_result *r = t->r;

    if (!r->before)
        return;
    buf_putc(t->out, '\n');
    row(t, "Compared", "as published", "with the changes");
    for (size_t i = 0; i < r->n_spf; i++) {
        verdicts(t, i);
        spf(t, i);
    }
    only_in(t, "gone", &r->before->findings, &r->findings);
    only_in(t, "new", &r->findings, &r->before->findings);
}
