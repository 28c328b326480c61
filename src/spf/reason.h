/* SPDX-License-Identifier: MIT */
/*
 * reason.h - why there is no pass, as a finding: one sentence for each fault, the same
 * whether check_host() met it or the audit of the tree, so that equal rows fall
 * together.
 */
#ifndef SPF_REASON_H
#define SPF_REASON_H

#include "env/env.h"
#include "spf/record.h"

struct spf_reason {
    enum finding_id id; /* FINDING_NONE: nothing was noted */
    const char *about;
    const char *text; /* NULL where the arena was full */
};

/* Nobody reads more of a hostile term than this: for %.*s. */
enum {
    SPF_SHOWN_MAX = 160
};
#define SPF_SHOWN(s) \
    (int)((s).n < SPF_SHOWN_MAX ? (s).n : SPF_SHOWN_MAX), ((s).n ? (s).p : "")

struct spf_reason spf_reason_domain(struct arena *a, const char *domain);
struct spf_reason spf_reason_missing(struct arena *a, const char *domain,
                                     const struct dns_answer *answer);
struct spf_reason spf_reason_multiple(struct arena *a, const char *domain, size_t n);
struct spf_reason spf_reason_syntax(struct arena *a, const char *domain,
                                    const struct spf_record *record, size_t problem);

/* `term` stands in the record of `domain`; target: what it names. */
struct spf_reason spf_reason_include(struct arena *a, const char *domain,
                                     struct span term, struct span target);
struct spf_reason spf_reason_loop(struct arena *a, const char *domain,
                                  struct span term);
/* family: of the client, since a host may have addresses of the other one alone. */
struct spf_reason spf_reason_voids(struct arena *a, const char *start, uint8_t family,
                                   unsigned limit, const char *domain,
                                   struct span term);
struct spf_reason spf_reason_mx(struct arena *a, const char *domain, struct span term,
                                const struct dns_name *name, size_t n, unsigned limit);
struct spf_reason spf_reason_dns(struct arena *a, const struct dns_name *name,
                                 uint16_t type, enum dns_outcome outcome);

/* Add it to the findings; nothing for FINDING_NONE. AC_ENOMEM when its text is missing.
 */
enum ac_status spf_reason_add(struct findings *f,
                              const struct spf_reason *r) AC_MUST_USE;

#endif
