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

/* Names of all whose outcome is this one: "Exim, rspamd". */
static const char *join(struct arena *arena, const char *list, const char *name)
{
    return list ? arena_printf(arena, "%s, %s", list, name) : name;
}

static bool evaluated(const struct plan_client *c, size_t evaluator)
{
    const struct task *t = c->variant[evaluator].task;

    return t && t->status == AC_OK;
}

static enum ac_status spf_evaluators(struct list *l, const struct plan_client *c)
{
    struct arena *arena = &l->audit->engine.arena;
    enum spf_result rfc = c->check.in->out.result;

    for (int result = SPF_NONE; result <= SPF_PERMERROR; result++) {
        const char *who = NULL;

        for (size_t i = SPF_EVALUATOR_RFC + 1; i < SPF_EVALUATORS_N; i++) {
            if (!evaluated(c, i) || (int)c->variant[i].in->out.result != result)
                continue;
            who = join(arena, who, spf_evaluator((enum spf_evaluator)i)->who);
            if (!who)
                return AC_ENOMEM;
        }
        if (who && result != (int)rfc)
            TRY(say(l, who,
                    arena_printf(arena, "SPF is %s, where RFC 7208 has %s",
                                 spf_result_print((enum spf_result)result),
                                 spf_result_print(rfc))));
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

/* What each reader makes of the mail; out[i] is meaningless where !known[i]. */
static enum ac_status read_all(struct audit *a, struct verdict_evidence *e,
                               struct verdict_dmarc out[static DMARC_READERS_N],
                               bool known[static DMARC_READERS_N])
{
    for (size_t i = 0; i < DMARC_READERS_N; i++) {
        struct verdict_eyes eyes = { .reader = (enum dmarc_reader)i,
                                     .habits = VERDICT_MEETS_FAILURE };

        TRY(read_known(a, eyes.reader, &e->dmarc[i], &known[i]));
        verdict_dmarc(e, &eyes, &out[i]);
        /* Nobody mails from a top-level domain that is on no suffix list. */
        if (i >= DMARC_RULES_N && !dmarc_psl_listed(&a->options.domain))
            known[i] = false;
    }
    return AC_OK;
}

static enum ac_status dmarc_readers(struct list *l, struct verdict_evidence *e)
{
    struct arena *arena = &l->audit->engine.arena;
    struct verdict_dmarc rfc, d[DMARC_READERS_N];
    bool known[DMARC_READERS_N];

    verdict_dmarc(e, &verdict_rfc_eyes[DMARC_RFC9989], &rfc);
    TRY(read_all(l->audit, e, d, known));
    for (int policy = DMARC_NONE; policy <= DMARC_REJECT; policy++) {
        const char *who = NULL;

        for (size_t i = DMARC_READER_RFC7489; i < DMARC_READERS_N; i++) {
            if (!known[i] || (int)d[i].disposition != policy)
                continue;
            who = join(arena, who, dmarc_reader((enum dmarc_reader)i)->name);
            if (!who)
                return AC_ENOMEM;
        }
        if (who && rfc.disposition_known && policy != (int)rfc.disposition)
            TRY(say(l, who,
                    arena_printf(arena, "DMARC asks for %s, where RFC 9989 has %s",
                                 dmarc_policy_print((enum dmarc_policy)policy),
                                 dmarc_policy_print(rfc.disposition))));
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
                            "asks for %s, where RFC 9989 has %s",
                            dmarc_policy_print(other.disposition),
                            dmarc_policy_print(d.disposition)));
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
