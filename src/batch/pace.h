/* SPDX-License-Identifier: MIT */
/*
 * pace.h - how many questions one nameserver is sent at once, and how fast.
 *
 * A window of questions under way that grows while answers come and is cut when they
 * stay away (additive increase, multiplicative decrease, as RFC 5681 has it for TCP),
 * and a token bucket for a rate that must not be passed. Pure: time is handed in.
 */
#ifndef BATCH_PACE_H
#define BATCH_PACE_H

#include "dns/answer.h"

enum {
    PACE_WINDOW_MIN = 64,
    PACE_WINDOW_FIRST = 64
};

struct pace {
    unsigned window_max;
    unsigned qps;               /* 0: no cap */
    uint64_t window, threshold; /* in 1/1024 of a question */
    unsigned under_way;
    int64_t tokens; /* in 1/1000000 of a question */
    int64_t filled_us;
    int64_t cut_us; /* when the window was cut last: older losses are known */
    unsigned ended, silent, bad, regained; /* tries of this epoch */
    unsigned load; /* share of tries lost to load of late, in 1/1024 */
};

void pace_init(struct pace *p, unsigned window_max, unsigned qps, int64_t now_us);

/* May one more be sent now? */
bool pace_open(struct pace *p, int64_t now_us);

/* When a token will be there, while the window is open; now_us or earlier: at once. */
int64_t pace_next(const struct pace *p, int64_t now_us);

void pace_sent(struct pace *p);

/*
 * A try that was sent at sent_us ended so. regained: it was answered after an earlier
 * try of the same question had not been, which tells that the server had dropped it:
 * a name that nobody answers for stays silent.
 */
void pace_ended(struct pace *p, enum dns_outcome outcome, bool regained,
                int64_t sent_us, int64_t now_us);

/* Does the server drop or refuse under load just now? */
bool pace_pressed(const struct pace *p);

/* Questions that may be under way now. */
unsigned pace_window(const struct pace *p);

#endif
