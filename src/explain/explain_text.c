/* SPDX-License-Identifier: MIT */
/*
 * explain_text.c - a bounce for the administrator at 2 a.m.: who refused what and why,
 * the reply, what was found in it, whether the DNS still explains it, what to do now.
 */
#include "explain/explain.h"
#include "report/text.h"

enum {
    QUOTE_INDENT = 4,
    FOUND_INDENT = 17 /* where the values stand */
};

static bool is_deferral(const struct bounce *b)
{
    return b->code / 100 == 4 || (b->enhanced.n && b->enhanced.p[0] == '4') ||
           span_eq_ci(b->action, SPAN("delayed"));
}

/* "Gmail", the host that spoke, or nobody that is known. */
static struct span speaker(const struct bounce *b)
{
    if (b->verdict.speaker_what)
        return span_of(b->verdict.speaker_what);
    return b->host.n ? b->host : SPAN("the receiver");
}

static const char *meaning(const struct bounce *b)
{
    const struct bounce_class *class = bounce_class(b->verdict.class);

    return class ? class->meaning
                 : "no pattern of a known receiver fits its words, so the cause is not "
                   "known.";
}

/* Who refused what and why. */
static void headline(struct text *t, const struct bounce *b)
{
    const struct bounce_class *class = bounce_class(b->verdict.class);
    bool is_report = b->verdict.class == BOUNCE_CLASS_REPORT, later = is_deferral(b);
    const char *word = is_report ? "REPORT" : later ? "DEFERRED" : "REFUSED";

    text_color(t, is_report ? TEXT_BOLD : later ? TEXT_WARN : TEXT_BAD);
    buf_puts(t->out, word);
    text_color(t, TEXT_PLAIN);
    text_wrap(t, (unsigned)strlen(word), 2, " by %.*s: %s", SPAN_ARG(speaker(b)),
              meaning(b));
    if (class)
        text_line(t, "  (%s: %s; confidence %s)", bounce_area_print(class->area),
                  class->name, bounce_confidence_print(b->verdict.confidence));
}

static void quote(struct text *t, const struct bounce *b)
{
    if (b->text.n)
        text_wrap(t, 0, QUOTE_INDENT, "  > %.*s", SPAN_ARG(b->text));
}

static void found(struct text *t, const char *what, struct span value)
{
    if (value.n)
        text_wrap(t, 0, FOUND_INDENT, "  %-14s %.*s", what, SPAN_ARG(value));
}

static void found_signatures(struct text *t, const struct bounce *b)
{
    for (size_t i = 0; i < b->n_selectors; i++)
        found(t, i ? "" : "DKIM key", b->selector[i]);
}

static void found_said(struct text *t, const struct bounce *b)
{
    struct buf line;

    buf_init(&line, 1024);
    if (b->said_spf.n)
        buf_printf(&line, " spf=%.*s", SPAN_ARG(b->said_spf));
    if (b->said_dkim.n)
        buf_printf(&line, " dkim=%.*s", SPAN_ARG(b->said_dkim));
    if (b->said_dmarc.n)
        buf_printf(&line, " dmarc=%.*s", SPAN_ARG(b->said_dmarc));
    if (line.n)
        found(t, "receiver saw", span_trim(buf_span(&line), " "));
    buf_free(&line);
}

/* What the bounce tells of the mail. */
static void found_in_it(struct text *t, const struct explained *e)
{
    const struct bounce *b = e->bounce;
    char ip[IP_TEXT_MAX];
    size_t start;

    buf_puts(t->out, "\nFound in the bounce\n");
    start = t->out->n;
    found(t, "From domain", b->domain);
    found(t, "MAIL FROM", b->mail_from);
    if (b->has_ip)
        found(t, "sent by", span_of(ip_print(&b->ip, ip)));
    found(t, "HELO", b->helo);
    found_signatures(t, b);
    found(t, "to", b->recipient);
    found(t, "refused by", b->host);
    found_said(t, b);
    if (t->out->n == start)
        buf_puts(t->out, "  nothing but the reply\n");
    if (e->audit && e->audit->n_ips &&
        !(b->has_ip && ip_eq(&b->ip, &e->audit->ip[e->audit->described])))
        found(t, "audited for",
              span_of(ip_print(&e->audit->ip[e->audit->described], ip)));
    if (b->cut)
        buf_puts(t->out, "  (it is very long: only its beginning was read)\n");
    if (e->by_mail_from)
        text_wrap(
            t, 0, 2,
            "  The From domain is not told: %s, of MAIL FROM, was taken (--domain "
            "says another).",
            e->domain);
}

