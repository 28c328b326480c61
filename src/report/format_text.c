/* SPDX-License-Identifier: MIT */
/*
 * format_text.c - the report for people, in the order in which they need it: the
 * verdict with the reply, what a signature would change, the three legs, why, what to
 * do next.
 */
#include "report/text.h"

#include <stdio.h>

static enum text_color verdict_color(enum verdict v)
{
    switch (v) {
    case VERDICT_ACCEPT:
        return TEXT_GOOD;
    case VERDICT_SPAM:
    case VERDICT_DEFER:
    case VERDICT_UNKNOWN:
        return TEXT_WARN;
    case VERDICT_REJECT:
        break;
    }
    return TEXT_BAD;
}

static const char *verdict_word(enum verdict v)
{
    switch (v) {
    case VERDICT_ACCEPT:
        return "ACCEPT";
    case VERDICT_SPAM:
        return "SPAM FOLDER";
    case VERDICT_DEFER:
        return "DEFER";
    case VERDICT_UNKNOWN:
        return "UNKNOWN";
    case VERDICT_REJECT:
        break;
    }
    return "REJECT";
}

/* What stands behind the verdict word when there is no reply to quote. */
static const char *verdict_gloss(enum verdict v)
{
    switch (v) {
    case VERDICT_ACCEPT:
        return "nothing in SPF, DKIM or DMARC makes this receiver refuse the mail";
    case VERDICT_SPAM:
        return "accepted, then filed as spam: the policy asks for quarantine";
    case VERDICT_DEFER:
    case VERDICT_REJECT:
        return "";
    case VERDICT_UNKNOWN:
        break;
    }
    return "the DNS did not answer something that the verdict hangs on";
}

static void verdict_line(struct text *t)
{
    const struct audit_result *r = t->r;
    const char *reply = report_reply(r);

    text_color(t, verdict_color(r->verdict));
    buf_puts(t->out, verdict_word(r->verdict));
    text_color(t, TEXT_PLAIN);
    buf_puts(t->out, "  ");
    text_line(t, "%s", reply ? reply : verdict_gloss(r->verdict));
}

static void verdict_context(struct text *t)
{
    const struct audit_result *r = t->r;
    const struct receiver *by = r->prediction[r->decided_by].receiver;
    char ip[IP_TEXT_MAX];

    text_wrap(t, 0, 2, "  for mail From: %s, sent by %s, judged by %s: %s", r->domain,
              ip_print(&r->ip[r->described], ip), by->name, by->what);
    if (!r->assumed_unsigned)
        return;
    if (r->best_key)
        text_wrap(
            t, 0, 2,
            "  assumed unsigned; with a signature by the key found at selector %s "
            "it would be %s (was it signed? say --selector %s)",
            r->best_key->selector, verdict_word(r->verdict_if_signed),
            r->best_key->selector);
    else if (r->discovery)
        text_wrap(t, 0, 2,
                  "  assumed unsigned; none of %zu selectors tried holds a usable key, "
                  "which proves nothing (s= in a DKIM-Signature header is the "
                  "selector: --selector)",
                  r->discovery->tried);
}

static enum text_color spf_color(enum spf_result result)
{
    return result == SPF_PASS ? TEXT_GOOD : result == SPF_FAIL ? TEXT_BAD : TEXT_WARN;
}

static void leg(struct text *t, const char *name, enum text_color color,
                const char *word)
{
    buf_printf(t->out, "  %-6s ", name);
    text_color(t, color);
    buf_printf(t->out, "%-10s", word);
    text_color(t, TEXT_PLAIN);
    buf_putc(t->out, ' ');
}

static void spf_leg(struct text *t, const struct audit_spf *s)
{
    const struct spf_outcome *c = &s->check;
    char ip[IP_TEXT_MAX], total[64] = "";

    leg(t, "SPF", spf_color(c->result), spf_result_print(c->result));
    if (s->tree.lookups != c->lookups)
        snprintf(total, sizeof total, "; the whole record costs %s%u",
                 s->tree.complete ? "" : "at least ", s->tree.lookups);
    if (c->mechanism.p)
        text_line(t, "%s: %.*s in %s%s (%u of 10 look-ups, %u of 2 void%s)",
                  ip_print(&s->ip, ip), SPAN_ARG(c->mechanism), c->found_in,
                  s->aligned == AC_NO ? ", not aligned" : "", c->lookups,
                  c->void_lookups, total);
    else
        text_line(t, "%s: %s", ip_print(&s->ip, ip),
                  c->reason_text ? c->reason_text : "no term matches");
}

