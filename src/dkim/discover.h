/* SPDX-License-Identifier: MIT */
/*
 * discover.h - which selectors of a domain hold a key? They cannot be listed, only
 * tried. RFC 6376, 3.6.2.1; RFC 8020.
 */
#ifndef DKIM_DISCOVER_H
#define DKIM_DISCOVER_H

#include "dkim/audit.h"

enum {
    DKIM_DISCOVER_DEFAULT = 60,
    DKIM_FOUND_MAX = 64
};

struct dkim_search {
    struct dns_name domain;
    size_t limit; /* most selectors to try; SIZE_MAX: all that are known */
    const struct dns_name
        *hint; /* names that tell the provider: MX hosts, SPF includes */
    size_t n_hints;
};

struct dkim_discovery {
    struct dkim_outcome *key; /* one per selector found, in the order of trying */
    struct dns_name *selector;
    size_t n;
    size_t tried;      /* selectors that were asked about and answered */
    size_t unanswered; /* asked, and the DNS did not answer */
    bool
        nothing_below; /* _domainkey is NXDOMAIN: the long list was spared (RFC 8020) */
    bool wildcard;     /* a random selector answered: answers prove nothing */
};

/*
 * Try. Found is a selector where a key record stands that is not the wildcard's. Never
 * an error: "none among N tried" is information (finding dkim-none-found). Candidates:
 * those of the providers that the hints name, then a list by popularity
 * (selectors.def). In the same burst `_domainkey` and a random selector (from
 * env->nonce) are asked about, and the likely few; the long list waits for the answer
 * to `_domainkey`.
 */
enum ac_status dkim_discover(struct ac_env *env, const struct dkim_search *search,
                             struct dkim_discovery *out) AC_MUST_USE;

#endif
