/* SPDX-License-Identifier: MIT */
/*
 * evidence.c - DMARC of one mail out of its legs, as a receiver sees them. RFC 9989,
 * 4.4, 5.3, 5.4; RFC 7489, 6.6.
 */
#include "verdict/evidence.h"

const struct verdict_eyes verdict_rfc_eyes[DMARC_RULES_N] = {
    { .reader = DMARC_READER_RFC9989 },
    { .reader = DMARC_READER_RFC7489 },
};

enum ac_tri verdict_aligned(const struct verdict_identifier *id,
                            const struct dmarc_discovery *policy, bool strict,
                            enum dmarc_reader reader)
{
    if (id->same_name)
        return AC_YES;
    if (policy->found == DMARC_TEMPERROR) /* whether strict or relaxed is not known */
        return ac_tri_and(id->relaxed[reader], AC_MAYBE);
    return strict ? id->strict[reader] : id->relaxed[reader];
}

enum spf_result verdict_spf_result(const struct verdict_evidence *e,
                                   const struct verdict_eyes *eyes)
{
    if (e->null_sender && (eyes->habits & VERDICT_NO_HELO_FALLBACK))
        return SPF_NONE;
    return e->mail[eyes->evaluator].result;
}

enum ac_tri verdict_spf_pass(const struct verdict_evidence *e,
                             const struct verdict_eyes *eyes)
{
    const struct verdict_spf *spf = &e->mail[eyes->evaluator];

    if (e->null_sender && (eyes->habits & VERDICT_NO_HELO_FALLBACK))
        return AC_NO;
    if (spf->pending)
        return AC_MAYBE;
    if (spf->result == SPF_PASS)
        return spf->could_fail && !(eyes->habits & VERDICT_MEETS_FAILURE) ? AC_MAYBE
                                                                          : AC_YES;
    return spf->could_pass ? AC_MAYBE : AC_NO;
}

enum ac_tri verdict_dkim_pass(const struct verdict_identifier *id,
                              const struct verdict_eyes *eyes)
{
    unsigned faults = id->key & VERDICT_KEY_FAULTS;

    if (id->key & eyes->cannot_verify)
        return AC_NO;
    if (faults && !(faults & ~eyes->verifies))
        return AC_YES;
    return id->pass;
}

/* The SPF leg of DMARC. */
static enum ac_tri dmarc_spf_pass(const struct verdict_evidence *e,
                                  const struct verdict_eyes *eyes)
{
    if (e->null_sender && (eyes->habits & VERDICT_DMARC_MAILFROM))
        return AC_NO;
    return verdict_spf_pass(e, eyes);
}

static enum ac_tri authenticated(const struct verdict_evidence *e,
                                 const struct verdict_eyes *eyes)
{
    const struct dmarc_discovery *p = &e->dmarc[eyes->reader];
    enum ac_tri any =
        ac_tri_and(dmarc_spf_pass(e, eyes),
                   verdict_aligned(&e->spf, p, p->strict_spf, eyes->reader));

    for (size_t i = 0; i < e->n_dkim; i++) {
        enum ac_tri aligned =
            verdict_aligned(&e->dkim[i], p, p->strict_dkim, eyes->reader);

        any = ac_tri_or(any, ac_tri_and(verdict_dkim_pass(&e->dkim[i], eyes), aligned));
    }
    return any;
}

/* What the policy asks for mail that fails. */
static enum dmarc_policy enforced(const struct dmarc_discovery *p)
{
    bool lower = p->testing || p->pct == 0;

    return lower && p->policy > DMARC_NONE ? p->policy - 1 : p->policy;
}

static enum dmarc_result result_of(const struct dmarc_discovery *p, enum ac_tri auth)
{
    switch (p->found) {
    case DMARC_ABSENT:
    case DMARC_UNUSABLE: /* RFC 9989, 4.10.1: DMARC is not applied */
        return DMARC_RESULT_NONE;
    case DMARC_TEMPERROR:
        return DMARC_RESULT_TEMPERROR;
    case DMARC_FOUND:
        break;
    }
    switch (auth) {
    case AC_YES:
        return DMARC_RESULT_PASS;
    case AC_MAYBE:
        return DMARC_RESULT_TEMPERROR;
    case AC_NO:
        break;
    }
    return DMARC_RESULT_FAIL;
}

void verdict_dmarc(const struct verdict_evidence *e, const struct verdict_eyes *eyes,
                   struct verdict_dmarc *out)
{
    const struct dmarc_discovery *p = &e->dmarc[eyes->reader];
    enum ac_tri auth = authenticated(e, eyes);

    /* Who goes on with a failed look-up takes a leg that is open as one that failed. */
    if (auth == AC_MAYBE && (eyes->habits & VERDICT_MEETS_FAILURE) &&
        !(eyes->habits & VERDICT_TEMPERROR_SAVES))
        auth = AC_NO;
    *out = (struct verdict_dmarc){
        .result = result_of(p, auth),
        .spf_aligned = verdict_aligned(&e->spf, p, p->strict_spf, eyes->reader),
        .authenticated = auth,
    };
    out->disposition_known = out->result != DMARC_RESULT_TEMPERROR;
    if (out->result == DMARC_RESULT_FAIL)
        out->disposition = enforced(p);
}

const char *dmarc_result_print(enum dmarc_result result)
{
    switch (result) {
    case DMARC_RESULT_NONE:
        return "none";
    case DMARC_RESULT_PASS:
        return "pass";
    case DMARC_RESULT_FAIL:
        return "fail";
    case DMARC_RESULT_TEMPERROR:
        return "temperror";
    }
    return "?";
}

const char *verdict_habit_print(unsigned habit)
{
    static const char *const words[] = {
        "has no SPF result for a null sender: HELO does not stand in for it",
        "gives DMARC no SPF result for a null sender",
        "an aligned SPF or DKIM result of temperror keeps DMARC from failing",
        "goes on when the DNS fails: with temperror, or without a policy",
        "asks for no name of a private address, nor over IPv4 of an example's",
    };

    return habit ? words[__builtin_ctz(habit)] : "";
}
