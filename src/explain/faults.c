/* SPDX-License-Identifier: MIT */
/*
 * faults.c - one fault of the DNS after the other: the leg itself is looked at and not
 * a receiver's verdict on all legs, since a receiver may refuse by one of them alone.
 */
#include "explain/faults_parts.h"

void fault_because(struct fault_found *f, const struct fault_case *c,
                   enum finding_id id)
{
    for (size_t i = 0; i < f->n_because; i++)
        if (f->because[i] == id)
            return;
    if (id < FINDING_COUNT && f->n_because < FAULT_BECAUSE_MAX &&
        findings_has(&c->audit->findings, id))
        f->because[f->n_because++] = id;
}

void fault_open(struct fault_found *f, enum fault_lack lack, const char *words)
{
    f->there = AC_MAYBE;
    f->lacks = lack;
    f->words = words;
}

bool fault_text_has(const struct fault_case *c, struct span word)
{
    struct span text = c->bounce->text;

    for (; text.n >= word.n && word.n; text = span_from(text, 1))
        if (span_starts_ci(text, word))
            return true;
    return false;
}

/* --- SPF ----------------------------------------------------------------------------
 */

/* Of the address that the audit describes; NULL without one. */
static const struct audit_spf *client_spf(const struct fault_case *c)
{
    const struct audit_result *r = c->audit;

    return r->has_verdict ? &r->spf[r->described] : NULL;
}

/* Is it the HELO name that the refusal is about ("s=helo;id=...")? */
static bool about_helo(const struct fault_case *c, const struct audit_spf *s)
{
    return !s->helo_guessed &&
           (fault_text_has(c, SPAN("s=helo")) || fault_text_has(c, SPAN("helo check")));
}

void fault_spf(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_spf *s = client_spf(c);
    const struct spf_outcome *o;
    char ip[IP_TEXT_MAX];
    bool helo;

    if (!s) {
        fault_open(f, FAULT_LACKS_IP,
                   "SPF hangs on the address that connected, which is not known");
        return;
    }
    helo = about_helo(c, s) && s->helo_check.result != SPF_PASS;
    o = helo ? &s->helo_check : &s->check;
    f->there = o->result == SPF_PASS ? AC_NO : o->could_pass ? AC_MAYBE : AC_YES;
    if (f->there == AC_MAYBE)
        f->lacks = FAULT_LACKS_ANSWER;
    f->words = arena_printf(
        c->arena, "SPF %s%s for %s (%s %s)", o->result == SPF_PASS ? "" : "gives ",
        o->result == SPF_PASS ? "passes" : spf_result_print(o->result),
        ip_print(&s->ip, ip), helo ? "HELO" : "domain", o->domain);
    fault_because(f, c,
                  helo && o->result == SPF_FAIL ? FINDING_SPF_HELO_FAILS : o->reason);
}

/* The same of the record as a whole: some receivers look further than one evaluation.
 */
void fault_spf_broken(const struct fault_case *c, struct fault_found *f)
{
    static const enum finding_id broken[] = {
        FINDING_SPF_MULTIPLE_RECORDS, FINDING_SPF_SYNTAX_ERROR,
        FINDING_SPF_INCLUDE_MISSING,  FINDING_SPF_INCLUDE_LOOP,
        FINDING_SPF_TOO_MANY_LOOKUPS, FINDING_SPF_TOO_MANY_VOIDS,
        FINDING_SPF_TOO_MANY_MX,      FINDING_SPF_DOMAIN_INVALID,
    };
    const struct audit_spf *s = client_spf(c);

    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        fault_because(f, c, broken[i]);
    if (f->n_because || (s && s->check.result == SPF_PERMERROR)) {
        f->there = AC_YES;
        f->words = "the SPF record is faulty";
        if (s)
            fault_because(f, c, s->check.reason);
    } else if ((s && s->check.result == SPF_TEMPERROR) ||
               findings_has(&c->audit->findings, FINDING_SPF_DNS_ERROR)) {
        fault_open(f, FAULT_LACKS_ANSWER,
                   "the DNS did not answer for all of the SPF record");
        fault_because(f, c, FINDING_SPF_DNS_ERROR);
    } else {
        f->words = "the SPF record is in order";
    }
}

