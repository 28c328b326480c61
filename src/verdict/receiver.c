/* SPDX-License-Identifier: MIT */
/*
 * receiver.c - the table of receivers, and the first rule that applies.
 */
#include "verdict/receiver.h"

#include "verdict/conn.h"
#include "verdict/reply.h"
#include "verdict/worlds.h"

/* The words of the table. */
#define HABITS(list) .eyes.habits = (list)
#define RULES(...)                         \
    .rule = (const struct receiver_rule[]) \
    {                                      \
        __VA_ARGS__,                       \
        {                                  \
            .when = 0                      \
        }                                  \
    }
#define REFUSE(conditions, at, number, dotted, sure, text, other)                     \
    {                                                                                 \
        .when = (conditions), .verdict = VERDICT_REJECT, .stage = at, .code = number, \
        .enhanced = dotted, .certainty = CERTAINTY_##sure, .reply = text, .or = other \
    }
#define DEFER(conditions, at, number, dotted, sure, text, other)                      \
    {                                                                                 \
        .when = (conditions), .verdict = VERDICT_DEFER, .stage = at, .code = number,  \
        .enhanced = dotted, .certainty = CERTAINTY_##sure, .reply = text, .or = other \
    }
#define FILE_AS_SPAM(conditions, sure, other)                                         \
    {                                                                                 \
        .when = (conditions), .verdict = VERDICT_SPAM, .certainty = CERTAINTY_##sure, \
        .or = other                                                                   \
    }

static const struct receiver receivers[] = {
#define R(id, words, where, ...) \
    { .name = id, .what = words, .source = where, __VA_ARGS__ },
#include "verdict/receivers.def"
#undef R
};

const struct receiver *receiver_list(size_t *n)
{
    *n = sizeof receivers / sizeof *receivers;
    return receivers;
}

const struct receiver *receiver_find(struct span name)
{
    for (size_t i = 0; i < sizeof receivers / sizeof *receivers; i++)
        if (span_eq_ci(name, span_of(receivers[i].name)))
            return &receivers[i];
    return NULL;
}

uint64_t receiver_conditions(const struct receiver *r)
{
    uint64_t all = 0;

    for (const struct receiver_rule *rule = r->rule; rule && rule->when; rule++)
        all |= rule->when;
    return all;
}

bool receiver_judges_helo(const struct receiver *r)
{
    return receiver_conditions(r) & ON_HELO_SPF;
}

/* The first rule whose conditions all hold, among those for failed DNS when the outcome
 * hangs on that. One that is not sure gives way to a later one that is. */
static const struct receiver_rule *applies(const struct receiver *r, uint64_t facts)
{
    const struct receiver_rule *unsure = NULL;

    for (const struct receiver_rule *rule = r->rule; rule && rule->when; rule++) {
        if ((rule->when & ~facts) ||
            ((facts ^ rule->when) & (ON(OPEN) | ON(OPEN_SENDER))))
            continue;
        if (rule->certainty > CERTAINTY_LOW)
            return rule;
        if (!unsure)
            unsure = rule;
    }
    return unsure;
}

/* Chance (pct, the order of records) decides about what this rule stands on. */
static bool by_chance(const struct receiver_rule *rule, const struct dmarc_discovery *p)
{
    return (rule->when & (ON(DMARC_REJECT) | ON(DMARC_QUARANTINE))) &&
           ((p->pct > 0 && p->pct < 100) || p->by_chance);
}

static void take_rule(const struct receiver_rule *rule,
                      const struct verdict_evidence *e, struct prediction *out)
{
    out->rule = rule;
    out->verdict = VERDICT_ACCEPT;
    out->certainty = CERTAINTY_HIGH;
    if (!rule)
        return;
    out->verdict = rule->verdict;
    out->certainty = rule->certainty;
    if (out->certainty == CERTAINTY_HIGH &&
        by_chance(rule, &e->dmarc[out->receiver->eyes.reader]))
        out->certainty = CERTAINTY_MEDIUM;
    out->stage = rule->stage;
    out->code = rule->code;
    out->enhanced = rule->enhanced;
}

/* The best and the worst of all worlds. */
struct span_of_verdicts {
    const struct receiver *receiver;
    struct prediction best, worst;
    bool any;
};

/* An unsure prediction decides nothing, so it is no worse than accept. */
static enum verdict deciding(const struct prediction *p)
{
    return p->certainty == CERTAINTY_LOW ? VERDICT_ACCEPT : p->verdict;
}

static bool look_at_world(const struct verdict_evidence *e, void *context)
{
    struct span_of_verdicts *s = context;
    struct prediction p = { .receiver = s->receiver };

    take_rule(applies(s->receiver, verdict_facts(e, &s->receiver->eyes)), e, &p);
    if (!s->any || deciding(&p) < deciding(&s->best))
        s->best = p;
    if (!s->any || deciding(&p) > deciding(&s->worst) ||
        (deciding(&p) == deciding(&s->worst) && p.verdict > s->worst.verdict))
        s->worst = p;
    s->any = true;
    return deciding(&s->best) == deciding(&s->worst); /* two verdicts: that is enough */
}

