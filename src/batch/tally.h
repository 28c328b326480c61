/* SPDX-License-Identifier: MIT */
/*
 * tally.h - what all rows of a batch amount to: the exit code and the summary.
 */
#ifndef BATCH_TALLY_H
#define BATCH_TALLY_H

#include "base/buf.h"
#include "report/exit.h"

struct tally {
    enum fail_on fail_on;
    uint64_t rows;                        /* of this run */
    uint64_t held;                        /* and those that an earlier one wrote */
    uint64_t errors;                      /* rows without an audit */
    uint64_t verdict[VERDICT_REJECT + 1]; /* audits with one, by verdict */
    uint64_t without;                     /* audits without an address */
    uint64_t load;                        /* left open since servers were under load */
    uint64_t questions;                   /* of audits, shared ones included */
    uint64_t finding[FINDING_COUNT];      /* rows that hold it */
    bool refused, open;                   /* some row has that exit code */
    bool ended;                           /* by a signal: rows are missing */
};

void tally_audit(struct tally *t, const struct audit_result *r, bool load);
void tally_error(struct tally *t);

/* A row of an earlier run with this exit code. */
void tally_held(struct tally *t, int code);

/* Of all rows: EXIT_REFUSED if any is that, else EXIT_OPEN if any is or is missing. */
int tally_exit(const struct tally *t);

/* The summary, as lines of text. */
void tally_print(const struct tally *t, struct buf *out);

#endif
