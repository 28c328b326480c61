/* SPDX-License-Identifier: MIT */
/*
 * causes.c - causes by counterfactual.
 *
 * Over k failing facts there are 2^k sets of mends. Those that turn the verdict form a
 * monotone function, since mending more never makes mail worse. Its least sets that
 * every turning set meets are the causes: one fact of each must be mended.
 */
#include "verdict/causes.h"

enum mend {
    MEND_PASS,
    MEND_ALIGNMENT,
    MEND_SIGNATURE
};

/* A failing fact, as the place in a copy of the evidence where it is mended. */
struct fact {
    enum mend how;
    size_t leg; /* 0: SPF; 1 + i: dkim[i] */
    struct verdict_reason reason;
};

enum {
    SETS_MAX = 1 << CAUSE_LEGS_MAX
};

struct search {
    const struct receiver *receiver;
    const struct verdict_evidence *evidence;
    struct arena *arena;
    enum verdict verdict; /* as it stands */
    struct fact fact[CAUSE_LEGS_MAX];
    size_t n;
};

static void add_fact(struct search *s, enum mend how, size_t leg,
                     const struct verdict_reason *reason)
{
    if (s->n < CAUSE_LEGS_MAX && reason->id != FINDING_NONE)
        s->fact[s->n++] = (struct fact){ .how = how, .leg = leg, .reason = *reason };
}

static void add_leg(struct search *s, size_t leg, const struct verdict_identifier *id)
{
    if (id->pass != AC_YES)
        add_fact(s, MEND_PASS, leg, &id->fails);
    if (!id->same_name)
        add_fact(s, MEND_ALIGNMENT, leg, &id->not_aligned);
}

static void mend_leg(struct verdict_identifier *id, const struct fact *f)
{
    if (f->how != MEND_ALIGNMENT)
        id->pass = AC_YES;
    if (f->how != MEND_PASS)
        id->same_name = true;
}

/* Does the verdict turn when the facts of this set (a bit each) are mended? */
static enum ac_status turns(struct search *s, unsigned set, bool *out)
{
    struct verdict_identifier dkim[CAUSE_LEGS_MAX + 1] = { 0 };
    struct verdict_evidence e = *s->evidence;
    struct prediction p;

    if (e.n_dkim > CAUSE_LEGS_MAX)
        e.n_dkim = CAUSE_LEGS_MAX;
    for (size_t i = 0; i < e.n_dkim; i++)
        dkim[i] = e.dkim[i];
    for (size_t i = 0; i < s->n; i++) {
        const struct fact *f = &s->fact[i];

        if (!(set & 1u << i))
            continue;
        mend_leg(f->leg ? &dkim[f->leg - 1] : &e.spf, f);
        if (f->how == MEND_SIGNATURE)
            e.n_dkim = f->leg;
    }
    e.dkim = dkim;
    TRY(receiver_judge(s->receiver, &e, s->arena, &p));
    *out = p.verdict < s->verdict;
    return AC_OK;
}

static void gather(struct search *s)
{
    const struct verdict_evidence *e = s->evidence;

    add_leg(s, 0, &e->spf);
    for (size_t i = 0; i < e->n_dkim; i++)
        add_leg(s, i + 1, &e->dkim[i]);
    if (!e->n_dkim)
        add_fact(s, MEND_SIGNATURE, 1, &e->is_unsigned);
}

/* A set is a cause if leaving all of it unmended keeps the verdict, whatever else is
 * mended: that is, if its complement does not turn it. */
static enum ac_status find_causes(struct search *s, unsigned *cause, size_t *n)
{
    unsigned all = (1u << s->n) - 1;

    *n = 0;
    for (unsigned size = 1; size <= s->n; size++) {
        for (unsigned set = 1; set <= all; set++) {
            bool turned, minimal = (unsigned)__builtin_popcount(set) == size;

            for (size_t i = 0; minimal && i < *n; i++)
                minimal = (cause[i] & set) != cause[i];
            if (!minimal)
                continue;
            TRY(turns(s, all & ~set, &turned));
            if (!turned && *n < SETS_MAX)
                cause[(*n)++] = set;
        }
    }
    return AC_OK;
}

static void fill_cause(const struct search *s, unsigned set, struct cause *out)
{
    for (size_t i = 0; i < s->n; i++)
        if (set & 1u << i)
            out->reason[out->n++] = s->fact[i].reason;
}

enum ac_status verdict_causes(const struct receiver *r,
                              const struct verdict_evidence *e, struct arena *arena,
                              const struct cause **out, size_t *n)
{
    struct search s = { .receiver = r, .evidence = e, .arena = arena };
    struct prediction now;
    unsigned *set;
    struct cause *cause;
    bool turned = false;

    *out = NULL;
    *n = 0;
    TRY(receiver_judge(r, e, arena, &now));
    if (now.verdict == VERDICT_ACCEPT || now.verdict == VERDICT_UNKNOWN)
        return AC_OK;
    s.verdict = now.verdict;
    gather(&s);
    TRY(turns(&s, (1u << s.n) - 1, &turned));
    if (!turned)
        return AC_OK;
    set = arena_array(arena, SETS_MAX, sizeof *set);
    if (!set)
        return AC_ENOMEM;
    TRY(find_causes(&s, set, n));
    cause = arena_array(arena, *n, sizeof *cause);
    if (!cause)
        return AC_ENOMEM;
    for (size_t i = 0; i < *n; i++)
        fill_cause(&s, set[i], &cause[i]);
    *out = cause;
    return AC_OK;
}
