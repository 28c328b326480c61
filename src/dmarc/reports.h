/* SPDX-License-Identifier: MIT */
/*
 * reports.h - do external report destinations agree? RFC 9990, 4; RFC 7489, 7.1.
 */
#ifndef DMARC_REPORTS_H
#define DMARC_REPORTS_H

#include "dmarc/record.h"

/*
 * Check the addresses of rua and ruf of the record of `domain` that lie in another
 * organization (at most DMARC_HOSTS_MAX hosts; the rest is named as not checked).
 * Status as dmarc_look.
 */
enum {
    DMARC_HOSTS_MAX = 16
};
enum ac_status dmarc_check_reports(struct ac_env *env, const struct dns_name *domain,
                                   const struct dmarc_record *record) AC_MUST_USE;

#endif
