/* SPDX-License-Identifier: MIT */
/*
 * check.h - check_host() for one client, as a receiver would. RFC 7208, 4.
 */
#ifndef SPF_CHECK_H
#define SPF_CHECK_H

#include "base/ip.h"
#include "env/env.h"

enum spf_result {
    SPF_NONE,      /* RFC 7208, 8.1 */
    SPF_NEUTRAL,   /* RFC 7208, 8.2 */
    SPF_PASS,      /* RFC 7208, 8.3 */
    SPF_FAIL,      /* RFC 7208, 8.4 */
    SPF_SOFTFAIL,  /* RFC 7208, 8.5 */
    SPF_TEMPERROR, /* RFC 7208, 8.6 */
    SPF_PERMERROR, /* RFC 7208, 8.7 */
};

/* The arguments of check_host(), RFC 7208, 4.1, and what macros need beside them. Texts
 * are what a peer may say: any bytes. */
struct spf_request {
    struct ip client;     /* a v4-mapped address is taken as IPv4 (RFC 7208, 5) */
    struct span sender;   /* local-part@domain; a missing local-part is "postmaster" */
    struct span domain;   /* <domain>: where the evaluation starts */
    struct span helo;     /* %{h} */
    struct span receiver; /* %{r}; empty is "unknown" */
};

/* One line of the evaluation as it went, in order; for people. */
struct spf_step {
    unsigned level;     /* 0 for the start domain, 1 below its includes, ... */
    const char *domain; /* whose record */
    struct span term;   /* as written; empty for the record as a whole */
    const char *note;   /* "matches", "does not match: 192.0.2.1 is not in ...", ... */
    unsigned lookups, voids; /* counters after this step */
};

struct spf_outcome {
    enum spf_result result;
    const char *domain; /* printed form of where the evaluation started */
    struct span record; /* of that domain; p == NULL when there is none */
    struct span
        mechanism;        /* the term that decided, as written; p == NULL for default */
    const char *found_in; /* whose record held that term; NULL when mechanism is none */
    const char *explanation; /* the expanded exp= text on fail, or NULL; hostile bytes
                                (RFC 7208, 11.5.2) */
    bool decided; /* the result is certain, though its explanation may still be asked
                     for: also set when spf_check returns AC_PENDING */
    unsigned lookups; /* DNS terms by RFC 7208, 4.6.4 in this evaluation */
    unsigned void_lookups;
    bool odd;    /* some evaluator may come to another result: see spf/evaluator.h */
    bool silent; /* a server did not answer at all, so that a receiver had to wait */
    bool could_pass; /* it passes, or some answer to a look-up that failed would make it
                        pass; two terms that ask the same failed question are taken as
                        two questions, so this errs towards true */
    bool could_fail; /* the same of anything but pass: a name that PTR did not tell
                        matches nothing (RFC 7208, 5.5), and might have */
    enum finding_id reason;  /* when not pass: the finding that names why; else NONE */
    const char *about;       /* of that finding: the domain to blame */
    const char *reason_text; /* its message */
    const struct spf_step *step;
    size_t n_steps;
};

/*
 * The identities (RFC 7208, 2.3, 2.4), as a peer may say them, into sender, domain and
 * helo of a request; client and receiver are left alone. MAIL FROM: "" and "<>" mean
 * postmaster at the HELO name; an address counts from its last "@", angle brackets and
 * a source route do not belong to it; a bare domain and an empty local part stand for
 * postmaster. Texts are borrowed or in the arena. AC_ENOMEM.
 */
enum ac_status spf_request_mailfrom(struct spf_request *r, struct span mail_from,
                                    struct span helo, struct arena *a) AC_MUST_USE;
enum ac_status spf_request_helo(struct spf_request *r, struct span helo,
                                struct arena *a) AC_MUST_USE;

/* <domain> as a name, U-labels as A-labels (RFC 8616, 4): where the evaluation starts,
 * and what is aligned or not. False where it is no domain name at all. */
bool spf_request_name(const struct spf_request *r, struct dns_name *out);

/*
 * Evaluate. Every result is in *out with AC_OK, errors of the record or the DNS
 * included; AC_PENDING, AC_ENOMEM, AC_ELIMIT otherwise. Texts live in env->arena or the
 * view.
 *
 * Counters go by the RFC: terms in evaluation order over the whole recursion, never by
 * queries sent. While an answer is open, hints are noted for all terms that the
 * evaluation may reach, nested records included, save `exists`, `ptr` and targets with
 * %{s} %{l} %{p}, none past the first term that decides without DNS.
 *
 * `reason` is added to env->findings, with two exceptions: FINDING_SPF_TOO_MANY_LOOKUPS
 * and FINDING_SPF_INCLUDE_LOOP, where spf_audit of the same domain knows the whole tree
 * and says more; findings about the record itself are spf_audit's too.
 */
enum ac_status spf_check(struct ac_env *env, const struct spf_request *request,
                         struct spf_outcome *out) AC_MUST_USE;

/* "pass", "softfail", ... (RFC 7208, 2.6). */
const char *spf_result_print(enum spf_result result);

#endif
