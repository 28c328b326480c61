/* SPDX-License-Identifier: MIT */
/*
 * batch.h - many audits: rows in, rows out, whatever befalls one of them.
 */
#ifndef BATCH_BATCH_H
#define BATCH_BATCH_H

#include "batch/crew.h"
#include "report/exit.h"

enum {
    BATCH_ERROR_MAX = 1024
};

struct batch_options {
    /* What every row has that does not say it itself. Of the selectors only the texts
     * are used: they are read anew for the domain of each row. */
    struct audit_options audit;
    struct crew_options crew;
    const char *input;  /* a file; NULL or "-": standard input */
    const char *output; /* a file; NULL: standard output */
    bool text;          /* a line of text a row instead of NDJSON */
    bool ordered;       /* rows in the order of the input */
    bool resume;        /* go on with what `output` holds */
    bool quiet;         /* neither progress nor summary */
    enum fail_on fail_on;
};

/*
 * Run it. The exit code over all rows: EXIT_USAGE with one line in `error` (foreign
 * bytes in it) where the input is unreadable or the output failed, else as tally_exit
 * has it. After SIGINT or SIGTERM no row is begun any more, those under way get a
 * second, and the exit code is EXIT_OPEN at least, since rows are missing.
 */
int batch_run(const struct batch_options *options, char error[static BATCH_ERROR_MAX]);

#endif
