/* SPDX-License-Identifier: MIT */
/*
 * audit.c - what is wrong or risky in the records that apply to an Author Domain.
 * RFC 9989, 4.7, 5.1, 7.4; RFC 9990, 4; RFC 9989, C.3 (both rules).
 *
 * Discovery says which record applies and why; here nothing changes the outcome. It is
 * run by both rules, and a record that only one of them finds is audited as well.
 */
#include "dmarc/audit.h"

#include "dmarc/psl.h"
#include "dmarc/reports.h"

/* One record, and the name that holds it. */
struct subject {
    struct ac_env *env;
    struct dns_name domain;
    const char *where; /* "_dmarc.example.com" */
    struct dmarc_record record;
    struct dmarc_org org; /* of domain, by RFC 9989 */
};

static void audit_faults(const struct subject *s)
{
    for (size_t i = 0; i < s->record.n_faults; i++)
        finding_add(s->env->findings, s->record.fault[i].id, s->where,
                    "The DMARC record at %s %s.", s->where, s->record.fault[i].text);
}

static void audit_weaker(const struct subject *s, const char *tag,
                         const struct dmarc_request *q)
{
    const struct dmarc_request *p = &s->record.p;

    if (!q->valid || !p->valid)
        return;
    if (s->org.known && !dns_name_eq(&s->org.name, &s->domain)) {
        char org[DNS_TEXT_MAX];

        finding_add(s->env->findings, FINDING_DMARC_SP_IGNORED, s->where,
                    "The DMARC record at %s has %s=%s, which nobody reads: the "
                    "organizational domain is %s.",
                    s->where, tag, dmarc_policy_print(q->policy),
                    dns_name_print(&s->org.name, org));
    } else if (q->policy < p->policy) {
        finding_add(s->env->findings, FINDING_DMARC_SUBDOMAINS_WEAKER, s->where,
                    "The DMARC record at %s has p=%s but %s=%s: mail that pretends to "
                    "come from a subdomain gets the weaker policy.",
                    s->where, dmarc_policy_print(p->policy), tag,
                    dmarc_policy_print(q->policy));
    }
}

static void audit_strict(const struct subject *s)
{
    const struct dmarc_record *r = &s->record;

    if (r->strict_dkim || r->strict_spf)
        finding_add(s->env->findings, FINDING_DMARC_STRICT_ALIGNMENT, s->where,
                    "The DMARC record at %s has %s%s%s: only exactly the same domain "
                    "is aligned.",
                    s->where, r->strict_dkim ? "adkim=s" : "",
                    r->strict_dkim && r->strict_spf ? " and " : "",
                    r->strict_spf ? "aspf=s" : "");
}

/* psd=y belongs to public suffixes, psd=n to everybody else. RFC 9989, 4.7, 5.2. */
static void audit_psd(const struct subject *s)
{
    struct dns_name org;
    bool is_suffix = !dmarc_psl_registrable(&s->domain, &org);

    if (s->record.psd == 'y' && !is_suffix)
        finding_add(s->env->findings, FINDING_DMARC_PSD_MISUSE, s->where,
                    "The DMARC record at %s has psd=y, but the public suffix list does "
                    "not hold that domain: every name one label below it becomes an "
                    "organization of its own, not aligned with any other.",
                    s->where);
    if (s->record.psd == 'n' && is_suffix)
        finding_add(
            s->env->findings, FINDING_DMARC_PSD_MISUSE, s->where,
            "The DMARC record at %s has psd=n, but the public suffix list holds "
            "that domain: all names below it become one organization, aligned "
            "with each other.",
            s->where);
}

static void audit_requests(const struct subject *s)
{
    const struct dmarc_record *r = &s->record;

    audit_weaker(s, "sp", &r->sp);
    audit_weaker(s, "np", &r->np);
    if (r->testing && r->p.valid)
        finding_add(s->env->findings, FINDING_DMARC_TESTING, s->where,
                    "The DMARC record at %s has p=%s in test mode (t=y): receivers by "
                    "RFC 9989 apply one level less.",
                    s->where, dmarc_policy_print(r->p.policy));
    if (!r->has_rua)
        finding_add(s->env->findings, FINDING_DMARC_RUA_MISSING, s->where,
                    "The DMARC record at %s has no rua: nobody sends reports about it.",
                    s->where);
}

/* author_org: that of the author by RFC 9989, which spares a walk where the record is
 * the author's own. */
