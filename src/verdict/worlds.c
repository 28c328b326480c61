/* SPDX-License-Identifier: MIT */
/*
 * worlds.c - all ways in which open questions can end.
 */
#include "verdict/worlds.h"

#include "verdict/conn.h"

enum {
    OPENINGS_MAX = 24
};

/* Something open, and the copies of evidence that it is closed in. */
struct opening {
    enum opening_kind {
        OPEN_SPF,
        OPEN_HELO,
        OPEN_SIGNATURE,
        OPEN_ALIGNMENT,
        OPEN_POLICY,
        OPEN_CONN
    } kind;
    struct verdict_identifier *leg; /* of a signature, or of an alignment */
    enum verdict_conn conn;         /* which, of OPEN_CONN */
    unsigned ways;                  /* how many ends it has */
};

struct worlds {
    const struct verdict_eyes *eyes;
    struct verdict_evidence e; /* the world that is looked at */
    struct verdict_conn_room room;
    struct opening opening[OPENINGS_MAX];
    size_t n;
    unsigned number;
    bool (*visit)(const struct verdict_evidence *, void *);
    void *context;
};

/* Ends of an SPF check; the last two only where an answer may still come. */
static const enum spf_result spf_end[] = { SPF_PASS, SPF_FAIL, SPF_SOFTFAIL,
                                           SPF_TEMPERROR, SPF_PERMERROR };

enum {
    SPF_ENDS_FAILED = 3,
    SPF_ENDS_PENDING = 5
};

/* Policies, and whether both alignment modes are strict: RFC 9989, 4.7. */
enum {
    POLICY_ENDS = 8
};

static bool goes_on(const struct verdict_eyes *eyes)
{
    return eyes->habits & VERDICT_MEETS_FAILURE;
}

/* A name that PTR did not tell matches nothing, and leaves no temperror behind (RFC
 * 7208, 5.5): it may have passed, or have failed. */
static unsigned spf_ways(const struct verdict_spf *spf, const struct verdict_eyes *eyes)
{
    if (spf->pending)
        return SPF_ENDS_PENDING;
    if (goes_on(eyes))
        return 1;
    return spf->result == SPF_TEMPERROR || spf->could_fail ? SPF_ENDS_FAILED
           : spf->could_pass && spf->result != SPF_PASS    ? 2
                                                           : 1;
}

static unsigned policy_ways(const struct verdict_evidence *e,
                            const struct verdict_eyes *eyes)
{
    if (e->dmarc_pending[eyes->reader])
        return POLICY_ENDS;
    return e->dmarc[eyes->reader].found == DMARC_TEMPERROR && !goes_on(eyes)
               ? POLICY_ENDS
               : 1;
}

static bool leg_is_open(const struct verdict_identifier *id,
                        const struct verdict_eyes *eyes)
{
    return verdict_dkim_pass(id, eyes) == AC_MAYBE && (id->pending || !goes_on(eyes));
}

static bool alignment_is_open(const struct verdict_identifier *id,
                              const struct verdict_eyes *eyes)
{
    return !id->same_name && id->relaxed[eyes->reader] == AC_MAYBE;
}

bool verdict_is_open(const struct verdict_evidence *e, const struct verdict_eyes *eyes,
                     uint64_t conditions)
{
    bool open = spf_ways(&e->mail[eyes->evaluator], eyes) > 1 ||
                policy_ways(e, eyes) > 1 || alignment_is_open(&e->spf, eyes) ||
                ((conditions & ON_HELO_SPF) && e->helo_counts && e->helo_check.pending);

    for (int c = 0; c < CONN_N && !open; c++)
        open = verdict_conn_ways(e, eyes, conditions, (enum verdict_conn)c) > 1;

    for (size_t i = 0; i < e->n_dkim && !open; i++)
        open = leg_is_open(&e->dkim[i], eyes) || alignment_is_open(&e->dkim[i], eyes);
    return open;
}

static void add_opening(struct worlds *w, const struct opening *o)
{
    if (o->ways < 2)
        return;
    if (w->n < OPENINGS_MAX)
        w->opening[w->n] = *o;
    w->n++;
}

static void add(struct worlds *w, enum opening_kind kind,
                struct verdict_identifier *leg, unsigned ways)
{
    add_opening(w, &(struct opening){ .kind = kind, .leg = leg, .ways = ways });
}

