/* SPDX-License-Identifier: MIT */
/*
 * audit.h - the audit of one sending domain: what to ask, what came out.
 *
 * Sans I/O: audit_step runs what can run; questions are taken from audit_view and
 * answered into it, by audit/drive.h over a source or by the caller of the library.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "audit/result.h"
#include "dns/overlay.h"
#include "reputation/blocklist.h"

struct audit;

/* Most addresses and selectors of one audit: all their tasks fit into TASKS_MAX. */
enum {
    AUDIT_IPS_MAX = 100,
    AUDIT_SELECTORS_MAX = 100
};

/* What is asked for. All that it points to must live as long as the audit. */
struct audit_options {
    struct dns_name domain; /* of the From header */
    const struct ip *ip; /* addresses that connect; none: no SPF result, no verdict */
    size_t n_ips;
    const struct audit_selector *selector; /* signatures that the mail bears */
    size_t n_selectors;
    bool is_unsigned; /* said to bear no signature */
    size_t discover;  /* most selectors to try when none is named; 0: none */
    struct span
        mail_from;    /* address, bare domain, or "<>"; p == NULL: postmaster@domain */
    struct span helo; /* p == NULL: guessed from PTR, or the domain */
    bool guess_helo;  /* false: the domain at once, no PTR is asked */
    bool bulk;        /* the sender counts as a bulk sender */
    bool disagree;    /* look for evaluators and readers that would disagree */
    bool check_reports; /* ask external report destinations (RFC 9990) */
    bool reputation;    /* ask for the names of the hosts, and for the sender domains */
    bool dnsbl;         /* ask the block lists of blocklists.def */
    const struct blocklist *blocklist; /* further ones, asked in any case */
    size_t n_blocklists;
    bool fixes;             /* look for changes of the DNS that turn a bad verdict */
    struct span key_record; /* of --key: the record that publishes it; p == NULL */
    const struct receiver *const *receiver;
    size_t n_receivers;
    const struct dns_overlay *overlay; /* or NULL */
    bool offline;
    const struct audit
        *listed_by; /* this audit's word on block lists counts; or NULL */
    bool compare;   /* also audit the world without the overlay: audit_result.before */
    struct ac_limits limits;
    int64_t now;             /* Unix seconds */
    uint64_t nonce;          /* chance */
    struct arena_pool *pool; /* of the audit's memory; NULL: it has its own */
};

/* A selector of --selector as given, and where its key is. */
struct audit_selector {
    const char *text;
    struct dkim_selector at;
};

/* The domain of a From header as a person or a program gives it: a host name with a dot
 * in it whose last label is not all digits; false and *why (a static text) else. */
bool audit_domain_parse(struct span text, struct dns_name *out, const char **why);

/* "s1", or "s1._domainkey.mailer.example" with another signing domain; false and *why
 * (a static text) when it is neither. `text` is borrowed. */
bool audit_selector_parse(const char *text, const struct dns_name *domain,
                          struct audit_selector *out, const char **why);

/* Begin. AC_ENOMEM. */
enum ac_status audit_new(const struct audit_options *options,
                         struct audit **out) AC_MUST_USE;
void audit_free(struct audit *a);

/*
 * Run every evaluator that can go on. AC_PENDING: questions are open (entries of
 * audit_view without an answer). AC_OK: done, audit_result is there. Else a failure.
 */
enum ac_status audit_step(struct audit *a) AC_MUST_USE;

/* The view, to answer its open entries, and the arena that answers must live in. */
struct dns_view *audit_view(struct audit *a);

/* Does a verdict or a cause hang on something that is still open? While it does not,
 * what is open is for the report alone. */
bool audit_decided(struct audit *a);

/* Are block lists all that is still waited for? */
bool audit_waits_for_lists(const struct audit *a);

/* Does a verdict or a cause hang on this open question now? */
bool audit_hangs_on(struct audit *a, const struct dns_entry *question);

/* After AC_OK; lives as long as the audit. */
const struct audit_result *audit_result(const struct audit *a);

/* How long it took, and after which time no verdict hung on an open question any more;
 * only the driver knows. For the report. */
void audit_set_wall(struct audit *a, int64_t wall_us, int64_t decided_us);

#endif
