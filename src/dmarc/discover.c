/* SPDX-License-Identifier: MIT */
/*
 * discover.c - which DMARC policy applies to an Author Domain. RFC 9989, 4.10.1;
 * RFC 7489, 6.6.3.
 *
 * Both RFCs stop at a record of the Author Domain itself. Without one RFC 9989 walks
 * up the tree, and any name on the way may say psd=n and be the one that counts; so one
 * place without an answer leaves every policy possible. RFC 7489 asks one name more,
 * the Organizational Domain by the public suffix list.
 */
#include "dmarc/lookup.h"
#include "dmarc/psl.h"

const char *dmarc_policy_print(enum dmarc_policy policy)
{
    switch (policy) {
    case DMARC_NONE:
        return "none";
    case DMARC_QUARANTINE:
        return "quarantine";
    case DMARC_REJECT:
        return "reject";
    }
    return "";
}

/* One discovery: what it is for, and what it will say. */
struct discovery {
    struct ac_env *env;
    const struct dns_name *author;
    const char *author_text;
    enum dmarc_rules rules;
    struct dmarc_discovery *out;
};

static unsigned policy_bit(enum dmarc_policy policy)
{
    switch (policy) {
    case DMARC_NONE:
        return DMARC_CAN_BE_NONE;
    case DMARC_QUARANTINE:
        return DMARC_CAN_BE_QUARANTINE;
    case DMARC_REJECT:
        return DMARC_CAN_BE_REJECT;
    }
    return 0;
}

/* The policy in force: t=y lowers it by one level. RFC 9989, 4.7. */
static unsigned policy_in_force(enum dmarc_policy policy, bool testing)
{
    if (testing && policy != DMARC_NONE)
        policy = (enum dmarc_policy)(policy - 1);
    return policy_bit(policy);
}

/* The DNS did not answer at `place`: everything is possible. */
static void open_place(struct discovery *d, const struct dmarc_place *place)
{
    d->out->found = DMARC_TEMPERROR;
    d->out->possible = DMARC_CAN_BE_ANY;
    finding_add(d->env->findings, FINDING_DMARC_LOOKUP_FAILED, place->where,
                "The look-up of TXT at %s failed (%s): which DMARC policy applies to "
                "mail from %s is not known.",
                place->where, dns_outcome_print(place->outcome), d->author_text);
}

static void no_record(struct discovery *d, bool several)
{
    struct dns_name org;
    char up[DNS_TEXT_MAX];

    d->out->found = several ? DMARC_UNUSABLE : DMARC_ABSENT;
    d->out->possible = DMARC_CAN_BE_ABSENT;
    if (several)
        return; /* dmarc_place_report has said so */
    if (dmarc_psl_registrable(d->author, &org) && !dns_name_eq(&org, d->author))
        finding_add(d->env->findings, FINDING_DMARC_RECORD_MISSING, d->author_text,
                    "There is no DMARC record for %s: none at _dmarc.%s, and none at "
                    "_dmarc.%s.",
                    d->author_text, d->author_text, dns_name_print(&org, up));
    else
        finding_add(d->env->findings, FINDING_DMARC_RECORD_MISSING, d->author_text,
                    "There is no DMARC record for %s: none at _dmarc.%s.",
                    d->author_text, d->author_text);
}

static void report_request(struct discovery *d, const struct dmarc_place *place,
                           const char *tag, const struct dmarc_request *q)
{
    const char *effect = dmarc_record_has_report_uri(&place->record)
                             ? "receivers take the whole record as p=none"
                             : "receivers do not apply DMARC at all";

    if (q->given && !q->valid)
        finding_add(d->env->findings, FINDING_DMARC_POLICY_INVALID, place->where,
                    "The DMARC record at %s says %s=%.*s, which is none of none, "
                    "quarantine and reject: %s.",
                    place->where, tag, SPAN_ARG(span_to(q->text, 100)), effect);
    else if (!q->given && tag[0] == 'p')
        finding_add(d->env->findings, FINDING_DMARC_POLICY_MISSING, place->where,
                    "The DMARC record at %s has no p, so it asks for nothing: %s.",
                    place->where, effect);
}