static enum text_color state_color(enum explain_state state)
{
    switch (state) {
    case EXPLAIN_STILL_FAILING:
        return TEXT_BAD;
    case EXPLAIN_FIXED:
        return TEXT_GOOD;
    case EXPLAIN_NOT_DNS:
        return TEXT_BOLD;
    case EXPLAIN_UNDECIDED:
        break;
    }
    return TEXT_WARN;
}

static const char *state_word(enum explain_state state)
{
    switch (state) {
    case EXPLAIN_STILL_FAILING:
        return "STILL FAILING";
    case EXPLAIN_FIXED:
        return "FIXED";
    case EXPLAIN_NOT_DNS:
        return "NOT DNS";
    case EXPLAIN_UNDECIDED:
        break;
    }
    return "UNDECIDED";
}

static void state(struct text *t, const struct conclusion *c)
{
    const char *word = state_word(c->state);

    text_color(t, state_color(c->state));
    buf_puts(t->out, word);
    text_color(t, TEXT_PLAIN);
    text_wrap(t, (unsigned)strlen(word), 2, "  %s", c->text);
}

/* Mends in words, where no verdict hangs on what is blamed and none was proved. */
static void remedies(struct text *t, const struct explained *e)
{
    const struct findings *f = &e->audit->findings;

    for (size_t i = 0; i < f->n; i++) {
        const struct finding_kind *kind = finding_kind(f->row[i].id);

        if (!explain_blames(e->conclusion, f->row[i].id))
            continue;
        text_wrap(t, 0, 4, "  - %s (%s, %s)", f->row[i].message, kind->name,
                  kind->clause);
        text_wrap(t, 0, 4, "    %s", kind->remedy);
    }
}

static void steps(struct text *t, const struct conclusion *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        text_wrap(t, 0, 5, "  %zu. %s", i + 1, c->step[i]);
}

static void next(struct text *t, const struct explained *e)
{
    const struct conclusion *c = e->conclusion;

    buf_puts(t->out, "\nWhat to do next\n");
    steps(t, c, 0, c->n_before);
    if (c->state == EXPLAIN_STILL_FAILING && e->audit &&
        explain_blames_causes(c, e->audit))
        text_causes(t);
    else if (c->state == EXPLAIN_STILL_FAILING && e->audit)
        remedies(t, e);
    steps(t, c, c->n_before, c->n_steps);
}

/* Of a bounce that was only read. */
static void next_unaudited(struct text *t, enum bounce_class_id class)
{
    if (class == BOUNCE_CLASS_NONE)
        return;
    buf_puts(t->out, "\nWhat to do next\n");
    text_wrap(t, 0, 5, "  1. %s", bounce_class(class)->next);
    if (explain_row(class)->way[0])
        text_wrap(t, 0, 5,
                  "  2. Run this again without --no-audit, to see whether the DNS "
                  "explains it.");
}

static void audit_below(struct text *t, const struct explained *e)
{
    struct report_options options = *t->options;

    options.verbose--;
    buf_printf(t->out, "\n--- the audit of %s ---\n\n", e->domain);
    report_text(t->out, e->audit, &options);
}

void explain_text(struct buf *out, const struct explained *e,
                  const struct report_options *options)
{
    struct text t = { .out = out, .r = e->audit, .options = options };

    if (options->quiet) {
        explain_line(out, e, options);
        return;
    }
    headline(&t, e->bounce);
    quote(&t, e->bounce);
    found_in_it(&t, e);
    if (e->conclusion) {
        buf_putc(out, '\n');
        state(&t, e->conclusion);
        next(&t, e);
    } else {
        next_unaudited(&t, e->bounce->verdict.class);
    }
    if (e->audit && options->verbose)
        audit_below(&t, e);
}

void explain_line(struct buf *out, const struct explained *e,
                  const struct report_options *options)
{
    struct text t = { .out = out, .r = e->audit, .options = options };
    const struct bounce *b = e->bounce;
    const struct bounce_class *class = bounce_class(b->verdict.class);
    struct buf line;

    buf_init(&line, 1 << 16);
    if (e->message)
        buf_printf(&line, "%s[%zu]: ", e->source, e->message);
    else if (strcmp(e->source, "-") != 0)
        buf_printf(&line, "%s: ", e->source);
    if (e->conclusion)
        buf_printf(&line, "%s  ", state_word(e->conclusion->state));
    buf_printf(&line, "%s by %.*s", class ? class->name : "unknown cause",
               SPAN_ARG(speaker(b)));
    if (e->domain)
        buf_printf(&line, ", %s", e->domain);
    buf_printf(&line, ": %s",
               e->conclusion && e->conclusion->state != EXPLAIN_NOT_DNS
                   ? e->conclusion->text
                   : meaning(b));
    text_line(&t, "%s", buf_text(&line));
    buf_free(&line);
}
