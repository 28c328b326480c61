/* SPDX-License-Identifier: MIT */
/*
 * run.h - what one evaluation carries along: the client, macro values, counters, and
 * the records read so far. For the files of this folder alone. RFC 7208, 4.
 */
#ifndef SPF_RUN_H
#define SPF_RUN_H

#include "spf/check.h"
#include "spf/macro.h"
#include "spf/reason.h"
#include "spf/record.h"

/* What a term says of the client. */
enum spf_match {
    SPF_NO_MATCH,
    SPF_MATCH,
    SPF_TEMP, /* the evaluation ends as temperror */
    SPF_PERM, /* the evaluation ends as permerror */
};

/* What stands at a domain (RFC 7208, 4.4, 4.5). */
enum spf_found {
    SPF_FOUND,     /* one record; it may be unusable */
    SPF_NOT_FOUND, /* an answer, but no record in it */
    SPF_SEVERAL,
    SPF_UNANSWERED, /* the DNS failed */
};

/* The SPF record of a domain, kept for the rest of the run. */
struct spf_lookup {
    enum spf_found found;
    const struct dns_answer *answer;
    size_t n;                        /* how many records */
    const struct spf_record *record; /* when found, else NULL */
    struct spf_lookup *next;
};

/* A domain whose record is being evaluated, and how it was reached. */
struct spf_frame {
    const struct spf_frame *up;
    struct dns_name name;
    struct span text;  /* %{d}: as expanded */
    const char *print; /* for people */
    unsigned level;    /* includes above it */
    bool included;     /* below an include: its verdict is not the last word */
    const struct spf_record *record;
};

struct spf_run {
    struct ac_env *env;
    struct spf_macro_values values; /* all but `domain`, which hangs on the frame */
    struct ip client;               /* v4-mapped addresses as IPv4; family 0: none */
    struct spf_lookup *known;
    unsigned lookups, voids;
    bool unanswered; /* some look-up failed, or one that "no match" hides */
    bool silent;     /* ... and it was silence */
    bool odd;        /* a record has a fault, or is missing where an include wants it */
    struct spf_reason reason;
    struct spf_frame *top;
    const struct spf_frame *last; /* whose record gave the final verdict */
};

/* Where a term points. */
struct spf_target {
    bool valid; /* `name` can be asked for */
    struct dns_name name;
    struct span text;
};

/* Begin a run. *domain_ok is false where no record can be looked up (RFC 7208, 4.3);
 * run->top then has no name. */
enum ac_status spf_run_init(struct spf_run *run, struct ac_env *env,
                            const struct spf_request *request,
                            bool *domain_ok) AC_MUST_USE;

/* The frame of a record that `term` of `up` leads to; NULL when the arena is full. */
struct spf_frame *spf_frame_new(struct spf_run *run, const struct spf_frame *up,
                                const struct spf_term *term,
                                const struct spf_target *target);

/* Is `name` evaluated already on the way to this frame? */
bool spf_frame_loops(const struct spf_frame *frame, const struct dns_name *name);

/* The SPF record of a name, among its TXT records alone (RFC 7208, 3.1); out lives as
 * long as the run. Asks, or (peek) only looks: then *out is NULL while the answer is
 * not there. */
enum ac_status spf_find(struct spf_run *run, const struct dns_name *name,
                        const struct spf_lookup **out) AC_MUST_USE;
enum ac_status spf_find_peek(struct spf_run *run, const struct dns_name *name,
                             const struct spf_lookup **out) AC_MUST_USE;

/* Expand what the term points to; %{p} must be in run->values already (spf_letters). A
 * term without a domain-spec points to the frame's domain. */
enum ac_status spf_target(struct spf_run *run, const struct spf_frame *frame,
                          const struct spf_term *term,
                          struct spf_target *out) AC_MUST_USE;

/* The macro letters of a term's domain-spec. */
uint32_t spf_letters(const struct spf_term *term);

/* A non-ASCII local part cannot be in a DNS name: such a term never matches (RFC 8616,
 * 4). */
bool spf_never_matches(const struct spf_run *run, const struct spf_term *term);

/* Bytes beyond ASCII: U-labels, or a local part that the DNS cannot hold (RFC 8616). */
bool spf_has_high_bytes(struct span s);

/* RFC 7208, 4.3: can <domain> have a record? More than one label. */
bool spf_is_full_name(const struct dns_name *name);

/* The address type that the client asks for. */
uint16_t spf_address_type(const struct spf_run *run);

/* Does an address in the answer fall into the term's prefix around the client? */
bool spf_address_matches(const struct spf_run *run, const struct spf_term *term,
                         const struct dns_answer *answer);

/* ip4 and ip6 (RFC 7208, 5.6). */
bool spf_network_matches(const struct spf_run *run, const struct spf_term *term);

/* The first hosts of an MX answer, at most limits->spf_mx_names, by preference (then by
 * name, so that the order in which a resolver turns them changes nothing). *n counts
 * all of them, null MX hosts left out. NULL when the arena is full. */
struct dns_name *spf_mx_hosts(struct spf_run *run, const struct dns_answer *mx,
                              size_t *n);

/* The PTR name of the client; false when there is no client. */
bool spf_reverse_name(const struct spf_run *run, struct dns_name *out);

/* %{p} (RFC 7208, 7.3): a validated name of the client, best the domain itself, then
 * one below it. Its look-ups count for no limit, and their failure is "unknown". */
enum ac_status spf_validated_name(struct spf_run *run, const struct dns_name *domain,
                                  struct span *out) AC_MUST_USE;

#endif
