/* SPDX-License-Identifier: MIT */
/*
 * causes.c - causes by counterfactual.
 *
 * Over k failing facts there are 2^k sets of mends. Those that turn the verdict form a
 * monotone function, since mending more never makes mail worse. Its least sets that
 * every turning set meets are the causes: one fact of each must be mended.
 */
#include "verdict/causes.h"

#include "verdict/conn.h"

enum mend {
    MEND_PASS,
    MEND_ALIGNMENT,
    MEND_SIGNATURE,
    MEND_HELO,
    MEND_POLICY,
    MEND_CONN,
    MEND_LISTING
};

/* A failing fact, as the place in a copy of the evidence where it is mended. */
struct fact {
    enum mend how;
    size_t leg; /* 0: SPF; 1 + i: dkim[i]; an enum verdict_conn; of listing[] */
    struct verdict_reason reason;
};

enum {
    SETS_MAX = 1 << CAUSE_LEGS_MAX,
    LISTINGS_MAX = 16
};

struct search {
    const struct receiver *receiver;
    const struct verdict_evidence *evidence;
    struct arena *arena;
    enum verdict verdict; /* as it stands */
    enum certainty certainty;
    struct fact fact[CAUSE_LEGS_MAX];
    size_t n;
};

static void add_fact(struct search *s, enum mend how, size_t leg,
                     const struct verdict_reason *reason)
{
    if (s->n < CAUSE_LEGS_MAX && reason->id != FINDING_NONE)
        s->fact[s->n++] = (struct fact){ .how = how, .leg = leg, .reason = *reason };
}

static void add_spf(struct search *s)
{
    const struct verdict_evidence *e = s->evidence;

    if (verdict_spf_pass(e, &s->receiver->eyes) != AC_YES)
        add_fact(s, MEND_PASS, 0, &e->mail[s->receiver->eyes.evaluator].fails);
    if (!e->spf.same_name)
        add_fact(s, MEND_ALIGNMENT, 0, &e->spf.not_aligned);
}

static void add_signature(struct search *s, size_t leg,
                          const struct verdict_identifier *id)
{
    static const struct verdict_reason unread = {
        FINDING_DKIM_KEY_ED25519, "",
        "The key is Ed25519, which this receiver does "
        "not verify."
    };
    bool good = id->fails.id == FINDING_NONE;

    if (verdict_dkim_pass(id, &s->receiver->eyes) != AC_YES)
        add_fact(s, MEND_PASS, leg, good ? &unread : &id->fails);
    if (!id->same_name)
        add_fact(s, MEND_ALIGNMENT, leg, &id->not_aligned);
}

static void mend_spf(struct verdict_spf *spf)
{
    *spf = (struct verdict_spf){ .result = SPF_PASS, .could_pass = true };
}

static void mend_identifier(struct verdict_identifier *id, const struct fact *f)
{
    if (f->how != MEND_ALIGNMENT) {
        id->pass = AC_YES;
        id->pending = false;
        id->key = 0;
    }
    if (f->how != MEND_PASS)
        id->same_name = true;
}

static void mend_policy(struct verdict_evidence *e, enum dmarc_reader reader)
{
    e->dmarc[reader] = (struct dmarc_discovery){ .found = DMARC_FOUND, .pct = 100 };
}

static void mend(struct search *s, struct verdict_evidence *e,
                 struct verdict_identifier *dkim, const struct fact *f)
{
    if (f->how == MEND_HELO)
        mend_spf(&e->helo_check);
    else if (f->how == MEND_POLICY)
        mend_policy(e, s->receiver->eyes.reader);
    else if (f->how == MEND_CONN)
        verdict_conn_mend(e, (enum verdict_conn)f->leg);
    else if (f->how != MEND_LISTING)
        mend_identifier(f->leg ? &dkim[f->leg - 1] : &e->spf, f);
    if (f->how == MEND_SIGNATURE)
        e->n_dkim = f->leg;
    if (f->how == MEND_PASS && !f->leg) {
        mend_spf(&e->mail[s->receiver->eyes.evaluator]);
        e->bare_all = false;
        if (e->null_sender) /* one look at the HELO name serves both */
            mend_spf(&e->helo_check);
    }
}

/* The listings without those that are mended in this set. */
static void drop_listings(const struct search *s, unsigned set,
                          struct verdict_evidence *e, struct blocklist_result *room)
{
    size_t n = 0;

