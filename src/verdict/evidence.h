/* SPDX-License-Identifier: MIT */
/*
 * evidence.h - what is known of one mail from one address, as far as the DNS tells: the
 * three legs that every receiver's rules stand on. Three-valued, since an unanswered
 * question leaves facts open.
 */
#ifndef VERDICT_EVIDENCE_H
#define VERDICT_EVIDENCE_H

#include "dmarc/discover.h"
#include "finding/finding.h"

enum {
    DMARC_RULES_N = 2
}; /* arrays over enum dmarc_rules */

/* Why a leg does not hold, as a finding that was or would be made. */
struct verdict_reason {
    enum finding_id id; /* FINDING_NONE: it holds */
    const char *about, *text;
};

/* One authenticated identifier: the MAIL FROM domain by SPF, or d= of one signature. */
struct verdict_identifier {
    enum ac_tri pass;                   /* SPF passes; the signature verifies */
    bool same_name;                     /* as the From domain: aligned in either mode */
    enum ac_tri relaxed[DMARC_RULES_N]; /* same Organizational Domain */
    struct verdict_reason fails, not_aligned;
};

struct verdict_evidence {
    const char *from_domain; /* printed */
    struct verdict_identifier spf;
    const struct verdict_identifier *dkim; /* signatures the mail is taken to bear */
    size_t n_dkim;
    struct verdict_reason is_unsigned; /* for a mail without any */
    struct dmarc_discovery dmarc[DMARC_RULES_N];
};

/* DMARC result words of RFC 9989, 9.1. Records that cannot be used are none: DMARC is
 * not applied (4.10.1). */
enum dmarc_result {
    DMARC_RESULT_NONE,
    DMARC_RESULT_PASS,
    DMARC_RESULT_FAIL,
    DMARC_RESULT_TEMPERROR,
};

/* DMARC of one mail by one set of rules. */
struct verdict_dmarc {
    enum dmarc_result result;
    enum ac_tri spf_aligned;       /* SPF domain aligned, whether SPF passes or not */
    enum ac_tri authenticated;     /* some identifier passes and is aligned */
    enum dmarc_policy disposition; /* what the policy asks for this mail */
    bool disposition_known;        /* false on temperror */
    unsigned possible; /* bit 1 << enum dmarc_policy: dispositions that answers to open
                          questions would lead to */
};

/*
 * The rules applied: alignment (RFC 9989, 4.4), then the policy for failed mail (RFC
 * 9989, 5.3.6, 5.4; RFC 7489, 6.6), t=y one level lower, pct=0 as RFC 7489, 6.6.4 has
 * it. Total: it always has an answer.
 */
void verdict_dmarc(const struct verdict_evidence *e, enum dmarc_rules rules,
                   struct verdict_dmarc *out);

/* Is the identifier aligned, as far as policy and Organizational Domains are known? */
enum ac_tri verdict_aligned(const struct verdict_identifier *id,
                            const struct dmarc_discovery *policy, bool strict,
                            enum dmarc_rules rules);

const char *dmarc_result_print(enum dmarc_result result); /* "none", "pass", ... */

#endif
