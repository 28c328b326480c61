/* SPDX-License-Identifier: MIT */
/*
 * evidence.c - DMARC of one mail out of its legs. RFC 9989, 4.4, 5.3, 5.4; RFC
 * 7489, 6.6.
 */
#include "verdict/evidence.h"

enum ac_tri verdict_aligned(const struct verdict_identifier *id,
                            const struct dmarc_discovery *policy, bool strict,
                            enum dmarc_rules rules)
{
    if (id->same_name)
        return AC_YES;
    if (policy->found == DMARC_TEMPERROR) /* whether strict or relaxed is not known */
        return ac_tri_and(id->relaxed[rules], AC_MAYBE);
    return strict ? AC_NO : id->relaxed[rules];
}

static enum ac_tri authenticated(const struct verdict_evidence *e,
                                 enum dmarc_rules rules)
{
    const struct dmarc_discovery *p = &e->dmarc[rules];
    enum ac_tri any =
        ac_tri_and(e->spf.pass, verdict_aligned(&e->spf, p, p->strict_spf, rules));

    for (size_t i = 0; i < e->n_dkim; i++) {
        enum ac_tri aligned = verdict_aligned(&e->dkim[i], p, p->strict_dkim, rules);

        any = ac_tri_or(any, ac_tri_and(e->dkim[i].pass, aligned));
    }
    return any;
}

/* What the policy asks for mail that fails. */
static enum dmarc_policy enforced(const struct dmarc_discovery *p)
{
    bool lower = p->testing || p->pct == 0;

    return lower && p->policy > DMARC_NONE ? p->policy - 1 : p->policy;
}

/* Dispositions for failed mail as bits, from policies that may be in force. */
static unsigned failed_dispositions(const struct dmarc_discovery *p)
{
    unsigned bits = 0;

    if (p->found == DMARC_FOUND)
        return 1u << enforced(p);
    if (p->possible & (DMARC_CAN_BE_ABSENT | DMARC_CAN_BE_NONE) || !p->possible)
        bits |= 1u << DMARC_NONE;
    if (p->possible & DMARC_CAN_BE_QUARANTINE)
        bits |= 1u << DMARC_QUARANTINE;
    if (p->possible & DMARC_CAN_BE_REJECT)
        bits |= 1u << DMARC_REJECT;
    return bits;
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

void verdict_dmarc(const struct verdict_evidence *e, enum dmarc_rules rules,
                   struct verdict_dmarc *out)
{
    const struct dmarc_discovery *p = &e->dmarc[rules];
    enum ac_tri auth = authenticated(e, rules);
    bool applies = p->found == DMARC_FOUND || p->found == DMARC_TEMPERROR;

    *out = (struct verdict_dmarc){
        .result = result_of(p, auth),
        .spf_aligned = verdict_aligned(&e->spf, p, p->strict_spf, rules),
        .authenticated = auth,
    };
    if (auth != AC_NO || !applies)
        out->possible |= 1u << DMARC_NONE;
    if (auth != AC_YES && applies)
        out->possible |= failed_dispositions(p);
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
