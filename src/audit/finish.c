/* SPDX-License-Identifier: MIT */
/*
 * finish.c - the result of an audit out of its tasks, in the order of the options.
 */
#include "audit/fix.h"
#include "audit/plan.h"

static enum ac_status finish_spf(struct audit *a)
{
    struct audit_result *r = &a->result;
    struct audit_spf *spf =
        arena_array(&a->engine.arena, a->options.n_ips, sizeof *spf);

    if (!spf)
        return AC_ENOMEM;
    for (size_t i = 0; i < a->options.n_ips; i++) {
        const struct plan_client *c = &a->client[i];

        spf[i] = (struct audit_spf){
            .ip = c->ip,
            .check = c->check.in->out,
            .tree = c->tree.in->out,
            .helo = arena_strdup(&a->engine.arena, c->helo),
            .helo_guessed = c->helo_guessed,
            .helo_check = c->helo_check.in->out,
        };
        if (!spf[i].helo)
            return AC_ENOMEM;
    }
    r->spf = spf;
    r->n_spf = a->options.n_ips;
    r->tree = a->tree.task ? &a->tree.in->out : NULL;
    return AC_OK;
}

/* Alignment of a signature by this domain under the policy's adkim. */
static enum ac_tri key_aligned(const struct audit *a, const struct plan_identifier *id)
{
    const struct dmarc_discovery *p = &a->policy[DMARC_RFC9989].in->out;
    struct verdict_identifier signature = plan_signature(a, id);

    return verdict_aligned(&signature, p, p->strict_dkim, DMARC_READER_RFC9989);
}

static enum ac_status finish_dkim(struct audit *a)
{
    const struct dkim_discovery *found = a->discover.task ? &a->discover.in->out : NULL;
    size_t n = a->options.n_selectors + (found ? found->n : 0);
    struct arena *arena = &a->engine.arena;
    struct audit_dkim *dkim = arena_array(arena, n, sizeof *dkim);

    if (!dkim)
        return AC_ENOMEM;
    for (size_t i = 0; i < a->options.n_selectors; i++) {
        const struct plan_key *k = &a->key[i];

        dkim[i] = (struct audit_dkim){
            .selector = k->selector->text,
            .domain = dns_name_text(arena, &k->selector->at.domain),
            .key = k->key.in->out,
            .aligned = key_aligned(a, k->identifier),
        };
        if (!dkim[i].domain)
            return AC_ENOMEM;
    }
    for (size_t i = a->options.n_selectors; i < n; i++) {
        size_t k = i - a->options.n_selectors;

        dkim[i] = (struct audit_dkim){
            .selector = dns_name_text(arena, &found->selector[k]),
            .domain = a->domain.p,
            .key = found->key[k],
            .aligned = AC_YES,
            .discovered = true,
        };
        if (!dkim[i].selector)
            return AC_ENOMEM;
    }
    a->result.dkim = dkim;
    a->result.n_dkim = n;
    a->result.discovery = found;
    return AC_OK;
}

/* Predictions of all receivers; the worst that counts is the verdict. */
static enum ac_status judge(const struct audit *a, const struct verdict_evidence *e,
                            struct arena *arena, struct plan_verdict *out)
{
    *out = (struct plan_verdict){ .verdict = VERDICT_ACCEPT };
    out->prediction =
        arena_array(arena, a->options.n_receivers, sizeof *out->prediction);
    if (!out->prediction)
        return AC_ENOMEM;
    for (size_t i = 0; i < a->options.n_receivers; i++) {
        struct prediction *p = &out->prediction[i];

        TRY(receiver_predict(a->options.receiver[i], e, arena, p));
        if (p->certainty > CERTAINTY_LOW && p->verdict > out->verdict) {
            out->verdict = p->verdict;
            out->decided_by = i;
        }
    }
    return AC_OK;
}