void fault_spf_loose(const struct fault_case *c, struct fault_found *f)
{
    fault_because(f, c, FINDING_SPF_PASS_ALL);
    fault_because(f, c, FINDING_SPF_WIDE_RANGE);
    f->there = f->n_because ? AC_YES : AC_NO;
    f->words = f->n_because ? "the SPF record lets too many hosts send"
                            : "the SPF record holds no very wide range";
}

/* --- does the DNS fail? ------------------------------------------------------------
 */

/* Was it answered badly (SERVFAIL and the like)? Then the fault is there, and not on
 * our own way to the DNS, from which silence cannot be told. */
static bool answered_badly(const struct fault_case *c)
{
    for (size_t i = 0; i < c->audit->n_questions; i++) {
        enum dns_outcome o = c->audit->question[i]->answer->outcome;

        if (o == DNS_SERVFAIL || o == DNS_REFUSED || o == DNS_MALFORMED ||
            o == DNS_BOGUS)
            return true;
    }
    return false;
}

static void silent(const struct fault_case *c, struct fault_found *f, bool fails,
                   const char *what)
{
    if (!fails) {
        f->words = arena_printf(c->arena, "the DNS answers for %s", what);
        return;
    }
    f->there = answered_badly(c) ? AC_YES : AC_MAYBE;
    f->lacks = f->there == AC_MAYBE ? FAULT_LACKS_ANSWER : FAULT_LACKS_NOTHING;
    f->words = arena_printf(c->arena, "the DNS fails for %s", what);
    fault_because(f, c, FINDING_SPF_DNS_ERROR);
    fault_because(f, c, FINDING_DKIM_DNS_ERROR);
    fault_because(f, c, FINDING_DMARC_LOOKUP_FAILED);
    fault_because(f, c, FINDING_DNS_NOT_ANSWERED);
}

static bool spf_fails(const struct fault_case *c)
{
    const struct audit_spf *s = client_spf(c);

    if (s)
        return s->check.result == SPF_TEMPERROR;
    return findings_has(&c->audit->findings, FINDING_SPF_DNS_ERROR);
}

void fault_spf_silent(const struct fault_case *c, struct fault_found *f)
{
    silent(c, f, spf_fails(c), "SPF");
}

void fault_silent(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_result *r = c->audit;
    bool fails = spf_fails(c);

    for (size_t i = 0; i < DMARC_RULES_N; i++)
        fails = fails || r->dmarc[i].policy.found == DMARC_TEMPERROR;
    for (size_t i = 0; i < r->n_dkim; i++)
        fails = fails ||
                (!r->dkim[i].discovered && r->dkim[i].key.status == DKIM_TEMPERROR);
    silent(c, f, fails, "SPF, DKIM and DMARC");
}

/* --- DKIM ----------------------------------------------------------------------------
 */

/* How the signatures that the mail bears would do today. */
struct signatures {
    size_t n; /* named ones */
    enum ac_tri any_usable, any_broken;
    const struct audit_dkim *usable, *broken;
};

static struct signatures look_at_signatures(const struct fault_case *c,
                                            struct fault_found *f)
{
    const struct audit_result *r = c->audit;
    struct signatures s = { .any_usable = AC_NO, .any_broken = AC_NO };

    for (size_t i = 0; i < r->n_dkim; i++) {
        const struct audit_dkim *d = &r->dkim[i];
        enum ac_tri usable = d->key.usable;

        if (d->discovered)
            continue;
        s.n++;
        s.any_usable = ac_tri_or(s.any_usable, usable);
        s.any_broken = ac_tri_or(s.any_broken, usable == AC_YES  ? AC_NO
                                               : usable == AC_NO ? AC_YES
                                                                 : AC_MAYBE);
        if (usable == AC_YES && !s.usable)
            s.usable = d;
        if (usable != AC_YES && (!s.broken || usable == AC_NO))
            s.broken = d;
        if (usable != AC_YES)
            fault_because(f, c, d->key.reason);
    }
    return s;
}

/* Does nobody know how the mail is signed, though it may be? */
static bool signing_unknown(const struct fault_case *c)
{
    const struct audit_result *r = c->audit;

    return r->assumed_unsigned && !(r->discovery && r->discovery->nothing_below);
}

