/* SPDX-License-Identifier: MIT */
/*
 * evidence.h - what is known of one mail from one address, as far as the DNS tells: the
 * legs that every receiver's rules stand on. Three-valued, since an unanswered question
 * leaves facts open.
 */
#ifndef VERDICT_EVIDENCE_H
#define VERDICT_EVIDENCE_H

#include "dkim/audit.h"
#include "dmarc/reader.h"
#include "finding/finding.h"
#include "reputation/blocklist.h"
#include "reputation/host.h"
#include "reputation/sender.h"
#include "spf/check.h"
#include "spf/evaluator.h"

enum {
    DMARC_RULES_N = 2
}; /* arrays over enum dmarc_rules, the first of enum dmarc_reader */

/* Why a leg does not hold, as a finding that was or would be made. */
struct verdict_reason {
    enum finding_id id; /* FINDING_NONE: it holds */
    const char *about, *text;
};

/* What verifiers do not agree about in a key; the low bits are enum dkim_fault. */
enum verdict_key {
    VERDICT_KEY_ED25519 = 1 << 8,
    VERDICT_KEY_MISSING = 1 << 9,
    VERDICT_KEY_REVOKED = 1 << 10,
    VERDICT_KEY_FAULTS = (1 << 8) - 1,
};

/* One authenticated identifier: the MAIL FROM domain by SPF, or d= of one signature. */
struct verdict_identifier {
    enum ac_tri pass;                     /* SPF passes; the signature verifies */
    bool pending;                         /* it may still get an answer */
    bool same_name;                       /* as the From domain: aligned in any mode */
    enum ac_tri relaxed[DMARC_READERS_N]; /* aligned in relaxed mode ... */
    enum ac_tri strict[DMARC_READERS_N];  /* ... in strict mode: a habit of few */
    unsigned key;                         /* bits of enum verdict_key; of signatures */
    struct verdict_reason fails, not_aligned;
};

/* SPF of one identity as one evaluator has it. */
struct verdict_spf {
    enum spf_result result;
    bool pending;    /* it may still get an answer */
    bool could_pass; /* see spf_outcome */
    bool could_fail; /* although it passes; see there */
    bool silent;
    struct verdict_reason fails;
};

struct verdict_evidence {
    const char *from_domain; /* printed */
    struct ip ip;
    const char *sender; /* MAIL FROM, an address or "<>"; hostile bytes */
    const char *helo;   /* hostile bytes; NULL: not known yet */
    const char *spf_domain;
    bool null_sender;
    bool bulk;     /* --bulk */
    bool bare_all; /* the SPF record of the MAIL FROM domain is "v=spf1 -all" */

    struct verdict_identifier spf;             /* alignment, and pass by RFC 7208 */
    struct verdict_spf mail[SPF_EVALUATORS_N]; /* MAIL FROM identity, HELO for "<>" */
    bool helo_counts; /* the HELO name was given, or stands in for a null sender */
    struct verdict_spf helo_check;

    const struct verdict_identifier *dkim; /* signatures the mail is taken to bear */
    size_t n_dkim;
    struct verdict_reason is_unsigned; /* for a mail without any */
    struct dmarc_discovery dmarc[DMARC_READERS_N];
    bool dmarc_pending[DMARC_READERS_N];
    struct verdict_reason no_policy; /* where no policy applies by RFC 9989 */

    /*
     * What the DNS says beside authentication. NULL while it is pending, and where
     * nobody asks (batch, unless a receiver does) or nothing can be asked (the sender
     * domain of "<>"). What the DNS failed to tell is in the facts themselves:
     * AC_MAYBE. sender_facts and author_facts are the same where the two domains are.
     */
    const struct host_client *host;
    const struct host_helo *helo_facts; /* only where helo_counts may it be judged */
    const struct sender_domain *sender_facts; /* of the MAIL FROM domain */
    const struct sender_domain *author_facts; /* of the From domain */
    bool host_pending, helo_facts_pending, sender_pending, author_pending;
    struct verdict_reason host_fails, helo_name_fails, sender_fails, author_fails;
    const struct blocklist_result *listing; /* that are listed, as far as known now */
    size_t n_listings;
};

/* Who looks at the evidence: with which programs, and with which habits. */
struct verdict_eyes {
    enum dmarc_reader reader;
    enum spf_evaluator evaluator;
    unsigned habits;   /* bits of enum verdict_habit */
    unsigned verifies; /* bits of enum dkim_fault: keys that it takes all the same */
    unsigned cannot_verify; /* bits of enum verdict_key: good keys that it cannot use */
};

enum verdict_habit {
    VERDICT_NO_HELO_FALLBACK = 1, /* a null sender has no SPF result: HELO does not
                                     stand in for it (RFC 7208, 2.4) */
    VERDICT_DMARC_MAILFROM = 2,   /* DMARC takes no SPF result of a null sender */
    VERDICT_TEMPERROR_SAVES = 4,  /* an aligned leg with temperror keeps DMARC from
                                     failing */
    VERDICT_MEETS_FAILURE = 8,   /* what it does when the DNS fails is known: it goes on
                                    with temperror, or without a policy */
    VERDICT_SPARES_PRIVATE = 16, /* asks for no name of a private address, nor over IPv4
                                    of an example's */
};

/* "has no SPF result for a null sender", for the lowest bit; lives for ever. */
const char *verdict_habit_print(unsigned habit);

extern const struct verdict_eyes verdict_rfc_eyes[DMARC_RULES_N];

/* DMARC result words of RFC 9989, 9.1. Records that cannot be used are none: DMARC is
 * not applied (4.10.1). */
enum dmarc_result {
    DMARC_RESULT_NONE,
    DMARC_RESULT_PASS,
    DMARC_RESULT_FAIL,
    DMARC_RESULT_TEMPERROR,
};

/* DMARC of one mail as seen by one pair of eyes. */
struct verdict_dmarc {
    enum dmarc_result result;
    enum ac_tri spf_aligned;       /* SPF domain aligned, whether SPF passes or not */
    enum ac_tri authenticated;     /* some identifier passes and is aligned */
    enum dmarc_policy disposition; /* what the policy asks for this mail */
    bool disposition_known;        /* false on temperror */
};

/*
 * The rules applied: alignment (RFC 9989, 4.4), then the policy for failed mail (RFC
 * 9989, 5.3.6, 5.4; RFC 7489, 6.6), t=y one level lower, pct=0 as RFC 7489, 6.6.4 has
 * it. Total: it always has an answer.
 */
void verdict_dmarc(const struct verdict_evidence *e, const struct verdict_eyes *eyes,
                   struct verdict_dmarc *out);

/* Is the identifier aligned, as far as policy and Organizational Domains are known? */
enum ac_tri verdict_aligned(const struct verdict_identifier *id,
                            const struct dmarc_discovery *policy, bool strict,
                            enum dmarc_reader reader);

/* Does SPF pass, does the signature verify, in these eyes? */
enum ac_tri verdict_spf_pass(const struct verdict_evidence *e,
                             const struct verdict_eyes *eyes);
enum ac_tri verdict_dkim_pass(const struct verdict_identifier *id,
                              const struct verdict_eyes *eyes);

/* The SPF result that is judged: of MAIL FROM, or none for a null sender. */
enum spf_result verdict_spf_result(const struct verdict_evidence *e,
                                   const struct verdict_eyes *eyes);

const char *dmarc_result_print(enum dmarc_result result); /* "none", "pass", ... */

#endif
