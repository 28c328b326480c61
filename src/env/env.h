/* SPDX-License-Identifier: MIT */
/*
 * env.h - all that an evaluator may know of the world, and the caps on what it may do.
 */
#ifndef ENV_ENV_H
#define ENV_ENV_H

#include "dns/view.h"
#include "finding/finding.h"

struct ac_limits {
    size_t questions;       /* per audit */
    size_t hints;           /* new questions that hints may add in one run */
    unsigned spf_lookups;   /* RFC 7208, 4.6.4: 10 */
    unsigned spf_voids;     /* RFC 7208, 4.6.4: 2 */
    unsigned spf_mx_names;  /* RFC 7208, 4.6.4: 10 */
    unsigned spf_ptr_names; /* RFC 7208, 4.6.4: 10 */
    bool spf_type_99;       /* also ask whether the dead type SPF (99) is published */
    unsigned spf_tree;      /* DNS terms that spf_audit counts before it gives up */
    unsigned spf_quirks; /* bits of enum spf_quirk (spf/evaluator.h); 0: by the RFC */
};

/* What a receiver by the RFCs does, and our own caps. */
extern const struct ac_limits ac_default_limits;

struct ac_env {
    struct dns_view *dns; /* answers so far: read through dns_get and dns_peek alone */
    struct dns_wants *wants; /* out: the questions that it could not answer */
    struct arena *arena;     /* reset before every run; keeps the result of the last */
    struct findings
        *findings; /* in arena, so that a pending run leaves no trace; or NULL */
    const struct ac_limits *limits;
    int64_t now;    /* Unix seconds, frozen */
    uint64_t nonce; /* chance, frozen: for the random selector */
};

#endif
