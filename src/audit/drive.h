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