static enum ac_status audit_record(struct ac_env *env, const struct dns_name *author,
                                   const struct dmarc_org *author_org,
                                   const struct dmarc_discovery *d, bool check_reports)
{
    unsigned mark = dns_wants_mark(env->wants);
    struct subject s = { .env = env, .domain = d->domain, .where = d->found_at };
    enum ac_status walked = AC_OK, checked = AC_OK;

    TRY(dmarc_record_parse(env->arena, d->record, &s.record));
    if (dns_name_eq(&s.domain, author))
        s.org = *author_org;
    else
        walked = dmarc_org_domain(env, &s.domain, DMARC_RFC9989, &s.org);
    if (check_reports) {
        dns_wants_back(env->wants, mark);
        checked = dmarc_check_reports(env, &s.domain, &s.record);
    }
    TRY(walked);
    audit_faults(&s);
    audit_requests(&s);
    audit_strict(&s);
    audit_psd(&s);
    return checked;
}

/* What one rule gives, in words. */
static const char *outcome_text(struct arena *a, const struct dmarc_discovery *d,
                                const struct dmarc_org *org)
{
    char org_text[DNS_TEXT_MAX];

    dns_name_print(&org->name, org_text);
    if (d->found != DMARC_FOUND)
        return arena_printf(a, "no policy (organizational domain %s)", org_text);
    if (d->pct < 100)
        return arena_printf(
            a, "%s for %u in 100 messages (%s, organizational domain %s)",
            dmarc_policy_print(d->policy), d->pct, d->found_at, org_text);
    return arena_printf(a, "%s%s (%s, organizational domain %s)",
                        dmarc_policy_print(d->policy),
                        d->testing ? " in test mode" : "", d->found_at, org_text);
}

/* Do the two RFCs come to the same end? RFC 9989, C.3. */
static enum ac_status compare_rules(struct ac_env *env, const char *author,
                                    const struct dmarc_discovery d[static 2],
                                    const struct dmarc_org org[static 2])
{
    const char *text[2];
    /* Of a pct between, which mail is drawn is nobody's to say: the full policy. */
    bool sampled = d[1].pct == 0 && d[1].policy != DMARC_NONE;
    bool same = dns_name_eq(&org[0].name, &org[1].name) && !sampled &&
                d[0].possible == d[1].possible;

    if (d[0].found == DMARC_TEMPERROR || d[1].found == DMARC_TEMPERROR || !org[0].known)
        return AC_OK;
    if (same || (d[0].found != DMARC_FOUND && d[1].found != DMARC_FOUND))
        return AC_OK;
    for (int i = 0; i < 2; i++) {
        text[i] = outcome_text(env->arena, &d[i], &org[i]);
        if (!text[i])
            return AC_ENOMEM;
    }
    finding_add(env->findings, FINDING_DMARC_RULES_DIFFER, author,
                "For mail from %s RFC 9989 gives %s, RFC 7489 gives %s.", author,
                text[0], text[1]);
    return AC_OK;
}

static void report_none(struct ac_env *env, const char *author,
                        const struct dmarc_discovery *d)
{
    if (d->found == DMARC_FOUND && d->policy == DMARC_NONE)
        finding_add(env->findings, FINDING_DMARC_POLICY_NONE, author,
                    "The DMARC policy for mail from %s is none (%s): nothing is "
                    "enforced.",
                    author, d->found_at);
}

/* Discovery and Organizational Domain by both rules, without their findings. */
static enum ac_status discover_both(struct ac_env *env, const struct dns_name *author,
                                    struct dmarc_discovery d[static 2],
                                    struct dmarc_org org[static 2])
{
    static const enum dmarc_rules rules[2] = { DMARC_RFC9989, DMARC_RFC7489 };
    struct dns_siblings siblings = dns_siblings_begin(env->wants);
    enum ac_status result = AC_OK;
    struct ac_env quiet = *env;

    quiet.findings = NULL;
    for (int i = 0; i < 4; i++) {
        enum ac_status status;

        status = i < 2 ? dmarc_discover(&quiet, author, rules[i], &d[i])
                       : dmarc_org_domain(&quiet, author, rules[i - 2], &org[i - 2]);
        dns_siblings_next(&siblings, env->wants);
        if (status == AC_PENDING)
            result = status;
        else if (status != AC_OK)
            return status;
    }
    dns_siblings_end(&siblings, env->wants);
    return result;
}

enum ac_status dmarc_audit(struct ac_env *env, const struct dns_name *author,
                           bool check_reports)
{
    struct dmarc_discovery d[2];
    struct dmarc_org org[2];
    enum ac_status first = AC_OK;
    char text[DNS_TEXT_MAX];

    TRY(discover_both(env, author, d, org));
    dns_name_print(author, text);
    report_none(env, text, &d[0]);
    if (d[0].domain.n)
        first = audit_record(env, author, &org[0], &d[0], check_reports);
    if (first != AC_OK && first != AC_PENDING)
        return first;
    if (d[1].domain.n && !(d[0].domain.n && dns_name_eq(&d[0].domain, &d[1].domain)))
        TRY(audit_record(env, author, &org[0], &d[1], check_reports));
    TRY(first);
    return compare_rules(env, text, d, org);
}
