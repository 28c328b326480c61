/* SPDX-License-Identifier: MIT */
/*
 * exit.c - the exit code of an audit. A refusal is decided first: open questions do not
 * undo one that stands without them.
 */
#include "report/exit.h"

/* Did the DNS leave open what an audit without an address is about? */
static bool records_open(const struct audit_result *r)
{
    return r->dmarc[DMARC_RFC9989].policy.found == DMARC_TEMPERROR ||
           (r->tree && !r->tree->found && !r->tree->complete);
}

static bool has_warning(const struct audit_result *r)
{
    for (size_t i = 0; i < r->findings.n; i++)
        if (finding_kind(r->findings.row[i].id)->severity >= FINDING_WARNING)
            return true;
    return false;
}

int report_exit_of(bool has_verdict, enum verdict verdict, bool warned, bool open,
                   enum fail_on level)
{
    bool refused = has_verdict && verdict == VERDICT_REJECT;
    bool spam = has_verdict && (verdict == VERDICT_SPAM || verdict == VERDICT_DEFER);

    switch (level) {
    case FAIL_ON_NEVER:
        return EXIT_FINE;
    case FAIL_ON_WARNING:
        refused = refused || warned || spam;
        break;
    case FAIL_ON_SPAM:
        refused = refused || spam;
        break;
    case FAIL_ON_REJECT:
        break;
    }
    if (refused)
        return EXIT_REFUSED;
    return open ? EXIT_OPEN : EXIT_FINE;
}

int report_exit(const struct audit_result *r, enum fail_on level)
{
    bool open = r->has_verdict ? r->verdict == VERDICT_UNKNOWN : records_open(r);

    return report_exit_of(r->has_verdict, r->verdict,
                          level == FAIL_ON_WARNING && has_warning(r), open, level);
}
