/* SPDX-License-Identifier: MIT */
/*
 * disagree.c - who would disagree: SPF evaluators and DMARC readers that come to
 * another outcome for this very mail than RFC 7208 and RFC 9989. Told only where it
 * matters.
 */
#include "audit/plan.h"

#include "dmarc/psl.h"

enum {
    DISAGREEMENTS_MAX = 2 * (SPF_EVALUATORS_N + DMARC_READERS_N)
};

struct list {
    struct audit *audit;
    struct audit_disagreement *row;
    size_t n;
};

static enum ac_status say(struct list *l, const char *who, const char *what)
{
    if (!who || !what)
        return AC_ENOMEM;
    if (l->n < DISAGREEMENTS_MAX)
        l->row[l->n++] = (struct audit_disagreement){ who, what };
    return AC_OK;
}

static enum ac_status spf_evaluators(struct list *l, const struct plan_client *c)
{
    struct arena *arena = &l->audit->engine.arena;
    enum spf_result rfc = c->check.in->out.result;

    for (size_t i = SPF_EVALUATOR_RFC + 1; i < SPF_EVALUATORS_N; i++) {
        const struct spf_evaluator_row *row = spf_evaluator((enum spf_evaluator)i);
        enum spf_result other;

        if (!c->variant[i].task || c->variant[i].task->status != AC_OK)
            continue;
        other = c->variant[i].in->out.result;
        if (other != rfc)
            TRY(say(l, row->who,
                    arena_printf(arena, "SPF is %s, where RFC 7208 has %s",
                                 spf_result_print(other), spf_result_print(rfc))));
    }
    return AC_OK;
}

/* A reader's policy out of answers that are there: the questions are RFC 7489's. */
static enum ac_status read_known(struct audit *a, enum dmarc_reader reader,
                                 struct dmarc_discovery *out, bool *known)
{
    struct dns_wants wants;
    struct ac_env env = {
        .dns = &a->engine.view,
        .wants = &wants,
        .arena = &a->engine.arena,
        .limits = &a->engine.limits,
        .now = a->engine.now,
        .nonce = a->engine.nonce,
    };
    enum ac_status status;

    dns_wants_init(&wants, &a->engine.arena, 0);
    status = dmarc_read(&env, &a->options.domain, reader, out);
    *known = status == AC_OK;
    return status == AC_PENDING ? AC_OK : status;
}

static const char *policy_word(const struct verdict_dmarc *d)
{
    return d->result == DMARC_RESULT_PASS   ? "pass"
           : d->result == DMARC_RESULT_NONE ? "no policy"
                                            : dmarc_policy_print(d->disposition);
}

static enum ac_status dmarc_readers(struct list *l, struct verdict_evidence *e)
{
    struct audit *a = l->audit;
    struct verdict_dmarc rfc;

    /* Nobody mails from a top-level domain that is on no suffix list. */
    size_t n = dmarc_psl_listed(&a->options.domain) ? DMARC_READERS_N : DMARC_RULES_N;

    verdict_dmarc(e, &verdict_rfc_eyes[DMARC_RFC9989], &rfc);
    for (size_t i = DMARC_READER_RFC7489; i < n; i++) {
        struct verdict_eyes eyes = { .reader = (enum dmarc_reader)i,
                                     .habits = VERDICT_MEETS_FAILURE };
        struct verdict_dmarc d;
        bool known;

        TRY(read_known(a, eyes.reader, &e->dmarc[i], &known));
        verdict_dmarc(e, &eyes, &d);
        if (!known || !rfc.disposition_known || d.disposition == rfc.disposition)
            continue;
        TRY(say(l, dmarc_reader(eyes.reader)->name,
                arena_printf(&a->engine.arena,
                             "DMARC leads to %s, where RFC 9989 has %s%s%s",
                             policy_word(&d), policy_word(&rfc),
                             dmarc_reader(eyes.reader)->differs ? ": " : "",
                             dmarc_reader(eyes.reader)->differs
                                 ? dmarc_reader(eyes.reader)->differs
                                 : "")));
    }
    return AC_OK;
}

/* pct between 0 and 100: chance decides with those who still know it. */
static enum ac_status sampling(struct list *l, const struct verdict_evidence *e)
{
    const struct dmarc_discovery *p = &e->dmarc[DMARC_RFC7489];
    struct verdict_dmarc d;

    verdict_dmarc(e, &verdict_rfc_eyes[DMARC_RFC7489], &d);
    if (d.result != DMARC_RESULT_FAIL || d.disposition == DMARC_NONE || !p->pct ||
        p->pct == 100)
        return AC_OK;
    return say(l, "OpenDMARC, rspamd, Mail::DMARC",
               arena_printf(&l->audit->engine.arena,
                            "apply the policy to %u in 100 such mails (pct=%u); "
                            "receivers by RFC 9989, and Exim, to all",
                            p->pct, p->pct));
}

/* A null sender: does DMARC hang on the HELO name? */
static enum ac_status helo_fallback(struct list *l, const struct verdict_evidence *e)
{
    struct verdict_eyes without = verdict_rfc_eyes[DMARC_RFC9989];
    struct verdict_dmarc d, other;

    without.habits = VERDICT_DMARC_MAILFROM;
    verdict_dmarc(e, &verdict_rfc_eyes[DMARC_RFC9989], &d);
    verdict_dmarc(e, &without, &other);
    if (!e->null_sender || d.disposition == other.disposition)
        return AC_OK;
    return say(l, "OpenDMARC fed by policyd-spf, Exim's DMARC, Mail::DMARC",
               arena_printf(&l->audit->engine.arena,
                            "take no HELO name in place of the null sender: DMARC "
                            "leads to %s, where RFC 9989 has %s",
                            policy_word(&other), policy_word(&d)));
}

enum ac_status plan_disagree(struct audit *a, const struct plan_client *c)
{
    struct list l = { .audit = a };
    struct verdict_evidence e;

    if (!a->options.disagree)
        return AC_OK;
    l.row = arena_array(&a->engine.arena, DISAGREEMENTS_MAX, sizeof *l.row);
    if (!l.row)
        return AC_ENOMEM;
    TRY(plan_evidence(a, c, &a->engine.arena, &e));
    TRY(spf_evaluators(&l, c));
    TRY(helo_fallback(&l, &e));
    TRY(sampling(&l, &e));
    TRY(dmarc_readers(&l, &e));
    a->result.disagreement = l.row;
    a->result.n_disagreements = l.n;
    return AC_OK;
}
