/* SPDX-License-Identifier: MIT */
/*
 * evidence.c - task results, pending ones included, as the evidence that receivers
 * judge.
 */
#include "audit/plan.h"

static bool done(const struct task *t)
{
    return t && t->status == AC_OK;
}

/* What may still come out is anything. */
static const struct dmarc_discovery any_policy = { .found = DMARC_TEMPERROR,
                                                   .possible = DMARC_CAN_BE_ANY,
                                                   .pct = 100 };

static struct dmarc_org org_of(const struct plan_identifier *id, enum dmarc_rules rules)
{
    struct dmarc_org open = { .known = false, .name = id->name };

    return done(id->org[rules].task) ? id->org[rules].in->out : open;
}

/* Alignment of an identifier with the From domain under both sets of rules. */
static void align(const struct audit *a, const struct plan_identifier *id,
                  struct verdict_identifier *out)
{
    const struct plan_identifier *from = &a->identifier[0];

    out->same_name = dns_name_eq(&id->name, &from->name);
    for (int r = 0; r < DMARC_RULES_N; r++) {
        struct dmarc_org own = org_of(id, (enum dmarc_rules)r);
        struct dmarc_org author = org_of(from, (enum dmarc_rules)r);

        out->relaxed[r] = dmarc_aligned(&from->name, &author, &id->name, &own, false);
    }
}

struct verdict_identifier plan_signature(const struct audit *a,
                                         const struct plan_identifier *domain)
{
    struct verdict_identifier id = {
        .pass = AC_YES,
        .fails = { .id = FINDING_NONE },
        .not_aligned = { .id = FINDING_NONE },
    };

    align(a, domain, &id);
    return id;
}

/* Why an identifier that should count is not aligned; NONE when it is. */
static enum ac_status unaligned(const struct audit *a, struct arena *arena,
                                const struct plan_identifier *id, enum finding_id why,
                                bool strict, struct verdict_identifier *out)
{
    const struct dmarc_discovery *policy = done(a->policy[DMARC_RFC9989].task)
                                               ? &a->policy[DMARC_RFC9989].in->out
                                               : &any_policy;
    char text[DNS_TEXT_MAX], org[DNS_TEXT_MAX];
    struct dmarc_org own;

    out->not_aligned.id = FINDING_NONE;
    if (verdict_aligned(out, policy, strict, DMARC_RFC9989) == AC_YES)
        return AC_OK;
    own = org_of(id, DMARC_RFC9989);
    out->not_aligned.id = why;
    out->not_aligned.about = a->domain.p;
    out->not_aligned.text = arena_printf(
        arena,
        strict
            ? "%s %s is not the From domain %s, and the policy asks for the very same "
              "name (strict alignment); its organizational domain is %s."
            : "%s %s is not aligned with the From domain %s: its organizational "
              "domain is %s.",
        why == FINDING_SPF_NOT_ALIGNED ? "The MAIL FROM domain" : "The signing domain",
        dns_name_print(&id->name, text), a->domain.p, dns_name_print(&own.name, org));
    return out->not_aligned.text ? AC_OK : AC_ENOMEM;
}

static enum ac_tri spf_pass(const struct spf_outcome *o)
{
    if (o->result == SPF_PASS)
        return AC_YES;
    return o->could_pass ? AC_MAYBE : AC_NO;
}

static bool strict_mode(const struct audit *a, bool dkim)
{
    const struct dmarc_discovery *p;

    if (!done(a->policy[DMARC_RFC9989].task))
        return false;
    p = &a->policy[DMARC_RFC9989].in->out;
    return dkim ? p->strict_dkim : p->strict_spf;
}

/* The audit of the whole tree says more about a fault that stopped the evaluation, the
 * true number of look-ups for one: then its sentence is the one for both. */
static struct verdict_reason told_by_tree(const struct plan_client *c,
                                          struct verdict_reason why)
{
    const struct findings *f = done(c->tree.task) ? &c->tree.task->findings : NULL;

