/* SPDX-License-Identifier: MIT */
/*
 * result.h - all that a report needs, in an order that does not depend on the network.
 */
#ifndef AUDIT_RESULT_H
#define AUDIT_RESULT_H

#include "dkim/audit.h"
#include "dkim/discover.h"
#include "spf/audit.h"
#include "verdict/causes.h"
#include "verdict/fixes.h"
#include "verdict/receiver.h"

/* SPF of one address, in order of --ip. */
struct audit_spf {
    struct ip ip;
    struct spf_outcome check; /* MAIL FROM identity (RFC 7208, 2.4) */
    struct spf_tree tree;
    enum ac_tri aligned; /* under the policy's aspf, by RFC 9989 */
    const char *helo;    /* as a peer said it, or guessed; hostile bytes */
    bool helo_guessed;
    struct spf_outcome helo_check;
};

/* One selector, named or found. */
struct audit_dkim {
    const char *selector; /* as given, or its own text */
    const char *domain;
    struct dkim_outcome key;
    enum ac_tri aligned; /* under adkim, by RFC 9989 */
    bool discovered;
};

/* DMARC by one set of rules. */
struct audit_dmarc {
    struct dmarc_discovery policy;
    struct dmarc_org org;      /* of the From domain */
    struct verdict_dmarc mail; /* of the mail that the verdict describes */
    bool differs;              /* RFC 7489: another outcome than by RFC 9989 */
};

/* One name that DMARC compares with the From domain, and what joined or parted them. */
struct audit_identifier {
    const char *role; /* "From", "MAIL FROM", "signature" */
    struct dns_name name;
    struct dmarc_org org[DMARC_RULES_N];
    enum ac_tri aligned[DMARC_RULES_N];
};

/* An address of the domain's own MX hosts, for an audit without --ip. */
struct audit_mx {
    const char *host;
    struct ip ip;
};

/* What a receiver's prediction hangs on. */
struct audit_causes {
    const struct cause *cause;
    size_t n;
};

/* Programs that come to another outcome for the mail that the verdict describes. */
struct audit_disagreement {
    const char *who,
        *what; /* "Exim", "SPF is softfail, where RFC 7208 has permerror" */
};

/* Changes of the DNS that turn the verdict, as an audit over them has shown. */
struct audit_fix {
    enum finding_id cause[CAUSE_LEGS_MAX]; /* which it mends */
    size_t n_causes;
    struct fix_changes changes;
    enum verdict verdict_after; /* for the address that the verdict describes */
};

/* What to do about a cause that no change of the DNS mends. */
struct audit_advice {
    enum finding_id cause;
    const char *about, *text;
};

/* What the DNS says of one host beside authentication. */
struct audit_host {
    struct host_client client;
    const struct host_helo *helo; /* NULL where no HELO name was given */
    const char *helo_name;        /* hostile bytes; NULL with helo */
};

/* A page that tells what the DNS does not, about an address or a domain. */
struct audit_page {
    const char *name, *what, *about, *url;
};

struct audit_result {
    const char *domain;
    const struct ip *ip;
    size_t n_ips;
    const char *mail_from; /* an address, or "<>"; hostile bytes */
    const char *helo;      /* of the address that the verdict describes; NULL without */

    bool has_verdict; /* false without an address */
    size_t described; /* index of the address that the verdict describes */
    enum verdict verdict;
    const struct prediction *prediction; /* of each receiver, for that address */
    size_t n_predictions;
    const struct audit_disagreement *disagreement; /* with audit_options.disagree */
    size_t n_disagreements;
    const struct audit_causes *because;    /* of each prediction */
    const struct prediction *const *by_ip; /* the same for every address, in order */
    size_t decided_by;            /* index of the receiver whose verdict it is */
    const char *const *signed_by; /* usable selectors of --selector */
    size_t n_signed;
    bool assumed_unsigned;             /* nobody said how the mail is signed */
    const struct audit_dkim *best_key; /* of verdict_if_signed; NULL without any */
    enum verdict verdict_if_signed, verdict_if_unsigned;
    const struct cause *cause;
    size_t n_causes;
    const struct audit_fix *fix; /* for causes, in their order */
    size_t n_fixes;
    const struct audit_advice *advice; /* for causes without a fix */
    size_t n_advice;

    const struct audit_spf *spf; /* one per address; */
    size_t n_spf;
    const struct spf_tree *tree; /* of the domain itself, without an address */
    const struct audit_dkim *dkim;
    size_t n_dkim;
    const struct dkim_discovery *discovery; /* NULL when none was made */
    struct audit_dmarc dmarc[DMARC_RULES_N];
    const struct audit_identifier *identifier; /* the From domain first */
    size_t n_identifiers;
    const struct audit_mx *mx;
    size_t n_mx;

    const struct audit_host *host; /* one per address; none where nobody asked */
    size_t n_hosts;
    const struct sender_domain *sender; /* of MAIL FROM; of the From domain for "<>" */
    const struct sender_domain *author; /* of the From domain; NULL: the same */
    const struct blocklist_result *listing; /* of all lists and subjects */
    size_t n_listings;
    const struct audit_page *page; /* where reputation could decide */
    size_t n_pages;

    const struct audit_result *before; /* without the proposed changes; or NULL */

    struct findings findings;
    const struct dns_entry *const *question; /* all that was asked, in order */
    size_t n_questions;
    unsigned depth;
    size_t queries;
    int64_t wall_us;
    int64_t decided_us; /* after which nothing was waited for but for the report */
};

#endif