static void report_inherited(struct discovery *d, const struct dmarc_place *place)
{
    const struct dmarc_discovery *out = d->out;

    if (dns_name_eq(&place->name, d->author) || out->found != DMARC_FOUND)
        return;
    finding_add(d->env->findings, FINDING_DMARC_RECORD_INHERITED, d->author_text,
                "%s has no DMARC record of its own: the one at %s applies, with %s=%s.",
                d->author_text, place->where, out->policy_tag ? out->policy_tag : "p",
                dmarc_policy_print(out->policy));
}

static void report_requests(struct discovery *d, const struct dmarc_place *place)
{
    report_request(d, place, "p", &place->record.p);
    report_request(d, place, "sp", &place->record.sp);
    if (d->rules == DMARC_RFC9989)
        report_request(d, place, "np", &place->record.np);
}

/* A record applies. Its policy is the one for `whose`. */
static void settle(struct discovery *d, const struct dmarc_place *place,
                   enum dmarc_whose whose)
{
    const struct dmarc_record *r = &place->record;
    struct dmarc_discovery *out = d->out;

    out->record = r->text;
    out->found_at = place->where;
    out->domain = place->name;
    out->strict_dkim = r->strict_dkim;
    out->strict_spf = r->strict_spf;
    if (d->rules == DMARC_RFC9989)
        out->testing = r->testing;
    else
        out->pct = r->pct;
    report_requests(d, place);
    if (dmarc_record_policy(r, d->rules, whose, &out->policy, &out->policy_tag)) {
        out->found = DMARC_FOUND;
        out->possible = policy_in_force(out->policy, out->testing);
    } else {
        out->found = DMARC_UNUSABLE;
        out->possible = DMARC_CAN_BE_ABSENT;
    }
    report_inherited(d, place);
}

/* The Author Domain did not answer, so nobody knows whether it exists: np is possible
 * as well as what was settled. */
static void settle_maybe(struct discovery *d, const struct dmarc_place *place,
                         const struct dns_answer *answer)
{
    enum dmarc_policy np;
    const char *tag;

    if (!dmarc_record_policy(&place->record, d->rules, DMARC_NO_SUCH_SUB, &np, &tag) ||
        np == d->out->policy)
        return;
    d->out->found = DMARC_TEMPERROR;
    d->out->possible |= policy_in_force(np, d->out->testing);
    finding_add(
        d->env->findings, FINDING_DMARC_LOOKUP_FAILED, d->author_text,
        "The look-up of %s failed (%s): whether it exists, and so whether np of "
        "the DMARC record at %s applies, is not known.",
        d->author_text, dns_outcome_print(answer->outcome), place->where);
}

/* sp or np? RFC 9989, 3.2.13, 4.10.1: the Author Domain does not exist when the DNS
 * says NXDOMAIN to a question about it. */
static enum ac_status settle_subdomain(struct discovery *d,
                                       const struct dmarc_place *place)
{
    const struct dns_answer *answer;

    if (!place->record.np.given) {
        settle(d, place, DMARC_SUBDOMAIN);
        return AC_OK;
    }
    TRY(dns_get(d->env->dns, d->env->wants, d->author, DNS_T_TXT, &answer));
    settle(d, place,
           answer->outcome == DNS_NXDOMAIN ? DMARC_NO_SUCH_SUB : DMARC_SUBDOMAIN);
    if (!dns_answered(answer))
        settle_maybe(d, place, answer);
    return AC_OK;
}

/*
 * The place whose record applies: the Organizational Domain's, else the one of the
 * public suffix domain. Both are told by the last record of the walk (4.10.2): where it
 * has psd=y the Organizational Domain is the name one label below.
 */
static const struct dmarc_place *policy_place(const struct dmarc_walk *walk)
{
    const struct dmarc_place *last = NULL;

    for (size_t i = 1; i < walk->n_seen; i++)
        if (walk->place[i].sight == DMARC_SEES_RECORD)
            last = &walk->place[i];
    /* The place in front of it, which may be the Author Domain's: that has no record.
     */
    if (last && last->record.psd == 'y' && last[-1].sight == DMARC_SEES_RECORD)
        return last - 1;
    return last;
}

/* Records between the Author Domain and the one that applies are never read: whoever
 * published them thinks otherwise. RFC 9989, 4.10.1. */
