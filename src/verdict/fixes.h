/* SPDX-License-Identifier: MIT */
/*
 * fixes.h - which changes of DNS records might mend a failure: candidates, the smallest
 * first. Whether one turns the verdict is proved elsewhere (audit/fix.h), by an audit
 * over the changed records; so a candidate may be wrong, and may not be too generous:
 * it never weakens a policy or a qualifier and authorises no more than was asked.
 *
 * Generators are rows of a table (fixes.def): one per finding, in the order of trying.
 */
#ifndef VERDICT_FIXES_H
#define VERDICT_FIXES_H

#include "dkim/audit.h"
#include "spf/audit.h"
#include "verdict/evidence.h"

enum {
    FIX_CHANGES_MAX = 8,     /* of one fix */
    FIX_CANDIDATES_MAX = 12, /* for one finding */
    FIX_RECORD_MAX = 1200    /* octets: an answer with it fits 1,232 (EDNS) or so */
};

/* One record put in the place of another. Texts of TXT are joined; that of a CNAME or
 * PTR is its target, that of an A or AAAA the address. */
struct fix_change {
    struct dns_name name;
    uint16_t type;
    struct span old; /* p == NULL: there was none */
    struct span new; /* p == NULL: it is taken away */
};

struct fix_changes {
    struct fix_change row[FIX_CHANGES_MAX];
    size_t n;
    const char *note; /* what else to know, as a sentence; or NULL */
};

/* The state in which a failure is to be mended. */
struct fix_case {
    struct ac_env *env;         /* the DNS as the audit found it */
    struct fix_changes changes; /* made to it already */
    struct verdict_reason reason;
    const struct spf_request *request; /* of the address that the verdict describes; */
    const struct spf_outcome *spf;     /* what came out for it, the changes made, */
    const struct spf_tree *tree;       /* and its record's whole tree */
    struct dns_name own;               /* at and below it the records are one's own */
    const struct dns_name *hint; /* names that tell who sends: MX hosts, PTR, CNAMEs */
    size_t n_hints;
    const struct dkim_outcome *key; /* of the selector that the reason is about */
    struct dns_name key_name;       /* ... and where it is; n == 0: about none */
    const struct host_client *host; /* who connects; NULL: not asked about */
    struct span helo;               /* as it was given; p == NULL: it was not */
    struct span key_record;         /* of --key: what to publish; p == NULL: none */
};

/* Each holds the changes made so far and its own. */
struct fix_candidates {
    const struct fix_changes *row[FIX_CANDIDATES_MAX];
    size_t n;
};

/* Candidates, in the arena of the environment. AC_PENDING, AC_ENOMEM. */
enum ac_status fix_candidates(const struct fix_case *c,
                              struct fix_candidates *out) AC_MUST_USE;

/* What to do where no change of the DNS mends it, and why none does. In the arena; NULL
 * when that is full. */
const char *fix_advice(const struct fix_case *c);

/* The TXT records at a name with the changes made: their joined texts. *owner is the
 * name that holds them, which differs behind a CNAME. AC_PENDING, AC_ENOMEM. */
enum ac_status fix_texts(struct ac_env *env, const struct fix_changes *changes,
                         const struct dns_name *name, struct dns_name *owner,
                         struct span **text, size_t *n) AC_MUST_USE;

#endif