static void dkim_words(const struct fault_case *c, const struct signatures *s,
                       struct fault_found *f)
{
    const struct audit_dkim *d = f->there == AC_NO ? s->usable : s->broken;

    if (!s->n)
        f->words = c->audit->assumed_unsigned ? "no DKIM signature of the mail is known"
                                              : "the mail bears no DKIM signature";
    else if (f->there == AC_NO)
        f->words =
            arena_printf(c->arena, "the DKIM key %s verifies signatures", d->key.name);
    else
        f->words =
            arena_printf(c->arena, "the DKIM key %s is %s", d->key.name,
                         f->there == AC_MAYBE ? "not answered for"
                                              : dkim_status_print(d->key.status));
    if (!s->n)
        fault_because(f, c, FINDING_DKIM_UNSIGNED);
}

void fault_dkim(const struct fault_case *c, struct fault_found *f)
{
    struct signatures s = look_at_signatures(c, f);

    f->there = s.any_usable == AC_YES  ? AC_NO
               : s.any_usable == AC_NO ? AC_YES
                                       : AC_MAYBE;
    if (f->there == AC_MAYBE)
        f->lacks = FAULT_LACKS_ANSWER;
    if (f->there == AC_NO)
        f->n_because = 0;
    dkim_words(c, &s, f);
}

/* The same where only DKIM is asked for: that a signature is not known is no sign that
 * there is none. What the receiver said of it counts. */
void fault_signature(const struct fault_case *c, struct fault_found *f)
{
    fault_dkim(c, f);
    if (f->there != AC_YES || !signing_unknown(c))
        return;
    f->n_because = 0;
    if (span_eq_ci(c->bounce->said_dkim, SPAN("pass"))) {
        f->there = AC_NO;
        f->words = "DKIM passed, as the receiver says";
    } else {
        fault_open(f, FAULT_LACKS_SELECTOR, "how the mail was signed is not known");
    }
}

void fault_key(const struct fault_case *c, struct fault_found *f)
{
    struct signatures s = look_at_signatures(c, f);

    if (!s.n && signing_unknown(c)) {
        fault_open(f, FAULT_LACKS_SELECTOR, "how the mail was signed is not known");
        return;
    }
    f->there = s.n ? s.any_broken : AC_YES;
    if (f->there == AC_MAYBE)
        f->lacks = FAULT_LACKS_ANSWER;
    dkim_words(c, &s, f);
}

/* --- DMARC --------------------------------------------------------------------------
 */

/* Is there a signature that can verify and is aligned, so that SPF does not matter? */
static enum ac_tri signature_carries(const struct fault_case *c)
{
    enum ac_tri any = AC_NO;

    for (size_t i = 0; i < c->audit->n_dkim; i++) {
        const struct audit_dkim *d = &c->audit->dkim[i];

        if (!d->discovered)
            any = ac_tri_or(any, ac_tri_and(d->key.usable, d->aligned));
    }
    return any;
}

/* Why nothing that is aligned passes: both legs. */
static void because_of_legs(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_spf *s = client_spf(c);
    struct signatures keys;

    if (s && s->check.result != SPF_PASS)
        fault_because(f, c, s->check.reason);
    fault_because(f, c, FINDING_SPF_NOT_ALIGNED);
    keys = look_at_signatures(c, f);
    fault_because(f, c, FINDING_DKIM_NOT_ALIGNED);
    if (!keys.n)
        fault_because(f, c, FINDING_DKIM_UNSIGNED);
}

/* By which of the two standards it fails worst: receivers run either. */
static const struct audit_dmarc *worst_dmarc(const struct audit_result *r)
{
    const struct audit_dmarc *d = &r->dmarc[DMARC_RFC9989];
    const struct audit_dmarc *old = &r->dmarc[DMARC_RFC7489];
    bool fails = d->mail.result == DMARC_RESULT_FAIL;
    bool old_fails = old->mail.result == DMARC_RESULT_FAIL;

    if (old_fails && (!fails || old->mail.disposition > d->mail.disposition))
        return old;
    if (!fails && old->mail.result == DMARC_RESULT_TEMPERROR)
        return old;
    return d;
}