static void add_openings(struct worlds *w, struct verdict_identifier *dkim,
                         uint64_t conditions)
{
    struct verdict_evidence *e = &w->e;

    for (int c = 0; c < CONN_N; c++)
        add_opening(
            w, &(struct opening){ .kind = OPEN_CONN,
                                  .conn = (enum verdict_conn)c,
                                  .ways = verdict_conn_ways(e, w->eyes, conditions,
                                                            (enum verdict_conn)c) });

    add(w, OPEN_SPF, NULL, spf_ways(&e->mail[w->eyes->evaluator], w->eyes));
    add(w, OPEN_POLICY, NULL, policy_ways(e, w->eyes));
    add(w, OPEN_ALIGNMENT, &e->spf, alignment_is_open(&e->spf, w->eyes) ? 2 : 1);
    if ((conditions & ON_HELO_SPF) && e->helo_counts)
        add(w, OPEN_HELO, NULL, spf_ways(&e->helo_check, w->eyes));
    for (size_t i = 0; i < e->n_dkim; i++) {
        add(w, OPEN_SIGNATURE, &dkim[i], leg_is_open(&dkim[i], w->eyes) ? 2 : 1);
        add(w, OPEN_ALIGNMENT, &dkim[i], alignment_is_open(&dkim[i], w->eyes) ? 2 : 1);
    }
}

/* false: this end cannot be. */
static bool close_spf(struct verdict_spf *spf, unsigned way)
{
    enum spf_result end = spf_end[way];

    if (end != SPF_PASS && spf->result != SPF_PASS && spf->result != SPF_TEMPERROR &&
        !spf->pending)
        end = spf->result; /* or as it is */
    if (end == SPF_PASS && !spf->pending && !spf->could_pass)
        return false;
    spf->result = end;
    spf->could_pass = end == SPF_PASS;
    spf->could_fail = spf->pending = spf->silent = false;
    return true;
}

/* Ends 0 to 3: no record, none, quarantine, reject; 4 to 7: the same, strict. */
static bool close_policy(struct worlds *w, unsigned way)
{
    struct dmarc_discovery *p = &w->e.dmarc[w->eyes->reader];
    bool strict = way > 3;

    way &= 3;
    if (!w->e.dmarc_pending[w->eyes->reader] && p->possible &&
        !(p->possible & 1u << way))
        return false;
    *p = (struct dmarc_discovery){
        .found = way ? DMARC_FOUND : DMARC_ABSENT,
        .domain = p->domain,
        .policy = way ? (enum dmarc_policy)(way - 1) : DMARC_NONE,
        .pct = 100,
        .strict_dkim = strict,
        .strict_spf = strict,
    };
    w->e.dmarc_pending[w->eyes->reader] = false;
    return true;
}

static bool close_opening(struct worlds *w, const struct opening *o, unsigned way)
{
    switch (o->kind) {
    case OPEN_SPF:
        return close_spf(&w->e.mail[w->eyes->evaluator], way);
    case OPEN_HELO:
        return close_spf(&w->e.helo_check, way);
    case OPEN_SIGNATURE:
        o->leg->pass = way ? AC_YES : AC_NO;
        o->leg->pending = false;
        return true;
    case OPEN_ALIGNMENT:
        o->leg->relaxed[w->eyes->reader] = way ? AC_YES : AC_NO;
        return true;
    case OPEN_CONN:
        return verdict_conn_close(&w->e, o->conn, way, &w->room);
    case OPEN_POLICY:
        break;
    }
    return close_policy(w, way);
}

/* The world of that number: one digit for each opening. false: it cannot be. */
static bool make_world(struct worlds *w, unsigned number)
{
    bool can_be = true;

    for (size_t i = 0; i < w->n && can_be; i++) {
        can_be = close_opening(w, &w->opening[i], number % w->opening[i].ways);
        number /= w->opening[i].ways;
    }
    return can_be;
}

enum ac_status verdict_worlds(const struct verdict_evidence *e,
                              const struct verdict_eyes *eyes, uint64_t conditions,
                              struct arena *arena,
                              bool (*visit)(const struct verdict_evidence *, void *),
                              void *context, bool *all)
{
    struct worlds *w = arena_take(arena, sizeof *w);
    struct verdict_identifier *dkim = arena_array(arena, e->n_dkim + 1, sizeof *dkim);
    size_t size = e->n_dkim * sizeof *dkim;
    unsigned total = 1;

    if (!w || !dkim)
        return AC_ENOMEM;
    w->eyes = eyes;
    w->n = 0;
    w->e = *e;
    if (size)
        memcpy(dkim, e->dkim, size);
    add_openings(w, dkim, conditions);
    for (size_t i = 0; i < w->n && i < OPENINGS_MAX && total <= WORLDS_MAX; i++)
        total *= w->opening[i].ways;
    *all = w->n <= OPENINGS_MAX && total <= WORLDS_MAX;
    for (unsigned k = 0; *all && k < total; k++) {
        w->e = *e;
        w->e.dkim = dkim;
        if (size)
            memcpy(dkim, e->dkim, size);
        if (make_world(w, k) && !visit(&w->e, context))
            break;
    }
    return AC_OK;
}
