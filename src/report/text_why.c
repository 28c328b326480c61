/* SPDX-License-Identifier: MIT */
/*
 * text_why.c - why the verdict is what it is, as one chain from the address to the
 * reply, and what to do next.
 */
#include "report/text.h"

enum {
    CHAIN = 5 /* where later lines of a link begin */
};

static void link_client(struct text *t)
{
    const struct audit_result *r = t->r;
    const struct audit_spf *s = &r->spf[r->described];
    char ip[IP_TEXT_MAX];

    ip_print(&s->ip, ip);
    if (span_eq(span_of(r->mail_from), SPAN("<>")))
        text_wrap(t, 0, CHAIN,
                  "  %s connects and sends a bounce (MAIL FROM:<>), so SPF judges its "
                  "HELO name %s%s",
                  ip, s->helo, s->helo_guessed ? " (guessed)" : "");
    else
        text_wrap(t, 0, CHAIN, "  %s connects and says MAIL FROM:<%s>", ip,
                  r->mail_from);
}

static void link_spf(struct text *t)
{
    const struct audit_spf *s = &t->r->spf[t->r->described];
    const struct spf_outcome *c = &s->check;

    if (c->result == SPF_PASS && strcmp(c->domain, t->r->domain) == 0)
        text_wrap(t, 0, CHAIN, "  -> SPF passes for %s, the From domain itself",
                  c->domain);
    else if (c->result == SPF_PASS)
        text_wrap(t, 0, CHAIN, "  -> SPF passes for %s, which is %saligned with %s",
                  c->domain, s->aligned == AC_YES ? "" : "not ", t->r->domain);
    else
        text_wrap(t, 0, CHAIN, "  -> SPF %s: %s", spf_result_print(c->result),
                  c->reason_text ? c->reason_text : "no term of the record matches.");
    if (c->explanation)
        text_wrap(t, 0, CHAIN, "     the domain's own words: %s", c->explanation);
}

static void link_signature(struct text *t, const struct audit_dkim *k)
{
    const char *why = k->key.reason_text ? k->key.reason_text : "";

    if (k->key.usable == AC_YES)
        text_wrap(t, 0, CHAIN,
                  "  -> DKIM: a signature of selector %s can verify, and its domain %s "
                  "is %saligned",
                  k->selector, k->domain, k->aligned == AC_YES ? "" : "not ");
    else
        text_wrap(t, 0, CHAIN, "  -> DKIM: a signature of selector %s %s: %s",
                  k->selector,
                  k->key.usable == AC_NO ? "cannot verify" : "may verify or not", why);
}

static void link_dkim(struct text *t)
{
    const struct audit_result *r = t->r;
    bool named = false;

    for (size_t i = 0; i < r->n_dkim; i++) {
        if (r->dkim[i].discovered)
            continue;
        named = true;
        link_signature(t, &r->dkim[i]);
    }
    if (!named)
        text_wrap(t, 0, CHAIN, "  -> DKIM: no signature%s",
                  r->assumed_unsigned ? " (assumed)" : "");
}

/* What a policy asks for, as a deed. */
static const char *asks(enum dmarc_policy policy)
{
    switch (policy) {
    case DMARC_NONE:
        return "asks for no action";
    case DMARC_QUARANTINE:
        return "asks to treat it as spam";
    case DMARC_REJECT:
        break;
    }
    return "asks to refuse it";
}

static void link_dmarc_fail(struct text *t)
{
    const struct audit_dmarc *d = &t->r->dmarc[DMARC_RFC9989];
    const struct dmarc_discovery *p = &d->policy;

    text_wrap(
        t, 0, CHAIN,
        "  -> DMARC fails, since neither passes for a domain aligned with %s; %s=%s%s at "
        "%s %s",
        t->r->domain, p->policy_tag ? p->policy_tag : "p",
        dmarc_policy_print(p->policy), p->testing ? " with t=y" : "", p->found_at,
        asks(d->mail.disposition));
}

static void link_dmarc(struct text *t)
{
    const struct audit_result *r = t->r;
    const struct audit_dmarc *d = &r->dmarc[DMARC_RFC9989];

    switch (d->mail.result) {
    case DMARC_RESULT_FAIL:
        link_dmarc_fail(t);
        return;
    case DMARC_RESULT_PASS:
        text_wrap(
            t, 0, CHAIN,
            "  -> DMARC passes, since one of them passes for a domain aligned with %s",
            r->domain);
        return;
    case DMARC_RESULT_NONE:
        text_wrap(t, 0, CHAIN,
                  d->policy.found == DMARC_UNUSABLE
                      ? "  -> DMARC does not apply: what is published for %s cannot be "
                        "used"
                      : "  -> DMARC does not apply: no policy is published for %s",
                  r->domain);
        return;
    case DMARC_RESULT_TEMPERROR:
        break;
    }
    text_wrap(t, 0, CHAIN,
              "  -> DMARC is open: the DNS did not answer for what it needs");
}