static void dkim_key_text(struct text *t, const struct audit_dkim *d)
{
    char bits[32] = "";

    if (d->key.bits)
        snprintf(bits, sizeof bits, " %u", d->key.bits);
    text_line(t, "selector %s of %s: %s%s, %s%s", d->selector, d->domain,
              d->key.key_type ? d->key.key_type : "no key", bits,
              dkim_status_print(d->key.status),
              d->aligned == AC_NO ? ", not aligned" : "");
}

/* A named selector stands for a signature; a found one only for a key. */
static void dkim_legs(struct text *t)
{
    const struct audit_result *r = t->r;

    for (size_t i = 0; i < r->n_dkim; i++) {
        const struct audit_dkim *d = &r->dkim[i];
        enum text_color color = d->key.usable == AC_YES  ? TEXT_GOOD
                                : d->key.usable == AC_NO ? TEXT_BAD
                                                         : TEXT_WARN;
        const char *word = d->discovered             ? "key found"
                           : d->key.usable == AC_YES ? "signed"
                           : d->key.usable == AC_NO  ? "unusable"
                                                     : "temperror";

        leg(t, "DKIM", color, word);
        dkim_key_text(t, d);
    }
    if (r->n_dkim)
        return;
    leg(t, "DKIM", TEXT_WARN, r->assumed_unsigned ? "unsigned?" : "unsigned");
    if (r->discovery)
        text_line(t, "no key found among %zu selectors tried (that proves nothing)",
                  r->discovery->tried);
    else
        text_line(t, "%s", r->assumed_unsigned ? "no selector was named" : "as said");
}

static void print_policy(struct text *t, const struct dmarc_discovery *p)
{
    switch (p->found) {
    case DMARC_FOUND:
        text_line(t, "%s=%s at %s%s%s%s", p->policy_tag ? p->policy_tag : "p",
                  dmarc_policy_print(p->policy), p->found_at,
                  p->strict_dkim ? ", adkim=s" : "", p->strict_spf ? ", aspf=s" : "",
                  p->testing ? ", t=y" : "");
        return;
    case DMARC_ABSENT:
        text_line(t, "no policy published: DMARC does not apply");
        return;
    case DMARC_UNUSABLE:
        text_line(t, "the record cannot be used: DMARC does not apply");
        return;
    case DMARC_TEMPERROR:
        break;
    }
    text_line(t, "the DNS did not answer: the policy is not known");
}

static const char *dmarc_word(const struct audit_result *r, enum dmarc_rules rules)
{
    static const char *const found[] = { "found", "none", "permerror", "temperror" };

    return r->has_verdict ? dmarc_result_print(r->dmarc[rules].mail.result)
                          : found[r->dmarc[rules].policy.found];
}

static void dmarc_leg(struct text *t)
{
    const struct audit_result *r = t->r;
    const struct audit_dmarc *new = &r->dmarc[DMARC_RFC9989];
    const struct audit_dmarc *old = &r->dmarc[DMARC_RFC7489];
    enum text_color color = new->mail.result == DMARC_RESULT_PASS   ? TEXT_GOOD
                            : new->mail.result == DMARC_RESULT_FAIL ? TEXT_BAD
                                                                    : TEXT_WARN;

    leg(t, "DMARC", r->has_verdict ? color : TEXT_PLAIN, dmarc_word(r, DMARC_RFC9989));
    print_policy(t, &new->policy);
    if (!old->differs)
        return;
    leg(t, "", TEXT_WARN, dmarc_word(r, DMARC_RFC7489));
    buf_puts(t->out, "by RFC 7489, which most receivers still run: ");
    print_policy(t, &old->policy);
}