    if (why.id == FINDING_NONE)
        return why;
    for (size_t i = 0; f && i < f->n; i++)
        if (f->row[i].id == why.id && strcmp(f->row[i].about, why.about) == 0) {
            why.text = f->row[i].message;
            break;
        }
    return why;
}

/* Whose name SPF judges is not known (yet): not planned, or "<>" by a host whose names
 * the DNS did not tell. Any name may be the right one then. */
static bool identity_is_open(const struct audit *a, const struct plan_client *c)
{
    bool by_helo = span_eq(a->options.mail_from, SPAN("<>"));

    return !c->check.task || (by_helo && c->guess.task && c->guess.in->open);
}

static enum ac_status spf_leg(const struct audit *a, const struct plan_client *c,
                              struct arena *arena, struct verdict_identifier *out)
{
    *out = (struct verdict_identifier){ .pass = AC_MAYBE,
                                        .fails = { .id = FINDING_NONE },
                                        .not_aligned = { .id = FINDING_NONE } };
    if (identity_is_open(a, c)) {
        out->relaxed[0] = out->relaxed[1] = AC_MAYBE;
        return AC_OK;
    }
    if (c->check.task && c->check.in->out.decided) {
        const struct spf_outcome *o = &c->check.in->out;

        out->pass = spf_pass(o);
        if (out->pass != AC_YES && done(c->check.task))
            out->fails = told_by_tree(
                c, (struct verdict_reason){ o->reason, o->about, o->reason_text });
    }
    if (!c->identifier) {
        out->relaxed[0] = out->relaxed[1] = AC_NO;
        out->not_aligned = (struct verdict_reason){
            FINDING_SPF_NOT_ALIGNED, a->domain.p,
            "MAIL FROM has no domain name that could be aligned with the From domain."
        };
        return AC_OK;
    }
    align(a, c->identifier, out);
    return unaligned(a, arena, c->identifier, FINDING_SPF_NOT_ALIGNED,
                     strict_mode(a, false), out);
}

static enum ac_status dkim_leg(const struct audit *a, const struct plan_key *k,
                               struct arena *arena, struct verdict_identifier *out)
{
    *out = (struct verdict_identifier){ .pass = AC_MAYBE,
                                        .fails = { .id = FINDING_NONE } };
    if (done(k->key.task)) {
        const struct dkim_outcome *o = &k->key.in->out;

        out->pass = o->usable;
        if (o->usable != AC_YES)
            out->fails = (struct verdict_reason){ o->reason, o->name, o->reason_text };
    }
    align(a, k->identifier, out);
    return unaligned(a, arena, k->identifier, FINDING_DKIM_NOT_ALIGNED,
                     strict_mode(a, true), out);
}

enum ac_status plan_evidence(const struct audit *a, const struct plan_client *c,
                             struct arena *arena, struct verdict_evidence *out)
{
    size_t n = a->options.n_selectors;
    struct verdict_identifier *dkim = arena_array(arena, n, sizeof *dkim);

    if (!dkim)
        return AC_ENOMEM;
    *out = (struct verdict_evidence){ .from_domain = a->domain.p,
                                      .dkim = dkim,
                                      .n_dkim = n };
    TRY(spf_leg(a, c, arena, &out->spf));
    for (size_t i = 0; i < n; i++)
        TRY(dkim_leg(a, &a->key[i], arena, &dkim[i]));
    for (size_t r = 0; r < DMARC_RULES_N; r++)
        out->dmarc[r] = done(a->policy[r].task) ? a->policy[r].in->out : any_policy;
    out->is_unsigned = (struct verdict_reason){
        FINDING_DKIM_UNSIGNED, a->domain.p,
        a->options.is_unsigned ? "The mail bears no DKIM signature."
                               : "The mail was taken to bear no DKIM signature, since "
                                 "no selector was named."
    };
    return AC_OK;
}