/* Is it about the host, a sender's domain or a listing, and not about the mail? */
static bool is_beside(enum finding_id id)
{
    static const char *const area[] = { "host-", "sender-", "blocklist-", "dns-" };

    for (size_t i = 0; i < sizeof area / sizeof *area; i++)
        if (strncmp(finding_kind(id)->name, area[i], strlen(area[i])) == 0)
            return true;
    return false;
}

/* What the verdict hangs on beside authentication. */
static void link_beside(struct text *t)
{
    const struct audit_result *r = t->r;

    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++)
            if (is_beside(r->cause[i].reason[k].id))
                text_wrap(t, 0, CHAIN, "  -> %s", r->cause[i].reason[k].text);
}

void text_why(struct text *t)
{
    const char *reply = report_reply(t->r);

    buf_puts(t->out, "\nWhy\n");
    link_client(t);
    link_spf(t);
    link_dkim(t);
    link_dmarc(t);
    link_beside(t);
    text_wrap(t, 0, CHAIN, "  -> %s", reply ? reply : text_gloss(t->r));
}

static bool in_cause(const struct cause *c, const struct verdict_reason *reason)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->reason[i].id == reason->id &&
            strcmp(c->reason[i].text, reason->text) == 0)
            return true;
    return false;
}

/* One failure with its mend; what an earlier list told is only named. */
static void cause_row(struct text *t, size_t cause, const struct verdict_reason *reason)
{
    const struct finding_kind *kind = finding_kind(reason->id);

    text_wrap(t, 0, 6, "    - %s (%s, %s)", reason->text, kind->name, kind->clause);
    for (size_t i = 0; i < cause; i++)
        if (in_cause(&t->r->cause[i], reason)) {
            buf_puts(t->out, "      As above: this mend serves both.\n");
            return;
        }
    if (!text_fix(t, reason))
        text_wrap(t, 0, 6, "      %s", kind->remedy);
}

void text_causes(struct text *t)
{
    const struct audit_result *r = t->r;

    for (size_t i = 0; i < r->n_causes; i++) {
        const struct cause *c = &r->cause[i];

        text_line(t, "  %s%s", i ? "and " : "",
                  c->n > 1 ? (i ? "one of these:" : "Mend one of these:")
                           : (i ? "this:" : "Mend this:"));
        for (size_t k = 0; k < c->n; k++)
            cause_row(t, i, &c->reason[k]);
    }
}

/* Is something wrong with the host, the sender domain or on a block list? */
static bool wrong_beside(const struct audit_result *r)
{
    static const char *const area[] = { "host-", "sender-", "blocklist-" };

    for (size_t i = 0; i < r->findings.n; i++) {
        const struct finding_kind *kind = finding_kind(r->findings.row[i].id);

        for (size_t k = 0; k < sizeof area / sizeof *area; k++)
            if (kind->severity >= FINDING_WARNING &&
                span_starts(span_of(kind->name), span_of(area[k])))
                return true;
    }
    return false;
}

/* After an accept: a mail without a pass of its own is not safe elsewhere. */
static void next_after_accept(struct text *t)
{
    const struct audit_result *r = t->r;

    if (r->dmarc[DMARC_RFC9989].mail.authenticated != AC_YES)
        text_wrap(
            t, 0, 2,
            "  Mend SPF or DKIM all the same: without a pass that is aligned with "
            "%s, receivers with rules of their own may refuse this mail or file "
            "it as spam. The findings say what is wrong.",
            r->domain);
    if (wrong_beside(r))
        text_wrap(
            t, 0, 2,
            "  Mend what the findings below say of the host, the sender's domain or "
            "block lists: authentication does not make up for it, and some "
            "receivers refuse mail for that alone.");
    else if (r->dmarc[DMARC_RFC9989].mail.authenticated == AC_YES)
        text_wrap(
            t, 0, 2,
            "  Nothing, for this mail. If it was refused all the same, the reason "
            "is not in the records of %s: read the words of the bounce.",
            r->domain);
}

void text_why_next(struct text *t)
{
    const struct audit_result *r = t->r;

    buf_puts(t->out, "\nWhat to do next\n");
    if (r->assumed_unsigned && r->best_key && r->verdict != r->verdict_if_signed)
        text_wrap(
            t, 0, 2,
            "  First look at the DKIM-Signature header of such a mail. If it says "
            "d=%s; s=%s, run this again with --selector %s.",
            r->best_key->domain, r->best_key->selector, r->best_key->selector);
    text_causes(t);
    if (r->verdict == VERDICT_UNKNOWN)
        text_wrap(t, 0, 2,
                  "  Run this again, with another resolver (--nameserver) if it stays "
                  "so; the findings below say which questions were not answered.");
    else if (r->verdict == VERDICT_ACCEPT)
        next_after_accept(t);
    else if (!r->n_causes)
        text_wrap(t, 0, 2,
                  "  No mend of SPF or DKIM alone turns this verdict; look at the "
                  "findings below.");
}
