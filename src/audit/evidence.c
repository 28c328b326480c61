/* SPDX-License-Identifier: MIT */
/*
 * evidence.c - task results, pending ones included, as the evidence that receivers
 * judge.
 */
#include "audit/plan.h"

/* What may still come out is anything. */
static const struct dmarc_discovery any_policy = { .found = DMARC_TEMPERROR,
                                                   .possible = DMARC_CAN_BE_ANY,
                                                   .pct = 100 };

static const struct dmarc_org *org_of(const struct plan_identifier *id,
                                      enum dmarc_rules rules, struct dmarc_org *open)
{
    if (engine_done(id->org[rules].task))
        return &id->org[rules].in->out;
    *open = (struct dmarc_org){ .known = false, .name = id->name };
    return open;
}

static enum ac_tri tri(bool yes)
{
    return yes ? AC_YES : AC_NO;
}

/* Alignment of an identifier with the From domain under both sets of rules. */
static void align(const struct audit *a, const struct plan_identifier *id,
                  struct verdict_identifier *out)
{
    const struct plan_identifier *from = &a->identifier[0];

    out->same_name = dns_name_eq(&id->name, &from->name);
    for (int r = 0; r < DMARC_RULES_N; r++) {
        struct dmarc_org open[2];

        if (out->same_name) {
            out->relaxed[r] = AC_YES;
            continue;
        }
        out->relaxed[r] =
            dmarc_aligned(&from->name, org_of(from, (enum dmarc_rules)r, &open[0]),
                          &id->name, org_of(id, (enum dmarc_rules)r, &open[1]), false);
    }
    for (int r = DMARC_RULES_N; r < DMARC_READERS_N; r++) {
        enum dmarc_reader reader = (enum dmarc_reader)r;

        if (!a->reader[r].task && !a->options.disagree)
            continue;
        out->relaxed[r] =
            tri(dmarc_reader_aligned(reader, &from->name, &id->name, false));
        out->strict[r] =
            tri(dmarc_reader_aligned(reader, &from->name, &id->name, true));
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
    const struct dmarc_discovery *policy = engine_done(a->policy[DMARC_RFC9989].task)
                                               ? &a->policy[DMARC_RFC9989].in->out
                                               : &any_policy;
    char text[DNS_TEXT_MAX], org[DNS_TEXT_MAX];
    const struct dmarc_org *own;
    struct dmarc_org open;

    out->not_aligned.id = FINDING_NONE;
    if (verdict_aligned(out, policy, strict, DMARC_READER_RFC9989) == AC_YES)
        return AC_OK;
    own = org_of(id, DMARC_RFC9989, &open);
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
        dns_name_print(&id->name, text), a->domain.p, dns_name_print(&own->name, org));
    return out->not_aligned.text ? AC_OK : AC_ENOMEM;
}

static enum ac_tri spf_pass(const struct spf_outcome *o)
{
    if (o->result == SPF_PASS)
        return o->could_fail ? AC_MAYBE : AC_YES;
    return o->could_pass ? AC_MAYBE : AC_NO;
}

/* The audit of the whole tree says more about a fault that stopped the evaluation, the
 * true number of look-ups for one: then its sentence is the one for both. */
static struct verdict_reason told_by_tree(const struct plan_client *c,
                                          struct verdict_reason why)
{
    const struct findings *f =
        engine_done(c->tree.task) ? &c->tree.task->findings : NULL;

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
    bool by_helo = span_eq(a->options.mail_from, SPAN("<>")) && c->helo_guessed;
    bool open = false;

    if (by_helo && engine_done(c->host.task) && a->options.guess_helo)
        (void)host_confirmed(&c->host.in->out, &open);
    return !c->check.task || open;
}

