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

static void verdict_line(struct text *t)
{
    const struct audit_result *r = t->r;
    const char *reply = report_reply(r);

    text_color(t, verdict_color(r->verdict));
    buf_puts(t->out, text_verdict(r->verdict));
    text_color(t, TEXT_PLAIN);
    buf_puts(t->out, "  ");
    text_line(t, "%s", reply ? reply : text_gloss(r));
}

/* What the search for selectors found, under a verdict that took the mail as unsigned.
 */
static void assumed_unsigned(struct text *t)
{
    const struct audit_result *r = t->r;
    const struct dkim_discovery *d = r->discovery;

    if (r->best_key)
        text_wrap(
            t, 0, 2,
            "  assumed unsigned; with a signature by the key found at selector %s "
            "it would be %s (was it signed? say --selector %s)",
            r->best_key->selector, text_verdict(r->verdict_if_signed),
            r->best_key->selector);
    else if (d && d->nothing_below)
        text_wrap(t, 0, 2,
                  "  assumed unsigned; the DNS says that there is no key below "
                  "_domainkey.%s (was it signed all the same? say --selector)",
                  r->domain);
    else if (d && d->unanswered && !d->tried)
        text_wrap(t, 0, 2,
                  "  assumed unsigned; the DNS did not answer the search for selectors "
                  "(was it signed? say --selector)");
    else if (d)
        text_wrap(
            t, 0, 2,
            "  assumed unsigned; no usable key under the %zu selectors tried, "
            "which proves nothing (was it signed? s= in its DKIM-Signature header "
            "is what --selector wants)",
            d->tried);
    else
        text_wrap(t, 0, 2, "  assumed unsigned (was it signed? say --selector)");
}

static void verdict_context(struct text *t)
{
    const struct audit_result *r = t->r;
    const struct receiver *by = r->prediction[r->decided_by].receiver;
    char ip[IP_TEXT_MAX], of[64] = "";

    if (r->assumed_unsigned)
        assumed_unsigned(t);
    if (r->n_ips > 1)
        snprintf(of, sizeof of, ", the worst of %zu addresses", r->n_ips);
    text_wrap(t, 0, 2, "  for mail From: %s, sent by %s%s, judged by %s: %s", r->domain,
              ip_print(&r->ip[r->described], ip), of, by->name, by->what);
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
    char ip[IP_TEXT_MAX], total[64] = "", voids[32] = "";

    leg(t, "SPF", spf_color(c->result), spf_result_print(c->result));
    if (s->tree.lookups != c->lookups)
        snprintf(total, sizeof total, "; whole record: %s%u",
                 s->tree.complete ? "" : "at least ", s->tree.lookups);
    if (c->void_lookups)
        snprintf(voids, sizeof voids, ", %u/2 void", c->void_lookups);
    if (c->mechanism.p)
        text_line(t, "%s: %.*s in %s%s (%u/10 look-ups%s%s)", ip_print(&s->ip, ip),
                  SPAN_ARG(c->mechanism), c->found_in,
                  s->aligned == AC_NO ? ", not aligned" : "", c->lookups, voids, total);
    else
        text_line(t, "%s: %s", ip_print(&s->ip, ip),
                  c->reason == FINDING_NONE ? "no term matches"
                                            : finding_kind(c->reason)->title);
}