enum ac_status plan_verdicts(const struct audit *a, struct arena *arena,
                             struct plan_verdict **each, size_t *described)
{
    struct plan_verdict *v = arena_array(arena, a->options.n_ips, sizeof *v);

    if (!v)
        return AC_ENOMEM;
    *each = v;
    *described = 0;
    for (size_t i = 0; i < a->options.n_ips; i++) {
        struct verdict_evidence e;

        TRY(plan_evidence(a, &a->client[i], arena, &e));
        TRY(judge(a, &e, arena, &v[i]));
        if (v[i].verdict > v[*described].verdict)
            *described = i;
    }
    return AC_OK;
}

enum ac_status plan_causes(const struct audit *a, const struct plan_client *c,
                           size_t receiver, struct arena *arena,
                           const struct cause **out, size_t *n)
{
    struct verdict_evidence e;

    TRY(plan_evidence(a, c, arena, &e));
    return verdict_causes(a->options.receiver[receiver], &e, arena, out, n);
}

static enum ac_status judge_with(struct audit *a, const struct plan_client *c,
                                 const struct verdict_identifier *dkim, size_t n,
                                 enum verdict *verdict)
{
    struct arena *arena = &a->engine.arena;
    struct plan_verdict judged;
    struct verdict_evidence e;

    TRY(plan_evidence(a, c, arena, &e));
    e.dkim = dkim;
    e.n_dkim = n;
    TRY(judge(a, &e, arena, &judged));
    *verdict = judged.verdict;
    return AC_OK;
}

/* The verdicts for a mail without a signature, and with the best usable key known. */
static enum ac_status finish_if(struct audit *a, const struct plan_client *c)
{
    struct audit_result *r = &a->result;

    TRY(judge_with(a, c, NULL, 0, &r->verdict_if_unsigned));
    for (size_t i = 0; i < r->n_dkim; i++) {
        bool named = i < a->options.n_selectors;
        struct verdict_identifier signature =
            plan_signature(a, named ? a->key[i].identifier : &a->identifier[0]);
        enum verdict verdict;

        if (r->dkim[i].key.usable != AC_YES)
            continue;
        TRY(judge_with(a, c, &signature, 1, &verdict));
        if (!r->best_key || verdict < r->verdict_if_signed) {
            r->best_key = &r->dkim[i];
            r->verdict_if_signed = verdict;
        }
    }
    return AC_OK;
}

static enum ac_status finish_signed_by(struct audit *a)
{
    struct audit_result *r = &a->result;
    const char **text =
        arena_array(&a->engine.arena, a->options.n_selectors, sizeof *text);

    if (!text)
        return AC_ENOMEM;
    for (size_t i = 0; i < a->options.n_selectors; i++)
        if (a->key[i].key.in->out.usable == AC_YES)
            text[r->n_signed++] = a->key[i].selector->text;
    r->signed_by = text;
    r->assumed_unsigned = !a->options.is_unsigned && !a->options.n_selectors;
    return AC_OK;
}

/* Causes for each receiver that does worse than accept; of the one that decides they
 * are the audit's. */
static enum ac_status finish_causes(struct audit *a, const struct verdict_evidence *e)
{
    struct audit_result *r = &a->result;
    struct arena *arena = &a->engine.arena;
    struct audit_causes *row = arena_array(arena, r->n_predictions, sizeof *row);

    if (!row)
        return AC_ENOMEM;
    for (size_t i = 0; i < r->n_predictions; i++)
        TRY(verdict_causes(a->options.receiver[i], e, arena, &row[i].cause, &row[i].n));
    r->because = row;
    if (r->n_predictions && r->verdict != VERDICT_ACCEPT) {
        r->cause = row[r->decided_by].cause;
        r->n_causes = row[r->decided_by].n;
    }
    return AC_OK;
}