/* The chain from the address to the reply. */
static void why(struct text *t)
{
    const struct audit_result *r = t->r;
    const struct audit_spf *s = &r->spf[r->described];
    const struct spf_outcome *c = &s->check;
    const struct audit_dmarc *d = &r->dmarc[DMARC_RFC9989];
    const char *reply = report_reply(r);
    char ip[IP_TEXT_MAX];

    buf_puts(t->out, "\nWhy\n");
    text_wrap(t, 0, 5, "  %s connects and says MAIL FROM %s", ip_print(&s->ip, ip),
              r->mail_from);
    if (c->result == SPF_PASS)
        text_wrap(t, 0, 5, "  -> SPF passes for %s%s", c->domain,
                  s->aligned == AC_YES ? ", which is aligned with the From domain"
                                       : ", which is not aligned with the From domain");
    else
        text_wrap(t, 0, 5, "  -> SPF %s: %s", spf_result_print(c->result),
                  c->reason_text ? c->reason_text : "");
    for (size_t i = 0; i < r->n_dkim; i++) {
        const struct audit_dkim *k = &r->dkim[i];

        if (k->discovered)
            continue;
        text_wrap(t, 0, 5, "  -> the signature of selector %s %s", k->selector,
                  k->key.usable == AC_YES
                      ? (k->aligned == AC_YES ? "can verify, and is aligned"
                                              : "can verify, but is not aligned")
                      : (k->key.reason_text ? k->key.reason_text : "cannot verify"));
    }
    if (!r->n_signed && (r->assumed_unsigned || !r->n_dkim))
        text_wrap(t, 0, 5, "  -> DKIM: no signature%s",
                  r->assumed_unsigned ? " (assumed)" : "");
    text_wrap(t, 0, 5, "  -> DMARC %s for %s%s%s", dmarc_result_print(d->mail.result),
              r->domain, d->policy.found == DMARC_FOUND ? ", policy " : "",
              d->policy.found == DMARC_FOUND ? dmarc_policy_print(d->policy.policy)
                                             : "");
    text_wrap(t, 0, 5, "  -> %s", reply ? reply : verdict_gloss(r->verdict));
}

static void causes(struct text *t)
{
    const struct audit_result *r = t->r;

    for (size_t i = 0; i < r->n_causes; i++) {
        const struct cause *c = &r->cause[i];

        text_line(t, "  %s",
                  r->n_causes > 1 && i ? "and also one of these:"
                  : c->n > 1           ? "Mend one of these:"
                                       : "Mend this:");
        for (size_t k = 0; k < c->n; k++) {
            const struct verdict_reason *why_not = &c->reason[k];
            const struct finding_kind *kind = finding_kind(why_not->id);

            text_wrap(t, 0, 6, "    - %s (%s)", why_not->text, kind->name);
            text_wrap(t, 0, 6, "      %s", kind->remedy);
        }
    }
}

static void next(struct text *t)
{
    const struct audit_result *r = t->r;

    buf_puts(t->out, "\nWhat to do next\n");
    causes(t);
    if (r->assumed_unsigned && r->best_key && r->verdict != r->verdict_if_signed)
        text_wrap(
            t, 0, 2,
            "  First look at a mail's DKIM-Signature header. If it says s=%s, run "
            "this again with --selector %s.",
            r->best_key->selector, r->best_key->selector);
    if (r->verdict == VERDICT_UNKNOWN)
        text_wrap(t, 0, 2,
                  "  Run this again, with another resolver (--nameserver) if it stays "
                  "so; the findings below say which question was not answered.");
    if (r->verdict == VERDICT_ACCEPT)
        text_wrap(t, 0, 2,
                  "  Nothing, for this mail. A refusal all the same has another cause "
                  "than the DNS records of %s: read the words of the bounce.",
                  r->domain);
}

static void findings(struct text *t)
{
    static const enum text_color color[] = { TEXT_DIM, TEXT_WARN, TEXT_BAD };
    const struct findings *f = &t->r->findings;
    bool any = false;

    for (int severity = FINDING_ERROR; severity >= FINDING_INFO; severity--)
        for (size_t i = 0; i < f->n; i++) {
            const struct finding_kind *kind = finding_kind(f->row[i].id);

            if ((int)kind->severity != severity)
                continue;
            if (!any)
                buf_puts(t->out, "\nFindings\n");
            any = true;
            text_color(t, color[severity]);
            buf_printf(t->out, "  %-8s", finding_severity_print(kind->severity));
            text_color(t, TEXT_PLAIN);
            text_wrap(t, 10, 11, " %s [%s, %s]", f->row[i].message, kind->name,
                      kind->clause);
        }
}