static void dkim_key_text(struct text *t, const struct audit_dkim *d)
{
    char bits[32] = "", of[DNS_TEXT_MAX + 8] = "";

    if (d->key.bits)
        snprintf(bits, sizeof bits, " %u", d->key.bits);
    if (!strstr(d->selector, "._domainkey."))
        snprintf(of, sizeof of, " of %s", d->domain);
    text_line(t, "selector %s%s: %s%s%s%s%s", d->selector, of,
              d->key.key_type ? d->key.key_type : "", bits, d->key.key_type ? ", " : "",
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
    if (!r->assumed_unsigned)
        text_line(t, "as said by --unsigned");
    else if (!r->discovery)
        text_line(t, "no selector was named");
    else if (r->discovery->nothing_below)
        text_line(t, "no key exists below _domainkey.%s", r->domain);
    else if (r->discovery->unanswered)
        text_line(t, "no key found; the DNS did not answer for %zu of %zu selectors",
                  r->discovery->unanswered,
                  r->discovery->tried + r->discovery->unanswered);
    else
        text_line(t, "no key found among %zu selectors tried (that proves nothing)",
                  r->discovery->tried);
}

static void print_policy(struct text *t, const struct dmarc_discovery *p)
{
    char pct[32];

    switch (p->found) {
    case DMARC_FOUND:
        snprintf(pct, sizeof pct, ", pct=%u", p->pct);
        text_line(t, "%s=%s at %s%s%s%s%s", p->policy_tag ? p->policy_tag : "p",
                  dmarc_policy_print(p->policy), p->found_at,
                  p->strict_dkim ? ", adkim=s" : "", p->strict_spf ? ", aspf=s" : "",
                  p->testing ? ", t=y" : "", p->pct < 100 ? pct : "");
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
    static const char *const found[] = { "found", "none", "none", "temperror" };

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
    buf_puts(t->out, "by RFC 7489, as most receivers have it: ");
    print_policy(t, &old->policy);
}

/* Is it among the causes, which have been told by now? */
static bool is_told(const struct audit_result *r, const struct finding *f)
{
    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++) {
            const struct verdict_reason *reason = &r->cause[i].reason[k];

            if (reason->id == f->id && strcmp(reason->text, f->message) == 0)
                return true;
        }
    return false;
}

static void findings(struct text *t)
{
    static const enum text_color color[] = { TEXT_DIM, TEXT_WARN, TEXT_BAD };
    const struct findings *f = &t->r->findings;
    bool any = false;

    for (int severity = FINDING_ERROR; severity >= FINDING_INFO; severity--)
        for (size_t i = 0; i < f->n; i++) {
            const struct finding_kind *kind = finding_kind(f->row[i].id);

            if ((int)kind->severity != severity || is_told(t->r, &f->row[i]))
                continue;
            if (!any)
                buf_printf(t->out, "\n%s\n",
                           t->r->n_causes ? "Other findings" : "Findings");
            any = true;
            text_color(t, color[severity]);
            buf_printf(t->out, "  %-8s", finding_severity_print(kind->severity));
            text_color(t, TEXT_PLAIN);
            text_wrap(t, 10, 11, " %s [%s, %s]", f->row[i].message, kind->name,
                      kind->clause);
        }
}

static void identifier(struct text *t, const struct audit_identifier *id, bool is_from)
{
    static const char *const word[] = { "no", "open", "yes" };
    const struct dmarc_org *new = &id->org[0], *list = &id->org[1];
    bool same = new->known && list->known &&dns_name_eq(&new->name, &list->name) &&
                id->aligned[0] == id->aligned[1];
    char name[DNS_TEXT_MAX], org[DNS_TEXT_MAX], old[DNS_TEXT_MAX];

    text_line(t, "  %-10s %s: %s (%s), %s", id->role, dns_name_print(&id->name, name),
              new->known ? dns_name_print(&new->name, org) : "not known", new->rule,
              is_from ? "-" : word[id->aligned[0]]);
    if (!same)
        text_line(t, "  %-10s   by RFC 7489: %s (%s), %s", "",
                  list->known ? dns_name_print(&list->name, old) : "not known",
                  list->rule, is_from ? "-" : word[id->aligned[1]]);
}

/* Each name once in each role: several selectors mostly share their domain. */
static void alignment(struct text *t)
{
    const struct audit_result *r = t->r;

    buf_puts(t->out,
             "\nAlignment (name, organizational domain and the rule, aligned)\n");
    for (size_t i = 0; i < r->n_identifiers; i++) {
        const struct audit_identifier *id = &r->identifier[i];
        bool shown = false;

        for (size_t k = 0; k < i; k++)
            shown = shown || (r->identifier[k].role == id->role &&
                              dns_name_eq(&r->identifier[k].name, &id->name));
        if (!shown)
            identifier(t, id, i == 0);
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
    text_hosts(t);
    text_why(t);
    text_why_next(t);
    text_receivers(t);
    text_disagreements(t);
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
    text_compare(&t);
    findings(&t);
    text_pages(&t);
    alignment(&t);
    text_trace(&t);
    footer(&t);
    if (!r->has_verdict)
        to_try(&t);
}
