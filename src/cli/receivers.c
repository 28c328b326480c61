/* SPDX-License-Identifier: MIT */
/*
 * receivers.c - the table of receivers for people, made of its rows.
 */
#include "cli/receivers.h"

#include "report/text.h"

static const struct report_options plain = { .color = false };

void cli_receivers_list(struct buf *out)
{
    struct text t = { .out = out, .options = &plain };
    const struct receiver *r;
    size_t n;

    r = receiver_list(&n);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%-18s", r[i].name);
        text_wrap(&t, 18, 19, " %s", r[i].what);
    }
    buf_printf(out,
               "\nauthcheck receivers NAME tells its rules. Without --receiver the "
               "first %d are predicted.\n",
               RECEIVERS_DEFAULT);
}

static void conditions(struct buf *words, uint64_t when)
{
    bool first = true;

    for (int i = 0; i < CONDITIONS_N; i++) {
        if (!(when & UINT64_C(1) << i))
            continue;
        buf_printf(words, "%s%s", first ? "" : ", and ",
                   verdict_condition_print((enum verdict_condition)i));
        first = false;
    }
}

static const char *does(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_SPAM:
        return "takes the mail and files it as spam";
    case VERDICT_DEFER:
        return "defers";
    case VERDICT_REJECT:
        return "refuses";
    case VERDICT_ACCEPT:
    case VERDICT_UNKNOWN:
        break;
    }
    return "accepts";
}

static void rule(struct text *t, size_t number, const struct receiver_rule *rule)
{
    struct buf words;

    buf_init(&words, 4096);
    conditions(&words, rule->when);
    text_wrap(t, 0, 5, "  %zu. If %s: %s%s%s (certainty %s)", number, buf_text(&words),
              does(rule->verdict), rule->stage ? " at " : "",
              rule->stage ? rule->stage : "", certainty_print(rule->certainty));
    buf_free(&words);
    if (rule->reply)
        text_wrap(t, 0, 5, "     %s", rule->reply);
    if (rule->or)
        text_wrap(t, 0, 5, "     Or: %s.", rule->or);
}

static void keys(struct text *t, const struct verdict_eyes *eyes)
{
    if (eyes->verifies & DKIM_FAULT_SHORT)
        text_wrap(t, 0, 4, "  - verifies signatures by RSA keys under 1024 bits");
    if (eyes->verifies & DKIM_FAULT_HASH)
        text_wrap(t, 0, 4, "  - does not look at h= of a key");
    if (eyes->verifies & DKIM_FAULT_SERVICE)
        text_wrap(t, 0, 4, "  - does not look at s= of a key");
    if (eyes->cannot_verify & VERDICT_KEY_ED25519)
        text_wrap(t, 0, 4, "  - does not verify Ed25519 signatures");
}

static void programs(struct text *t, const struct verdict_eyes *eyes)
{
    const struct spf_evaluator_row *spf = spf_evaluator(eyes->evaluator);
    const struct dmarc_reader_row *dmarc = dmarc_reader(eyes->reader);

    buf_puts(t->out, "\nIn its eyes\n");
    text_wrap(t, 0, 4, "  - SPF is evaluated as by %s (%s)", spf->name, spf->who);
    if (spf->lookups != spf_evaluator(SPF_EVALUATOR_RFC)->lookups)
        text_wrap(t, 0, 4, "  - SPF may need %u look-ups", spf->lookups);
    if (spf->voids == SPF_NO_LIMIT)
        text_wrap(t, 0, 4, "  - SPF may need any number of void look-ups");
    for (unsigned bits = spf->quirks; bits; bits &= bits - 1)
        text_wrap(t, 0, 4, "  - SPF: %s", spf_quirk_print(bits));
    text_wrap(t, 0, 4, "  - DMARC records are found and read as by %s%s%s", dmarc->name,
              dmarc->differs ? ": " : "", dmarc->differs ? dmarc->differs : "");
    for (unsigned bits = eyes->habits; bits; bits &= bits - 1)
        text_wrap(t, 0, 4, "  - %s", verdict_habit_print(bits));
    keys(t, eyes);
}

void cli_receiver_explain(struct buf *out, const struct receiver *r)
{
    struct text t = { .out = out, .options = &plain };
    size_t n = 0;

    text_wrap(&t, 0, 0, "%s: %s", r->name, r->what);
    buf_puts(out, "\nRules, of which the first that applies decides\n");
    for (const struct receiver_rule *row = r->rule; row && row->when; row++)
        rule(&t, ++n, row);
    text_wrap(&t, 0, 5, "  %zu. Otherwise: accepts", n + 1);
    programs(&t, &r->eyes);
    if (r->not_checked)
        text_wrap(&t, 0, 2, "  - not checked: %s", r->not_checked);
    text_wrap(&t, 0, 2, "  - source: %s", r->source);
}
