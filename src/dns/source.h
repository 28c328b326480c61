/* SPDX-License-Identifier: MIT */
/*
 * source.h - where answers come from: live DNS, a script in tests, later a recording.
 *
 * A source makes single tries and reports how each ended. Whether a question is worth a
 * second try is decided by the engine (audit/engine.c), which alone knows what hangs on
 * it.
 */
#ifndef DNS_SOURCE_H
#define DNS_SOURCE_H

#include "base/status.h"
#include "dns/answer.h"

struct dns_source;

/* One try of one question, as asked and as reported back. */
struct dns_try {
    const struct dns_name *name; /* lives until the try is reported */
    uint16_t type;
    unsigned attempt; /* 0 for the first: a source with several servers turns by it */
    void *ticket;     /* the engine's; handed back untouched */
};

/* How a try ended. DNS_TIMEOUT: no answer within one time-out. The answer is in the
 * arena given to wait. */
struct dns_event {
    void *ticket;
    const struct dns_answer *answer;
};

struct dns_source_ops {
    /* Begin a try, or queue it when too many are in flight. Never blocks, never
     * reports: a try that fails at once is reported by the next wait. */
    enum ac_status (*ask)(struct dns_source *s, const struct dns_try *t);

    /*
     * Wait until a try ends or until_us (clock_us) is past, whichever is first; returns
     * at once with what is there already. Writes at most max events.
     */
    enum ac_status (*wait)(struct dns_source *s, int64_t until_us, struct arena *into,
                           struct dns_event *events, size_t max, size_t *n);

    /* Drop all tries that are open; nothing of them is reported any more. */
    void (*cancel)(struct dns_source *s);

    void (*free)(struct dns_source *s);
};

struct dns_source {
    const struct dns_source_ops *ops;
};

#endif
