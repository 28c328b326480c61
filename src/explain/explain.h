/* SPDX-License-Identifier: MIT */
/*
 * explain.h - one bounce explained, and the two ways of telling it.
 */
#ifndef EXPLAIN_EXPLAIN_H
#define EXPLAIN_EXPLAIN_H

#include "explain/conclusion.h"
#include "report/report.h"

struct explained {
    const char *source; /* name of the file as given; "-": standard input */
    size_t message;     /* of a mailbox, from 1; 0: the source is one message or text */
    const struct bounce *bounce;
    const char *domain; /* that was audited; NULL without an audit, ... */
    bool by_mail_from;  /* ... and it is that of MAIL FROM, for want of a From */
    const struct audit_result *audit;    /* NULL: --no-audit, or too little is known */
    const struct conclusion *conclusion; /* NULL: --no-audit */
};

/* The object of the public contract, and a line end. compact: on one line, for NDJSON.
 */
void explain_json(struct buf *out, const struct explained *e, bool compact);

/* For people: what was refused and why, what was found in it, what to do. quiet: one
 * line; verbose: the audit's report below. */
void explain_text(struct buf *out, const struct explained *e,
                  const struct report_options *options);

/* One line, with the source in front: of many. */
void explain_line(struct buf *out, const struct explained *e,
                  const struct report_options *options);

#endif