static bool policy_in(const struct audit_result *r, enum dmarc_found found)
{
    return r->dmarc[DMARC_RFC9989].policy.found == found ||
           r->dmarc[DMARC_RFC7489].policy.found == found;
}

/* By which leg it passes. */
static const char *pass_words(const struct fault_case *c)
{
    const struct audit_result *r = c->audit;
    const struct audit_spf *s = client_spf(c);
    char ip[IP_TEXT_MAX];

    if (s && s->check.result == SPF_PASS && s->aligned == AC_YES)
        return arena_printf(c->arena, "DMARC passes for %s by SPF of %s", r->domain,
                            ip_print(&s->ip, ip));
    for (size_t i = 0; i < r->n_dkim; i++)
        if (!r->dkim[i].discovered && r->dkim[i].key.usable == AC_YES &&
            r->dkim[i].aligned == AC_YES)
            return arena_printf(c->arena,
                                "DMARC passes for %s by a signature of the key %s",
                                r->domain, r->dkim[i].key.name);
    return arena_printf(c->arena, "DMARC passes for %s", r->domain);
}

/* Without an address: DMARC passes by a signature, does not apply, or is open. */
static void dmarc_without_client(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_result *r = c->audit;

    if (signature_carries(c) == AC_YES)
        f->words = pass_words(c);
    else if (!policy_in(r, DMARC_FOUND) && !policy_in(r, DMARC_TEMPERROR))
        f->words = "no DMARC policy is published, so none can ask for it";
    else
        fault_open(f, FAULT_LACKS_IP,
                   "DMARC hangs on SPF, and that on the address that connected");
}

/* "SPF gives fail for 192.0.2.1 (domain shop.example) and no DKIM signature ...". */
static const char *leg_words(const struct fault_case *c)
{
    struct fault_found spf = { 0 }, dkim = { 0 };

    fault_spf(c, &spf);
    fault_dkim(c, &dkim);
    if (!spf.words || !dkim.words)
        return NULL;
    return arena_printf(c->arena, "%s%s, %s%s", spf.words,
                        spf.there == AC_NO ? " but is not aligned" : "", dkim.words,
                        dkim.there == AC_NO ? " but is not aligned" : "");
}

static const char *policy_words(const struct fault_case *c, const struct audit_dmarc *d)
{
    const struct dmarc_discovery *p = &d->policy;
    const char *legs = leg_words(c);

    if (!legs)
        return NULL;
    return arena_printf(
        c->arena, "DMARC fails for %s, since %s; and %s=%s%s at %s asks %s",
        c->audit->domain, legs, p->policy_tag ? p->policy_tag : "p",
        dmarc_policy_print(p->policy), p->testing ? " with t=y" : "", p->found_at,
        d->mail.disposition == DMARC_REJECT       ? "to refuse it"
        : d->mail.disposition == DMARC_QUARANTINE ? "to take it as spam"
                                                  : "for no action");
}

void fault_dmarc(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_dmarc *d = worst_dmarc(c->audit);

    if (!c->audit->has_verdict) {
        dmarc_without_client(c, f);
        return;
    }
    switch (d->mail.result) {
    case DMARC_RESULT_PASS:
        f->words = pass_words(c);
        return;
    case DMARC_RESULT_NONE:
        f->words = "no DMARC policy is published, so none can ask for it";
        return;
    case DMARC_RESULT_TEMPERROR:
        fault_open(f, FAULT_LACKS_ANSWER,
                   "the DNS did not answer all that DMARC needs");
        fault_because(f, c, FINDING_DMARC_LOOKUP_FAILED);
        fault_because(f, c, FINDING_SPF_DNS_ERROR);
        fault_because(f, c, FINDING_DKIM_DNS_ERROR);
        return;
    case DMARC_RESULT_FAIL:
        break;
    }
    f->there = d->mail.disposition > DMARC_NONE ? AC_YES : AC_NO;
    f->words = policy_words(c, d);
    if (f->there == AC_YES)
        because_of_legs(c, f);
}