static void alignment(struct text *t)
{
    static const char *const word[] = { "no", "open", "yes" };
    const struct audit_result *r = t->r;
    char name[DNS_TEXT_MAX], org[DNS_TEXT_MAX], old[DNS_TEXT_MAX];

    buf_puts(t->out,
             "\nAlignment (name, organizational domain and the rule, aligned)\n");
    for (size_t i = 0; i < r->n_identifiers; i++) {
        const struct audit_identifier *id = &r->identifier[i];
        const struct dmarc_org *new = &id->org[0], *list = &id->org[1];
        bool same = new->known && list->known &&dns_name_eq(&new->name, &list->name) &&
                    id->aligned[0] == id->aligned[1];

        text_line(t, "  %-10s %s: %s (%s), %s", id->role,
                  dns_name_print(&id->name, name),
                  new->known ? dns_name_print(&new->name, org) : "not known", new->rule,
                  i ? word[id->aligned[0]] : "-");
        if (!same)
            text_line(t, "  %-10s   by RFC 7489: %s (%s), %s", "",
                      list->known ? dns_name_print(&list->name, old) : "not known",
                      list->rule, i ? word[id->aligned[1]] : "-");
    }
}

static void to_try(struct text *t)
{
    const struct audit_result *r = t->r;
    char ip[IP_TEXT_MAX];

    buf_puts(t->out, "\nNo address was given, so there is no SPF result and no "
                     "verdict.\n");
    if (!r->n_mx) {
        text_line(t, "Give the address that sends: authcheck %s --ip ADDRESS",
                  r->domain);
        return;
    }
    buf_puts(t->out, "Addresses of the domain's own MX hosts, as ones to try:\n");
    for (size_t i = 0; i < r->n_mx; i++)
        text_line(t, "  authcheck %s --ip %-15s (%s)", r->domain,
                  ip_print(&r->mx[i].ip, ip), r->mx[i].host);
}

static void without_client(struct text *t)
{
    const struct spf_tree *tree = t->r->tree;

    text_color(t, TEXT_BOLD);
    text_line(t, "%s", t->r->domain);
    text_color(t, TEXT_PLAIN);
    leg(t, "SPF", TEXT_PLAIN, tree->found ? "found" : "none");
    text_line(t, "%.*s", SPAN_ARG(tree->record));
    if (tree->found)
        text_line(t, "  %-6s %-10s costs %s%u of 10 look-ups", "", "",
                  tree->complete ? "" : "at least ", tree->lookups);
    dkim_legs(t);
    dmarc_leg(t);
}

static void footer(struct text *t)
{
    const struct audit_result *r = t->r;

    text_color(t, TEXT_DIM);
    buf_printf(t->out, "\n%zu DNS questions, %u deep, %lld.%lld ms\n", r->queries,
               r->depth, (long long)r->wall_us / 1000,
               (long long)r->wall_us % 1000 / 100);
    text_color(t, TEXT_PLAIN);
}

static void with_client(struct text *t)
{
    const struct audit_result *r = t->r;

    verdict_line(t);
    if (t->options->quiet)
        return;
    verdict_context(t);
    buf_putc(t->out, '\n');
    for (size_t i = 0; i < r->n_spf; i++)
        spf_leg(t, &r->spf[i]);
    dkim_legs(t);
    dmarc_leg(t);
    why(t);
    next(t);
}

void report_text(struct buf *out, const struct audit_result *r,
                 const struct report_options *options)
{
    struct text t = { .out = out, .r = r, .options = options };

    if (r->has_verdict)
        with_client(&t);
    else if (options->quiet)
        text_line(&t, "NO VERDICT  no address was given (--ip)");
    else
        without_client(&t);
    if (options->quiet)
        return;
    findings(&t);
    alignment(&t);
    text_trace(&t);
    if (!r->has_verdict)
        to_try(&t);
    footer(&t);
}
