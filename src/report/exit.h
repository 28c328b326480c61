/* SPDX-License-Identifier: MIT */
/*
 * exit.h - the exit codes of the public contract, and what of an audit gives which.
 */
#ifndef REPORT_EXIT_H
#define REPORT_EXIT_H

#include "audit/result.h"

enum {
    EXIT_FINE = 0,
    EXIT_REFUSED = 1,
    EXIT_USAGE = 2, /* bad usage, unreadable input, output that cannot be written */
    EXIT_OPEN = 3
};

/* From which level on the exit code is EXIT_REFUSED. */
enum fail_on {
    FAIL_ON_REJECT,
    FAIL_ON_SPAM,
    FAIL_ON_WARNING,
    FAIL_ON_NEVER
};

/* The same for a verdict, and whether a finding of severity warning or error is there;
 * `open`: the DNS left open what was asked, or the verdict is unknown. */
int report_exit_of(bool has_verdict, enum verdict verdict, bool warned, bool open,
                   enum fail_on level);

/* The exit code of one audit. */
int report_exit(const struct audit_result *r, enum fail_on level);

#endif