static bool is_pending(const struct verdict_evidence *e, const struct receiver *r)
{
    const struct verdict_eyes *eyes = &r->eyes;
    bool pending = e->mail[eyes->evaluator].pending || e->dmarc_pending[eyes->reader] ||
                   (receiver_judges_helo(r) && e->helo_check.pending) ||
                   verdict_conn_pending(e, eyes, receiver_conditions(r));

    for (size_t i = 0; i < e->n_dkim; i++)
        pending = pending || e->dkim[i].pending;
    return pending;
}

/* The evidence with host and domains as good as they can be; is something of the
 * sender's domains then closed? */
static bool close_well(const struct receiver *r, struct verdict_evidence *e,
                       struct verdict_conn_room *room)
{
    uint64_t conditions = receiver_conditions(r);
    bool sender = false;

    for (int c = 0; c < CONN_N; c++) {
        enum verdict_conn what = (enum verdict_conn)c;
        unsigned ways = verdict_conn_ways(e, &r->eyes, conditions, what), way = 0;

        if (ways == 1)
            continue;
        while (way < ways && !verdict_conn_close(e, what, way, room))
            way++;
        sender = sender || what == CONN_SENDER || what == CONN_AUTHOR;
    }
    return sender;
}

static bool decided(const struct span_of_verdicts *s)
{
    return s->any && deciding(&s->best) == deciding(&s->worst);
}

/* All worlds. *out is theirs where they are at one. */
static enum ac_status judge_worlds(const struct receiver *r,
                                   const struct verdict_evidence *e,
                                   struct arena *arena, bool *at_one,
                                   struct prediction *out)
{
    struct span_of_verdicts s = { .receiver = r };
    bool all = true;

    TRY(verdict_worlds(e, &r->eyes, receiver_conditions(r), arena, look_at_world, &s,
                       &all));
    *at_one = all && decided(&s);
    if (*at_one)
        *out = s.worst;
    return AC_OK;
}

/* The DNS failed, and the verdict hangs on it: on the authentication, or, where that
 * is not so, on host and domains alone. */
static enum ac_status take_open(const struct verdict_evidence *e, struct arena *arena,
                                struct prediction *out)
{
    const struct receiver *r = out->receiver;
    const struct dmarc_discovery *p = &e->dmarc[r->eyes.reader];
    struct verdict_evidence well = *e;
    struct verdict_conn_room room;
    struct prediction best;
    bool of_sender, at_one;
    uint64_t facts = ON(OPEN);

    *out = (struct prediction){ .receiver = r,
                                .verdict = VERDICT_UNKNOWN,
                                .certainty = CERTAINTY_HIGH };
    if (is_pending(e, r))
        return AC_OK;
    of_sender = close_well(r, &well, &room);
    TRY(judge_worlds(r, &well, arena, &at_one, &best));
    if (at_one)
        facts = of_sender ? ON(OPEN_SENDER) : 0;
    else if (p->found == DMARC_FOUND && p->policy == DMARC_REJECT && !p->testing)
        facts |= ON(DMARC_REJECT);
    best = (struct prediction){ .receiver = r };
    take_rule(facts ? applies(r, facts) : NULL, e, &best);
    if (best.rule)
        *out = best;
    return AC_OK;
}

enum ac_status receiver_judge(const struct receiver *r,
                              const struct verdict_evidence *e, struct arena *arena,
                              struct prediction *out)
{
    bool at_one;

    *out = (struct prediction){ .receiver = r };
    if (!verdict_is_open(e, &r->eyes, receiver_conditions(r))) {
        take_rule(applies(r, verdict_facts(e, &r->eyes)), e, out);
        return AC_OK;
    }
    TRY(judge_worlds(r, e, arena, &at_one, out));
    return at_one ? AC_OK : take_open(e, arena, out);
}

enum ac_status receiver_predict(const struct receiver *r,
                                const struct verdict_evidence *e, struct arena *arena,
                                struct prediction *out)
{
    TRY(receiver_judge(r, e, arena, out));
    if (!out->rule || !out->rule->reply)
        return AC_OK;
    out->reply = verdict_reply(out->rule->reply, e, &r->eyes, arena);
    return out->reply ? AC_OK : AC_ENOMEM;
}

const char *verdict_print(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_ACCEPT:
        return "accept";
    case VERDICT_SPAM:
        return "spam";
    case VERDICT_DEFER:
        return "defer";
    case VERDICT_UNKNOWN:
        return "unknown";
    case VERDICT_REJECT:
        return "reject";
    }
    return "?";
}

const char *certainty_print(enum certainty certainty)
{
    switch (certainty) {
    case CERTAINTY_LOW:
        return "low";
    case CERTAINTY_MEDIUM:
        return "medium";
    case CERTAINTY_HIGH:
        return "high";
    }
    return "?";
}
