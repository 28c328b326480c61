/* SPDX-License-Identifier: MIT */
/*
 * drive.h - runs an audit over a source: asks what is wanted, tries again what a
 * verdict hangs on, and ends in time.
 */
#ifndef AUDIT_DRIVE_H
#define AUDIT_DRIVE_H

#include "audit/audit.h"
#include "dns/source.h"

struct drive_options {
    unsigned servers;    /* that the source turns through by attempt; at least 1 */
    unsigned tries;      /* of one query */
    int64_t timeout_us;  /* patience with one try */
    int64_t deadline_us; /* the whole audit, from now */
};

/* What the nameservers were found to be: of one audit, or of all that share a source.
 * Zeroed at first. */
struct drive_servers {
    unsigned first; /* that new questions begin with */
    uint64_t heard; /* bit by server: it said something */
};

/*
 * One audit on its way, for who drives many at once: begin, then step; give it every
 * event that came for it and step again, and step also when drive_wake is past. The
 * fields are its own but for those that say otherwise.
 */
struct drive {
    struct audit *audit;
    struct dns_view *view;
    struct dns_source *source;
    const struct drive_options *options;
    struct drive_servers *servers;
    struct flight *flight; /* in the audit's arena */
    size_t cap, sent;
    size_t open, parked; /* questions on their way; given up for now */
    unsigned tries;      /* as in the options; the caller may grant more at any time */
    unsigned insist;     /* tries of what no verdict hangs on: 1, or what he sets */
    int64_t start_us;
    int64_t slowest_us; /* of the answers so far */
    int64_t calm_us;    /* 0, or how long nobody is to look whether all is decided */
    int64_t decided_us; /* since when no verdict hangs on anything; -1: it does */
    int64_t wake_us;
    bool answered; /* since the last step: evaluators can go on at once */
};

/* All arguments must live until the end. The time counts from here. source: only `ask`
 * and `cancel` are called, and cancel must concern the tries of this audit alone. */
void drive_begin(struct drive *d, struct audit *a, struct dns_source *source,
                 const struct drive_options *options, struct drive_servers *servers);

/* Run what can run, ask what is new. AC_OK: the audit is done; AC_PENDING: it waits for
 * events, no longer than until drive_wake; else a failure of ours. */
enum ac_status drive_step(struct drive *d) AC_MUST_USE;

/* A try ended. */
enum ac_status drive_take(struct drive *d, const struct dns_event *event) AC_MUST_USE;

/* When to step again even though nothing came (clock_us). */
static inline int64_t drive_wake(const struct drive *d)
{
    return d->wake_us;
}

/* Questions on their way now: stepping before they have landed costs CPU and changes
 * nothing but the time. */
static inline size_t drive_open(const struct drive *d)
{
    return d->open;
}

/*
 * Drive to the end; the result is there after AC_OK. source may be NULL for an audit
 * that asks nothing (offline). Failures are ours, never the DNS'.
 *
 * A question is sent once as soon as it is wanted. Silence: it is tried again while a
 * verdict or a cause hangs on it, else it counts as unanswered after one time-out. The
 * silence of a server that never said anything is that server's: the question goes to
 * the next one, whatever hangs on it, and so do later questions from the start. A bad
 * answer (SERVFAIL, REFUSED, ...): every other server is asked once. At the
 * deadline all that is open is answered with DNS_DEADLINE, and the evaluators end by
 * themselves.
 */
enum ac_status audit_drive(struct audit *a, struct dns_source *source,
                           const struct drive_options *options) AC_MUST_USE;

#endif
