/* SPDX-License-Identifier: MIT */
/*
 * compare.c - better or worse, receiver by receiver and address by address.
 */
#include "audit/compare.h"

/* From best to worst. RFC 7208, 2.6: neutral and none mean the same. */
static int spf_rank(enum spf_result result)
{
    switch (result) {
    case SPF_PASS:
        return 0;
    case SPF_NONE:
    case SPF_NEUTRAL:
        return 1;
    case SPF_SOFTFAIL:
        return 2;
    case SPF_TEMPERROR:
        return 3;
    case SPF_PERMERROR:
        return 4;
    case SPF_FAIL:
        break;
    }
    return 5;
}

/* A prediction of low certainty sets no verdict: it counts as accept. */
static enum verdict counted(const struct prediction *p)
{
    return p->certainty == CERTAINTY_LOW ? VERDICT_ACCEPT : p->verdict;
}

bool audit_regressed(const struct audit_result *before,
                     const struct audit_result *after)
{
    for (size_t i = 0; i < after->n_spf; i++) {
        enum spf_result now = after->spf[i].check.result;

        if (now != SPF_TEMPERROR &&
            spf_rank(now) > spf_rank(before->spf[i].check.result))
            return true;
        for (size_t k = 0; k < after->n_predictions; k++) {
            enum verdict verdict = counted(&after->by_ip[i][k]);

            if (verdict != VERDICT_UNKNOWN && verdict > counted(&before->by_ip[i][k]))
                return true;
        }
    }
    return false;
}

bool audit_left_open(const struct audit_result *before,
                     const struct audit_result *after)
{
    for (size_t i = 0; i < after->n_spf; i++) {
        if (after->spf[i].check.result == SPF_TEMPERROR &&
            before->spf[i].check.result != SPF_TEMPERROR)
            return true;
        for (size_t k = 0; k < after->n_predictions; k++)
            if (counted(&after->by_ip[i][k]) == VERDICT_UNKNOWN &&
                counted(&before->by_ip[i][k]) != VERDICT_UNKNOWN)
                return true;
    }
    return false;
}