    for (size_t i = 0; i < e->n_listings && n < LISTINGS_MAX; i++) {
        bool mended = false;

        for (size_t k = 0; k < s->n; k++)
            mended = mended || ((set & 1u << k) && s->fact[k].how == MEND_LISTING &&
                                s->fact[k].leg == i);
        if (!mended)
            room[n++] = e->listing[i];
    }
    e->listing = room;
    e->n_listings = n;
}

/* Does the verdict turn when the facts of this set (a bit each) are mended? */
static enum ac_status turns(struct search *s, unsigned set, bool *out)
{
    struct verdict_identifier dkim[CAUSE_LEGS_MAX + 1] = { 0 };
    struct blocklist_result listing[LISTINGS_MAX];
    struct verdict_evidence e = *s->evidence;
    struct prediction p;

    if (e.n_dkim > CAUSE_LEGS_MAX)
        e.n_dkim = CAUSE_LEGS_MAX;
    for (size_t i = 0; i < e.n_dkim; i++)
        dkim[i] = e.dkim[i];
    for (size_t i = 0; i < s->n; i++)
        if (set & 1u << i)
            mend(s, &e, dkim, &s->fact[i]);
    e.dkim = dkim;
    drop_listings(s, set, &e, listing);
    TRY(receiver_judge(s->receiver, &e, s->arena, &p));
    *out = p.verdict < s->verdict || p.certainty < s->certainty;
    return AC_OK;
}

/* In the words of the finding. */
static const char *listing_text(struct arena *a, const struct blocklist_result *l)
{
    return arena_printf(a, "%s is on the block list %s (%s): %s%s%s%s.", l->subject,
                        l->list->name, l->answer ? l->answer : "listed",
                        l->meaning ? l->meaning : "listed", l->page ? "; see " : "",
                        l->page ? l->page : "",
                        l->page ? " for why, and for the way off it" : "");
}

static enum ac_status add_listing(struct search *s, size_t i)
{
    const struct blocklist_result *l = &s->evidence->listing[i];
    struct verdict_reason reason = {
        l->list->kind == BLOCKLIST_IP ? FINDING_BLOCKLIST_ADDRESS_LISTED
                                      : FINDING_BLOCKLIST_DOMAIN_LISTED,
        l->subject,
        listing_text(s->arena, l),
    };

    if (!reason.text)
        return AC_ENOMEM;
    add_fact(s, MEND_LISTING, i, &reason);
    return AC_OK;
}

/* What is wrong beside authentication, as far as this receiver looks at it. */
static enum ac_status add_conn(struct search *s)
{
    const struct verdict_evidence *e = s->evidence;
    uint64_t asked = receiver_conditions(s->receiver);
    uint64_t facts = asked & verdict_facts(e, &s->receiver->eyes);

    if (facts & ON_HOST)
        add_fact(s, MEND_CONN, CONN_HOST, &e->host_fails);
    if (facts & ON_HELO_NAME)
        add_fact(s, MEND_CONN, CONN_HELO, &e->helo_name_fails);
    if ((facts & ON_SENDER) ||
        ((facts & ON_AUTHOR) && e->sender_facts == e->author_facts))
        add_fact(s, MEND_CONN, CONN_SENDER, &e->sender_fails);
    if ((facts & ON_AUTHOR) && e->sender_facts != e->author_facts)
        add_fact(s, MEND_CONN, CONN_AUTHOR, &e->author_fails);
    for (size_t i = 0; i < e->n_listings && i < LISTINGS_MAX; i++)
        if (verdict_conn_listing(e, &e->listing[i]) & asked)
            TRY(add_listing(s, i));
    return AC_OK;
}

static enum ac_status gather(struct search *s)
{
    const struct verdict_evidence *e = s->evidence;
    const struct verdict_eyes *eyes = &s->receiver->eyes;
    uint64_t asked = receiver_conditions(s->receiver);

    TRY(add_conn(s));
    add_spf(s);
    for (size_t i = 0; i < e->n_dkim; i++)
        add_signature(s, i + 1, &e->dkim[i]);
    if (!e->n_dkim)
        add_fact(s, MEND_SIGNATURE, 1, &e->is_unsigned);
    if ((asked & ON(HELO_FAIL)) && e->helo_counts && !e->null_sender)
        add_fact(s, MEND_HELO, 0, &e->helo_check.fails);
    if ((asked & (ON(NO_POLICY) | ON(DMARC_NOT_PASS))) &&
        (verdict_facts(e, eyes) & ON(NO_POLICY)))
        add_fact(s, MEND_POLICY, 0, &e->no_policy);
    return AC_OK;
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
    s.certainty = now.certainty;
    TRY(gather(&s));
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