/* One evaluation, or its absence so far. */
static struct verdict_spf spf_of(const struct plan_client *c, const struct task *task,
                                 const struct spf_outcome *o)
{
    struct verdict_spf spf = { .result = SPF_TEMPERROR,
                               .pending = true,
                               .could_pass = true,
                               .fails = { .id = FINDING_NONE } };

    if (!task || !o->decided)
        return spf;
    spf = (struct verdict_spf){ .result = o->result,
                                .could_pass = o->could_pass,
                                .could_fail = o->result == SPF_PASS && o->could_fail,
                                .silent = o->silent,
                                .fails = { .id = FINDING_NONE } };
    if (o->result != SPF_PASS && engine_done(task))
        spf.fails = told_by_tree(
            c, (struct verdict_reason){ o->reason, o->about, o->reason_text });
    return spf;
}

/* What every evaluator makes of MAIL FROM: the RFC's result where none parts from it.
 */
static void spf_results(const struct audit *a, const struct plan_client *c,
                        struct verdict_evidence *out)
{
    struct verdict_spf rfc =
        spf_of(c, c->check.task, c->check.task ? &c->check.in->out : NULL);

    if (identity_is_open(a, c)) {
        rfc = spf_of(c, NULL, NULL);
        rfc.pending = !c->check.task;
        for (size_t i = 0; i < SPF_EVALUATORS_N; i++)
            out->mail[i] = rfc;
        return;
    }
    for (size_t i = 0; i < SPF_EVALUATORS_N; i++)
        out->mail[i] = c->variant[i].task
                           ? spf_of(c, c->variant[i].task, &c->variant[i].in->out)
                           : rfc;
}

/* Of a null sender the HELO name is what SPF was evaluated for at all. */
static void helo_result(const struct audit *a, const struct plan_client *c,
                        struct verdict_evidence *out)
{
    out->helo = c->helo.p;
    out->helo_counts = plan_helo_counts(a, c);
    if (out->null_sender) {
        out->helo_check = out->mail[SPF_EVALUATOR_RFC];
        return;
    }
    out->helo_check = spf_of(c, c->helo_check.task,
                             c->helo_check.task ? &c->helo_check.in->out : NULL);
    if (engine_done(c->helo_check.task) && c->helo_check.in->out.result != SPF_PASS)
        out->helo_check.fails =
            (struct verdict_reason){ FINDING_SPF_HELO_FAILS,
                                     c->helo_check.in->out.about,
                                     c->helo_check.in->out.reason_text };
    if (!out->helo_check.fails.text)
        out->helo_check.fails.id = FINDING_NONE;
}

static bool strict_mode(const struct audit *a, bool dkim)
{
    const struct dmarc_discovery *p;

    if (!engine_done(a->policy[DMARC_RFC9989].task))
        return false;
    p = &a->policy[DMARC_RFC9989].in->out;
    return dkim ? p->strict_dkim : p->strict_spf;
}

