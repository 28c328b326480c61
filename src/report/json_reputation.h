/* SPDX-License-Identifier: MIT */
/*
 * json_reputation.h - the members of the audit object that tell of what stands beside
 * authentication: host, sender_domain, blocklists, pages.
 */
#ifndef REPORT_JSON_REPUTATION_H
#define REPORT_JSON_REPUTATION_H

#include "report/json.h"
#include "report/report.h"

void json_reputation(struct json *j, const struct audit_result *r);

#endif