static void report_intermediate(struct discovery *d, const struct dmarc_walk *walk,
                                const struct dmarc_place *applies)
{
    for (const struct dmarc_place *p = &walk->place[1]; p < applies; p++)
        if (p->sight == DMARC_SEES_RECORD)
            finding_add(d->env->findings, FINDING_DMARC_INTERMEDIATE_IGNORED, p->where,
                        "The DMARC record at %s (\"%.*s\") does not apply to mail from "
                        "%s: the one at %s does.",
                        p->where, SPAN_ARG(span_to(p->record.text, 100)),
                        d->author_text, applies->where);
}

/* The walk has been over all places: the Author Domain has no record. */
static enum ac_status judge_walk(struct discovery *d, const struct dmarc_walk *walk)
{
    const struct dmarc_place *applies = policy_place(walk);
    bool several = false;

    for (size_t i = 0; i < walk->n_seen; i++) {
        dmarc_place_report(d->env, &walk->place[i]);
        several = several || walk->place[i].sight == DMARC_SEES_SEVERAL;
        if (walk->place[i].sight == DMARC_SEES_NO_ANSWER) {
            open_place(d, &walk->place[i]);
            return AC_OK;
        }
    }
    if (!applies) {
        no_record(d, several);
        return AC_OK;
    }
    report_intermediate(d, walk, applies);
    return settle_subdomain(d, applies);
}

static enum ac_status discover_by_walk(struct discovery *d)
{
    struct ac_env *env = d->env;
    struct dmarc_walk *walk = dmarc_walk_new(env, d->author);

    if (!walk)
        return AC_ENOMEM;
    dns_hint(env->dns, env->wants, d->author, DNS_T_TXT); /* does it exist? */
    if (!walk->n) {
        no_record(d, false);
        return AC_OK;
    }
    TRY(dmarc_look(env, &walk->name[0], &walk->place[0]));
    walk->n_seen = 1;
    switch (walk->place[0].sight) {
    case DMARC_SEES_RECORD:
        dmarc_place_report(env, &walk->place[0]);
        settle(d, &walk->place[0], DMARC_OWN);
        return AC_OK;
    case DMARC_SEES_NO_ANSWER:
        open_place(d, &walk->place[0]);
        return AC_OK;
    case DMARC_SEES_NOTHING:
    case DMARC_SEES_SEVERAL:
        break;
    }
    TRY(dmarc_walk_on(env, walk, 1));
    return judge_walk(d, walk);
}

/* One place of RFC 7489, 6.6.3: true when it ends the discovery. */
static bool judge_place(struct discovery *d, const struct dmarc_place *place,
                        enum dmarc_whose whose)
{
    dmarc_place_report(d->env, place);
    switch (place->sight) {
    case DMARC_SEES_RECORD:
        settle(d, place, whose);
        return true;
    case DMARC_SEES_SEVERAL:
        no_record(d, true);
        return true;
    case DMARC_SEES_NO_ANSWER:
        open_place(d, place);
        return true;
    case DMARC_SEES_NOTHING:
        break;
    }
    return false;
}

static enum ac_status discover_by_list(struct discovery *d)
{
    struct ac_env *env = d->env;
    struct dmarc_place place;
    struct dns_name org, full;
    bool has_org;

    TRY(dmarc_registrable(env, d->author, &has_org, &org));
    has_org = has_org && !dns_name_eq(&org, d->author);
    if (has_org && dns_name_under(SPAN("_dmarc"), &org, &full))
        dns_hint(env->dns, env->wants, &full, DNS_T_TXT);
    TRY(dmarc_look(env, d->author, &place));
    if (judge_place(d, &place, DMARC_OWN))
        return AC_OK;
    if (has_org) {
        TRY(dmarc_look(env, &org, &place));
        if (judge_place(d, &place, DMARC_SUBDOMAIN))
            return AC_OK;
    }
    no_record(d, false);
    return AC_OK;
}

enum ac_status dmarc_discover(struct ac_env *env, const struct dns_name *author,
                              enum dmarc_rules rules, struct dmarc_discovery *out)
{
    struct discovery d = { .env = env, .author = author, .rules = rules, .out = out };

    *out = (struct dmarc_discovery){ .pct = 100 };
    d.author_text = dns_name_text(env->arena, author);
    if (!d.author_text)
        return AC_ENOMEM;
    switch (rules) {
    case DMARC_RFC9989:
        return discover_by_walk(&d);
    case DMARC_RFC7489:
        return discover_by_list(&d);
    }
    return AC_EINVAL;
}
