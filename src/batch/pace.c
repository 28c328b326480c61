/* SPDX-License-Identifier: MIT */
/*
 * pace.c - a window per nameserver. RFC 5681, 3.1 for slow start, congestion avoidance
 * and the cut. The time-out is the user's, and does not adapt.
 *
 * Silence alone is no sign of load: one domain in a hundred is dead, and its questions
 * time out however idle the resolver is. A question that is answered when it is asked
 * again had been dropped: that is the sign. A few of them mean that questions deserve
 * more tries; a path that loses packets by chance loses no fewer when asked slowly, so
 * the window is cut when they are many, or when a quarter of all tries fail.
 */
#include "batch/pace.h"

enum {
    ONE = 1024,         /* the unit of windows and shares */
    QUIET = 8,          /* under way: what is lost among so few is lost by no load */
    GLANCE = 32,        /* tries that tell something already */
    EPOCH = 128,        /* tries after which shares are looked at */
    SILENT_CUT = 256,   /* of tries without an answer, and of SERVFAIL: a quarter */
    REGAINED_CUT = 128, /* of tries answered only when asked again: an eighth */
    REGAINED_LOAD = 20, /* a fiftieth is no accident any more */
    TOKEN = 1000000,
    BURST_US = 100000 /* tokens that are kept: of so many microseconds */
};

void pace_init(struct pace *p, unsigned window_max, unsigned qps, int64_t now_us)
{
    *p = (struct pace){
        .window_max = window_max,
        .qps = qps,
        .window = (uint64_t)ONE *
                  (window_max < PACE_WINDOW_FIRST ? window_max : PACE_WINDOW_FIRST),
        .threshold = (uint64_t)ONE * window_max,
        .tokens = TOKEN,
        .filled_us = now_us,
        .cut_us = now_us,
    };
}

static void fill(struct pace *p, int64_t now_us)
{
    int64_t most = (int64_t)p->qps * BURST_US;
    int64_t passed = now_us - p->filled_us;

    if (most < TOKEN)
        most = TOKEN;
    p->filled_us = now_us;
    p->tokens += passed < TOKEN ? passed * p->qps : most;
    if (p->tokens > most)
        p->tokens = most;
}

bool pace_open(struct pace *p, int64_t now_us)
{
    if (p->under_way >= pace_window(p))
        return false;
    if (!p->qps)
        return true;
    fill(p, now_us);
    return p->tokens >= TOKEN;
}

int64_t pace_next(const struct pace *p, int64_t now_us)
{
    if (!p->qps || p->tokens >= TOKEN)
        return now_us;
    return p->filled_us + (TOKEN - p->tokens + p->qps - 1) / p->qps;
}

void pace_sent(struct pace *p)
{
    p->under_way++;
    if (p->qps)
        p->tokens -= TOKEN;
}

/* Only a window that is in use may grow (RFC 7661). */
static void grow(struct pace *p)
{
    if (p->under_way < pace_window(p) * 3 / 4)
        return;
    p->window += p->window < p->threshold ? ONE : (uint64_t)ONE * ONE / p->window;
    if (p->window > (uint64_t)ONE * p->window_max)
        p->window = (uint64_t)ONE * p->window_max;
}

static void cut(struct pace *p, int64_t now_us)
{
    uint64_t least = (uint64_t)ONE * PACE_WINDOW_MIN;

    if (least > (uint64_t)ONE * p->window_max)
        least = (uint64_t)ONE * p->window_max;
    p->window /= 2;
    if (p->window < least)
        p->window = least;
    p->threshold = p->window;
    p->cut_us = now_us;
}

/* Is a share of the tries of this epoch beyond what is told apart from chance? */
static bool beyond(const struct pace *p, unsigned lost_most, unsigned regained_most)
{
    return (p->silent + p->bad) * ONE > lost_most * p->ended ||
           p->regained * ONE > regained_most * p->ended;
}

static void look(struct pace *p, int64_t now_us)
{
    bool pressed = beyond(p, SILENT_CUT, REGAINED_LOAD);

    p->load = (3 * p->load + (pressed ? ONE : 0)) / 4;
    if (beyond(p, SILENT_CUT, REGAINED_CUT))
        cut(p, now_us);
    p->ended = p->silent = p->bad = p->regained = 0;
}

void pace_ended(struct pace *p, enum dns_outcome outcome, bool regained,
                int64_t sent_us, int64_t now_us)
{
    p->under_way--;
    if (sent_us < p->cut_us) /* a loss of before the cut, and answered for by it */
        return;
    if (p->under_way < QUIET && outcome > DNS_NXDOMAIN)
        return;
    p->ended++;
    p->silent += outcome == DNS_TIMEOUT;
    p->bad += outcome == DNS_SERVFAIL || outcome == DNS_REFUSED;
    p->regained += regained;
    if (outcome <= DNS_NXDOMAIN && !regained)
        grow(p);
    if (p->ended >= EPOCH)
        look(p, now_us);
}

bool pace_pressed(const struct pace *p)
{
    return p->load > ONE / 8 ||
           (p->ended >= GLANCE && beyond(p, SILENT_CUT, REGAINED_CUT));
}

unsigned pace_window(const struct pace *p)
{
    return (unsigned)(p->window / ONE);
}
