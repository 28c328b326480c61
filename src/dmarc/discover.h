/* SPDX-License-Identifier: MIT */
/*
 * discover.h - which DMARC policy applies to an Author Domain, and what is the
 * Organizational Domain of a name? RFC 9989, 4.10; RFC 7489, 3.2, 6.6.3.
 */
#ifndef DMARC_DISCOVER_H
#define DMARC_DISCOVER_H

#include "env/env.h"

enum dmarc_rules {
    DMARC_RFC9989,
    DMARC_RFC7489
};

enum dmarc_policy {
    DMARC_NONE,
    DMARC_QUARANTINE,
    DMARC_REJECT
};

enum dmarc_found {
    DMARC_FOUND,     /* a policy applies */
    DMARC_ABSENT,    /* no record: DMARC does not apply */
    DMARC_UNUSABLE,  /* records there are, but by the rules none applies */
    DMARC_TEMPERROR, /* the DNS did not answer where it matters */
};

/* Bits of dmarc_discovery.possible. */
enum {
    DMARC_CAN_BE_ABSENT = 1,
    DMARC_CAN_BE_NONE = 2,
    DMARC_CAN_BE_QUARANTINE = 4,
    DMARC_CAN_BE_REJECT = 8,
    DMARC_CAN_BE_ANY = 15,
};

struct dmarc_discovery {
    enum dmarc_found found;
    struct span record; /* the record whose policy applies; p == NULL without one. When
                           UNUSABLE: the one that was there, if it was one */
    const char *found_at;     /* "_dmarc.example.com", or NULL */
    struct dns_name domain;   /* whose record: found_at without _dmarc; n == 0: none */
    enum dmarc_policy policy; /* for the Author Domain, before t=y and pct */
    const char *policy_tag;   /* "p", "sp", "np": where the policy came from; or NULL,
                                 also where a faulty record counts as p=none */
    bool testing;             /* t=y; RFC 7489 knows no t */
    unsigned pct;             /* 0 to 100; always 100 by RFC 9989 */
    bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
    bool silent;       /* a server did not answer at all; by dmarc_read alone */
    bool by_chance;    /* which of several texts counts hangs on their order, which
                          servers turn: this is the most severe (dmarc_read alone) */
    unsigned possible; /* policies in force (after t=y) that some answer to a failed
                          look-up would lead to; when nothing failed, the one bit of
                          what was found */
};

/* The Organizational Domain of one identifier, and the rule that made it so. */
struct dmarc_org {
    bool known; /* false: the DNS did not answer where it matters */
    struct dns_name
        name;         /* when known is false: the best guess without those answers */
    const char *rule; /* "psd=n at ...", "record with the fewest labels", "public suffix
                         list (com)", "no record found: the name itself", ... */
    const struct dmarc_walk *walk; /* in the arena; NULL by RFC 7489. For dmarc_aligned,
                                      which looks at what is open */
};

/*
 * Policy discovery. All names of the walk are hinted at once: it takes one round trip.
 * Status as spf_check. Findings go to env->findings, for the rules given only: faults
 * that both rules see have the same text, so that a caller which runs both keeps them
 * once.
 */
enum ac_status dmarc_discover(struct ac_env *env, const struct dns_name *author,
                              enum dmarc_rules rules,
                              struct dmarc_discovery *out) AC_MUST_USE;

/* A walk of its own for each identifier (RFC 9989, 4.10.2), or the public suffix list.
 */
enum ac_status dmarc_org_domain(struct ac_env *env, const struct dns_name *name,
                                enum dmarc_rules rules,
                                struct dmarc_org *out) AC_MUST_USE;

/*
 * Is an identifier aligned with the Author Domain? Strict: the same name. Relaxed: the
 * same Organizational Domain. MAYBE only where the answers that are missing could make
 * it either (or where more than four are missing). RFC 9989, 4.4; RFC 7489, 3.1.
 */
enum ac_tri dmarc_aligned(const struct dns_name *author,
                          const struct dmarc_org *author_org,
                          const struct dns_name *identifier,
                          const struct dmarc_org *identifier_org, bool strict);

const char *dmarc_policy_print(enum dmarc_policy policy); /* "none", ... */

#endif
