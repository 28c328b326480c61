/* SPDX-License-Identifier: MIT */
/*
 * facts.c - which conditions hold.
 */
#include "verdict/facts.h"

#include "verdict/conn.h"

/* Bits of one SPF result, or of the HELO twin of each. */
static uint64_t of_spf(enum spf_result result)
{
    switch (result) {
    case SPF_FAIL:
        return ON(SPF_FAIL) | ON(SPF_NOT_PASS);
    case SPF_SOFTFAIL:
        return ON(SPF_SOFTFAIL) | ON(SPF_NOT_PASS);
    case SPF_PERMERROR:
        return ON(SPF_PERMERROR) | ON(SPF_NOT_PASS);
    case SPF_TEMPERROR:
        return ON(SPF_TEMPERROR) | ON(SPF_NOT_PASS);
    case SPF_NONE:
    case SPF_NEUTRAL:
        return ON(SPF_NOT_PASS);
    case SPF_PASS:
        break;
    }
    return 0;
}

static uint64_t of_helo(const struct verdict_evidence *e)
{
    enum spf_result result = e->helo_check.result;

    if (!e->helo_counts)
        return 0;
    return result == SPF_FAIL        ? ON(HELO_FAIL)
           : result == SPF_SOFTFAIL  ? ON(HELO_SOFTFAIL)
           : result == SPF_PERMERROR ? ON(HELO_PERMERROR)
           : result == SPF_TEMPERROR ? ON(HELO_TEMPERROR)
                                     : 0;
}

static uint64_t of_dkim(const struct verdict_evidence *e,
                        const struct verdict_eyes *eyes)
{
    uint64_t facts = ON(DKIM_NOT_PASS);

    for (size_t i = 0; i < e->n_dkim; i++) {
        const struct verdict_identifier *id = &e->dkim[i];

        if (verdict_dkim_pass(id, eyes) == AC_YES)
            facts &= ~ON(DKIM_NOT_PASS);
        if (id->key & VERDICT_KEY_MISSING)
            facts |= ON(KEY_MISSING);
        if (id->key & VERDICT_KEY_REVOKED)
            facts |= ON(KEY_REVOKED);
        if (id->key & (DKIM_FAULT_HASH | DKIM_FAULT_SERVICE))
            facts |= ON(KEY_UNFIT);
        if (id->key & (DKIM_FAULT_SHORT | DKIM_FAULT_HASH | DKIM_FAULT_SEVERAL))
            facts |= ON(KEY_REFUSED);
    }
    return facts;
}

static uint64_t of_dmarc(const struct verdict_evidence *e,
                         const struct verdict_eyes *eyes)
{
    const struct dmarc_discovery *p = &e->dmarc[eyes->reader];
    struct verdict_dmarc dmarc;
    uint64_t facts = 0;

    verdict_dmarc(e, eyes, &dmarc);
    if (dmarc.disposition == DMARC_REJECT)
        facts |= ON(DMARC_REJECT);
    if (dmarc.disposition == DMARC_QUARANTINE)
        facts |= ON(DMARC_QUARANTINE);
    if (dmarc.result != DMARC_RESULT_PASS)
        facts |= ON(DMARC_NOT_PASS);
    if (p->found == DMARC_ABSENT || p->found == DMARC_UNUSABLE)
        facts |= ON(NO_POLICY);
    if (dmarc.authenticated != AC_YES)
        facts |= ON(NOT_ALIGNED);
    return facts;
}

uint64_t verdict_facts(const struct verdict_evidence *e,
                       const struct verdict_eyes *eyes)
{
    uint64_t facts = of_spf(verdict_spf_result(e, eyes)) | of_helo(e) |
                     of_dkim(e, eyes) | of_dmarc(e, eyes) | verdict_conn_facts(e, eyes);

    if (e->mail[eyes->evaluator].silent || e->dmarc[eyes->reader].silent)
        facts |= ON(SILENT);
    if (e->bare_all)
        facts |= ON(SPF_BARE_ALL);
    if (e->ip.family == 6)
        facts |= ON(IPV6);
    if (e->bulk)
        facts |= ON(BULK);
    return facts;
}

const char *verdict_condition_print(enum verdict_condition condition)
{
    static const char *const words[] = {
#define C(id, words) words,
#include "verdict/conditions.def"
#undef C
    };

    return words[condition];
}