static enum ac_status finish_verdict(struct audit *a)
{
    struct audit_result *r = &a->result;
    struct arena *arena = &a->engine.arena;
    const struct prediction **by_ip =
        arena_array(arena, a->options.n_ips, sizeof *by_ip);
    const struct plan_client *described;
    const struct plan_verdict *worst;
    struct plan_verdict *each;
    struct verdict_evidence e;

    if (!by_ip)
        return AC_ENOMEM;
    TRY(plan_verdicts(a, arena, &each, &r->described));
    worst = &each[r->described];
    r->verdict = worst->verdict;
    r->decided_by = worst->decided_by;
    r->prediction = worst->prediction;
    r->n_predictions = a->options.n_receivers;
    for (size_t i = 0; i < a->options.n_ips; i++)
        by_ip[i] = each[i].prediction;
    r->has_verdict = true;
    r->by_ip = by_ip;
    described = &a->client[r->described];
    r->helo = r->spf[r->described].helo;
    TRY(plan_evidence(a, described, arena, &e));
    TRY(finish_causes(a, &e));
    for (size_t i = 0; i < DMARC_RULES_N; i++)
        verdict_dmarc(&e, &verdict_rfc_eyes[i], &r->dmarc[i].mail);
    TRY(plan_disagree(a, described));
    return finish_if(a, described);
}

/* SPF alignment of every client, for its row. */
static enum ac_status finish_alignment(struct audit *a)
{
    struct audit_spf *spf = arena_array(&a->engine.arena, a->result.n_spf, sizeof *spf);

    if (!spf)
        return AC_ENOMEM;
    for (size_t i = 0; i < a->result.n_spf; i++) {
        struct verdict_evidence e;
        struct verdict_dmarc dmarc;

        TRY(plan_evidence(a, &a->client[i], &a->engine.arena, &e));
        verdict_dmarc(&e, &verdict_rfc_eyes[DMARC_RFC9989], &dmarc);
        spf[i] = a->result.spf[i];
        spf[i].aligned = dmarc.spf_aligned;
    }
    a->result.spf = spf;
    return AC_OK;
}

static void finish_identifier(const struct audit *a, const char *role, bool dkim,
                              const struct plan_identifier *id,
                              struct audit_identifier *out)
{
    struct verdict_identifier joined = plan_signature(a, id);

    *out = (struct audit_identifier){ .role = role, .name = id->name };
    for (size_t r = 0; r < DMARC_RULES_N; r++) {
        const struct dmarc_discovery *p = &a->policy[r].in->out;

        out->org[r] = id->org[r].in->out;
        out->aligned[r] = verdict_aligned(
            &joined, p, dkim ? p->strict_dkim : p->strict_spf, (enum dmarc_reader)r);
    }
}

/* The table of alignment: From, MAIL FROM of the mail described, each signature. */
static enum ac_status finish_identifiers(struct audit *a)
{
    struct audit_result *r = &a->result;
    const struct plan_client *c = a->options.n_ips ? &a->client[r->described] : NULL;
    size_t most = 2 + a->options.n_selectors;
    struct audit_identifier *row = arena_array(&a->engine.arena, most, sizeof *row);

    if (!row)
        return AC_ENOMEM;
    finish_identifier(a, "From", false, &a->identifier[0], &row[r->n_identifiers++]);
    if (c && c->identifier)
        finish_identifier(a, "MAIL FROM", false, c->identifier,
                          &row[r->n_identifiers++]);
    for (size_t i = 0; i < a->options.n_selectors; i++)
        finish_identifier(a, "signature", true, a->key[i].identifier,
                          &row[r->n_identifiers++]);
    r->identifier = row;
    return AC_OK;
}

