/* SPDX-License-Identifier: MIT */
/*
 * progress.h - what a batch tells while it runs: a line that is written over on a
 * terminal, one a minute elsewhere.
 */
#ifndef BATCH_PROGRESS_H
#define BATCH_PROGRESS_H

#include "batch/crew.h"
#include "batch/lines.h"
#include "batch/tally.h"

struct progress {
    bool quiet;
    bool terminal; /* where it is written */
    bool shown;    /* a line stands there that is to be written over */
    int64_t started_us, next_us;
};

/* What it tells of. */
struct progress_of {
    const struct tally *tally;
    const struct crew *crew;
    const struct lines *input;
};

void progress_init(struct progress *p, bool quiet);

/* The line, as it stands at now_us. */
void progress_line(const struct progress *p, const struct progress_of *of,
                   int64_t now_us, struct buf *out);

/* Tell if it is time to; when to come again: p->next_us. */
void progress_tell(struct progress *p, const struct progress_of *of, int64_t now_us);

/* The summary at the end. */
void progress_end(struct progress *p, const struct progress_of *of, int64_t now_us);

#endif