static enum ac_status spf_leg(const struct audit *a, const struct plan_client *c,
                              struct arena *arena, struct verdict_identifier *out)
{
    *out = (struct verdict_identifier){ .pass = AC_MAYBE,
                                        .pending = true,
                                        .fails = { .id = FINDING_NONE },
                                        .not_aligned = { .id = FINDING_NONE } };
    if (identity_is_open(a, c)) {
        out->pending = !c->check.task;
        for (size_t r = 0; r < DMARC_READERS_N; r++)
            out->relaxed[r] = AC_MAYBE;
        return AC_OK;
    }
    if (c->check.task && c->check.in->out.decided) {
        const struct spf_outcome *o = &c->check.in->out;

        out->pass = spf_pass(o);
        out->pending = false;
        if (out->pass != AC_YES && engine_done(c->check.task))
            out->fails = told_by_tree(
                c, (struct verdict_reason){ o->reason, o->about, o->reason_text });
    }
    if (!c->identifier) {
        for (size_t r = 0; r < DMARC_READERS_N; r++)
            out->relaxed[r] = AC_NO;
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

static unsigned key_bits(const struct dkim_outcome *o)
{
    unsigned key = o->faults;

    if (o->status == DKIM_MISSING)
        key |= VERDICT_KEY_MISSING;
    if (o->status == DKIM_REVOKED)
        key |= VERDICT_KEY_REVOKED;
    if (o->key_type && span_eq_ci(span_of(o->key_type), SPAN("ed25519")))
        key |= VERDICT_KEY_ED25519;
    return key;
}

static enum ac_status dkim_leg(const struct audit *a, const struct plan_key *k,
                               struct arena *arena, struct verdict_identifier *out)
{
    *out = (struct verdict_identifier){ .pass = AC_MAYBE,
                                        .pending = !engine_done(k->key.task),
                                        .fails = { .id = FINDING_NONE } };
    if (engine_done(k->key.task)) {
        const struct dkim_outcome *o = &k->key.in->out;

        out->pass = o->usable;
        out->key = key_bits(o);
        if (o->usable != AC_YES)
            out->fails = (struct verdict_reason){ o->reason, o->name, o->reason_text };
    }
    align(a, k->identifier, out);
    return unaligned(a, arena, k->identifier, FINDING_DKIM_NOT_ALIGNED,
                     strict_mode(a, true), out);
}

/* The policy as each reader has it; what is not asked for is left open. */
static void policies(const struct audit *a, struct verdict_evidence *out)
{
    for (size_t r = 0; r < DMARC_RULES_N; r++) {
        out->dmarc_pending[r] = !engine_done(a->policy[r].task);
        out->dmarc[r] = out->dmarc_pending[r] ? any_policy : a->policy[r].in->out;
    }
    for (size_t r = DMARC_RULES_N; r < DMARC_READERS_N; r++) {
        if (!a->reader[r].task)
            continue;
        out->dmarc_pending[r] = !engine_done(a->reader[r].task);
        out->dmarc[r] = out->dmarc_pending[r] ? any_policy : a->reader[r].in->out;
    }
}

/* "v=spf1 -all" and nothing else: the domain says that it sends no mail. */
static bool is_bare_all(struct span record)
{
    struct span rest = span_trim(record, " ");

    (void)span_cut(&rest, ' ');
    return span_eq_ci(span_trim(rest, " "), SPAN("-all"));
}

enum ac_status plan_evidence(const struct audit *a, const struct plan_client *c,
                             struct arena *arena, struct verdict_evidence *out)
{
    size_t n = a->options.n_selectors;
    struct verdict_identifier *dkim = arena_array(arena, n, sizeof *dkim);

    if (!dkim)
        return AC_ENOMEM;
    *out = (struct verdict_evidence){ .from_domain = a->domain.p,
                                      .ip = c->ip,
                                      .sender = a->result.mail_from,
                                      .null_sender = plan_null_sender(a),
                                      .bulk = a->options.bulk,
                                      .dkim = dkim,
                                      .n_dkim = n };
    if (engine_done(c->check.task)) {
        out->spf_domain = c->check.in->out.domain;
        out->bare_all = is_bare_all(c->check.in->out.record);
    }
    spf_results(a, c, out);
    helo_result(a, c, out);
    policies(a, out);
    out->no_policy =
        (struct verdict_reason){ FINDING_DMARC_RECORD_MISSING, a->domain.p,
                                 "No DMARC policy applies to mail from this domain." };
    TRY(spf_leg(a, c, arena, &out->spf));
    for (size_t i = 0; i < n; i++)
        TRY(dkim_leg(a, &a->key[i], arena, &dkim[i]));
    out->is_unsigned = (struct verdict_reason){
        FINDING_DKIM_UNSIGNED, a->domain.p,
        a->options.is_unsigned ? "The mail bears no DKIM signature."
                               : "The mail was taken to bear no DKIM signature, since "
                                 "no selector was named."
    };
    return plan_reputation_evidence(a, c, arena, out);
}