static void finish_dmarc(struct audit *a)
{
    struct audit_dmarc *d = a->result.dmarc;

    for (size_t i = 0; i < DMARC_RULES_N; i++) {
        d[i].policy = a->policy[i].in->out;
        d[i].org = a->identifier[0].org[i].in->out;
    }
    d[DMARC_RFC7489].differs = a->result.has_verdict
                                   ? d[0].mail.result != d[1].mail.result ||
                                         d[0].mail.disposition != d[1].mail.disposition
                                   : d[0].policy.found != d[1].policy.found ||
                                         d[0].policy.policy != d[1].policy.policy ||
                                         d[0].policy.testing != d[1].policy.testing ||
                                         d[0].policy.pct != d[1].policy.pct;
}

/* MAIL FROM as SPF reads it: without brackets, with a local-part. */
static enum ac_status finish_mail_from(struct audit *a)
{
    struct span text = a->options.mail_from.p ? a->options.mail_from : a->domain;
    struct arena *arena = &a->engine.arena;
    struct spf_request request = { .domain = a->domain };

    if (span_eq(text, SPAN("<>"))) {
        a->result.mail_from = "<>";
        return AC_OK;
    }
    TRY(spf_request_mailfrom(&request, text, a->domain, arena));
    a->result.mail_from = arena_strdup(arena, request.sender);
    return a->result.mail_from ? AC_OK : AC_ENOMEM;
}

static enum ac_status finish_questions(struct audit *a)
{
    const struct dns_view *v = &a->engine.view;
    struct audit_result *r = &a->result;
    const struct dns_entry **list =
        arena_array(&a->engine.arena, v->n, sizeof(struct dns_entry *));

    if (!list)
        return AC_ENOMEM;
    for (size_t i = 0; i < v->n; i++)
        if (v->list[i]->answer) /* a hint may still be open: nobody waits for it */
            list[r->n_questions++] = v->list[i];
    r->question = list;
    TRY(plan_note_open(a));
    dns_view_count(v, &r->queries, &r->depth);
    return AC_OK;
}

/* Why the receivers that count do worse than accept: those that decide first. */
static void finish_reasons(struct audit *a, const struct audit_causes *causes)
{
    for (size_t i = 0; i < causes->n; i++)
        for (size_t k = 0; k < causes->cause[i].n; k++) {
            const struct verdict_reason *why = &causes->cause[i].reason[k];

            finding_add(&a->result.findings, why->id, why->about, "%s", why->text);
        }
}

/* Causes first, then the legs in the order of the tasks. */
static enum ac_status finish_findings(struct audit *a)
{
    struct audit_result *r = &a->result;

    finish_reasons(a, &(struct audit_causes){ r->cause, r->n_causes });
    for (size_t i = 0; i < r->n_predictions; i++)
        if (r->prediction[i].certainty > CERTAINTY_LOW)
            finish_reasons(a, &r->because[i]);
    for (size_t i = 0; i < a->engine.n_tasks; i++)
        if (engine_done(a->engine.task[i]))
            findings_append(&r->findings, &a->engine.task[i]->findings);
    blocklist_note_unchecked(&r->findings, r->domain, r->listing, r->n_listings);
    TRY(finish_questions(a));
    return r->findings.status;
}

enum ac_status plan_finish(struct audit *a)
{
    struct audit_result *r = &a->result;

    *r = (struct audit_result){
        .domain = a->domain.p,
        .ip = a->options.ip,
        .n_ips = a->options.n_ips,
    };
    findings_init(&r->findings, &a->engine.arena);
    TRY(finish_mail_from(a));
    if (a->before.task)
        r->before = audit_result(a->before.in->audit);
    TRY(finish_spf(a));
    TRY(finish_alignment(a));
    TRY(finish_dkim(a));
    TRY(finish_signed_by(a));
    if (a->options.n_ips)
        TRY(finish_verdict(a));
    finish_dmarc(a);
    TRY(fix_finish(a));
    TRY(finish_identifiers(a));
    TRY(plan_reputation_finish(a));
    if (a->mx.task) {
        r->mx = a->mx.in->out;
        r->n_mx = a->mx.in->n;
    }
    return finish_findings(a);
}