void fault_dmarc_record(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_result *r = c->audit;

    if (policy_in(r, DMARC_ABSENT) || policy_in(r, DMARC_UNUSABLE)) {
        f->there = AC_YES;
        f->words = arena_printf(c->arena, "no DMARC policy applies to %s", r->domain);
        fault_because(f, c, FINDING_DMARC_RECORD_MISSING);
        fault_because(f, c, FINDING_DMARC_MULTIPLE_RECORDS);
        fault_because(f, c, FINDING_DMARC_RECORD_IGNORED);
        fault_because(f, c, FINDING_DMARC_POLICY_MISSING);
        fault_because(f, c, FINDING_DMARC_POLICY_INVALID);
    } else if (policy_in(r, DMARC_TEMPERROR)) {
        fault_open(f, FAULT_LACKS_ANSWER,
                   "the DNS did not answer for the DMARC policy");
        fault_because(f, c, FINDING_DMARC_LOOKUP_FAILED);
    } else {
        f->words = arena_printf(c->arena, "a DMARC policy is published at %s",
                                r->dmarc[DMARC_RFC9989].policy.found_at);
    }
}

void fault_dmarc_result(const struct fault_case *c, struct fault_found *f)
{
    if (!c->audit->has_verdict) {
        fault_dmarc_record(c, f);
        if (f->there == AC_NO)
            dmarc_without_client(c, f);
        return;
    }
    fault_dmarc(c, f);
    switch (worst_dmarc(c->audit)->mail.result) {
    case DMARC_RESULT_FAIL:
        f->there = AC_YES;
        because_of_legs(c, f);
        return;
    case DMARC_RESULT_NONE:
        fault_dmarc_record(c, f);
        return;
    case DMARC_RESULT_PASS:
    case DMARC_RESULT_TEMPERROR:
        break;
    }
}

void fault_dmarc_broken(const struct fault_case *c, struct fault_found *f)
{
    const struct findings *all = &c->audit->findings;

    for (size_t i = 0; i < all->n; i++) {
        const struct finding_kind *kind = finding_kind(all->row[i].id);

        if (kind->severity == FINDING_ERROR &&
            span_starts(span_of(kind->name), SPAN("dmarc-")))
            fault_because(f, c, all->row[i].id);
    }
    if (f->n_because || policy_in(c->audit, DMARC_UNUSABLE)) {
        f->there = AC_YES;
        f->words = "the DMARC record is faulty";
    } else if (policy_in(c->audit, DMARC_TEMPERROR)) {
        fault_open(f, FAULT_LACKS_ANSWER,
                   "the DNS did not answer for the DMARC policy");
        fault_because(f, c, FINDING_DMARC_LOOKUP_FAILED);
    } else {
        f->words = "the DMARC record is in order";
    }
}

void fault_alignment(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_result *r = c->audit;
    enum ac_tri passes = AC_YES;

    if (!r->has_verdict && signature_carries(c) != AC_YES) {
        fault_open(f, FAULT_LACKS_IP,
                   "alignment hangs on SPF, and that on the address that connected");
        return;
    }
    for (size_t i = 0; r->has_verdict && i < DMARC_RULES_N; i++)
        passes = ac_tri_and(passes, r->dmarc[i].mail.authenticated);
    if (passes == AC_YES) {
        f->words = arena_printf(
            c->arena, "SPF or DKIM passes for a domain aligned with %s", r->domain);
        return;
    }
    f->there = passes == AC_NO ? AC_YES : AC_MAYBE;
    if (f->there == AC_MAYBE)
        f->lacks = FAULT_LACKS_ANSWER;
    f->words =
        arena_printf(c->arena, "neither SPF nor DKIM %s for a domain aligned with %s",
                     f->there == AC_YES ? "passes" : "surely passes", r->domain);
    because_of_legs(c, f);
}

enum ac_status fault_look(enum fault fault, const struct fault_case *c,
                          struct fault_found *out)
{
    static void (*const look[])(const struct fault_case *, struct fault_found *) = {
#define F(id, function) function,
#include "explain/faults.def"
#undef F
    };

    *out = (struct fault_found){ .there = AC_NO };
    look[fault](c, out);
    return out->words ? AC_OK : AC_ENOMEM;
}
