/* SPDX-License-Identifier: MIT */
/*
 * text_receivers.c - a line for each receiver that was asked about, and for each
 * program that would come to another outcome.
 */
#include "report/text.h"

static enum text_color color_of(const struct prediction *p)
{
    if (p->verdict == VERDICT_ACCEPT)
        return TEXT_GOOD;
    return p->verdict == VERDICT_REJECT && p->certainty > CERTAINTY_LOW ? TEXT_BAD
                                                                        : TEXT_WARN;
}

static void receiver(struct text *t, const struct prediction *p)
{
    bool may = p->verdict != VERDICT_ACCEPT && p->certainty == CERTAINTY_LOW;
    struct buf word;

    buf_init(&word, 100);
    buf_printf(&word, "%s%s", may ? "may " : "", text_verdict(p->verdict));
    buf_printf(t->out, "  %-18s ", p->receiver->name);
    text_color(t, color_of(p));
    buf_printf(t->out, p->reply ? "%-15s" : "%s", buf_text(&word));
    text_color(t, TEXT_PLAIN);
    buf_free(&word);
    if (p->reply)
        text_wrap(t, 36, 37, " %s", p->reply);
    else
        buf_putc(t->out, '\n');
    if (p->rule && p->rule->or)
        text_wrap(t, 0, 37, "%*sor: %s", 37, "", p->rule->or);
}

void text_receivers(struct text *t)
{
    const struct audit_result *r = t->r;

    /* The verdict line tells of a single one, unless it but may refuse. */
    if (!r->n_predictions ||
        (r->n_predictions == 1 && r->prediction[0].verdict == r->verdict))
        return;
    buf_puts(t->out, "\nReceivers\n");
    for (size_t i = 0; i < r->n_predictions; i++)
        receiver(t, &r->prediction[i]);
}

void text_disagreements(struct text *t)
{
    const struct audit_result *r = t->r;

    if (!r->n_disagreements)
        return;
    buf_puts(t->out, "\nWho would disagree\n");
    for (size_t i = 0; i < r->n_disagreements; i++)
        text_wrap(t, 0, 4, "  %s: %s", r->disagreement[i].who, r->disagreement[i].what);
}
