/* SPDX-License-Identifier: MIT */
/*
 * audit.h - what is wrong with a domain's DMARC records beside the policy itself: risky
 * tags, reports that nobody may receive. RFC 9989, 4.7; RFC 9990, 4 (destinations).
 */
#ifndef DMARC_AUDIT_H
#define DMARC_AUDIT_H

#include "dmarc/discover.h"

/* Findings about the record that applies to `author`. check_reports: also ask whether
 * external report destinations agree (RFC 9990; never part of a verdict). */
enum ac_status dmarc_audit(struct ac_env *env, const struct dns_name *author,
                           bool check_reports) AC_MUST_USE;

#endif
