/* SPDX-License-Identifier: MIT */
/*
 * share.h - one source for many audits: what several of them ask at the same time is
 * asked once, and answers are kept for their TTL, in bounded memory.
 *
 * Each audit has a seat: a source of its own, as audit/drive.h wants it. Answers are
 * copied into the arena that the seat was given, so an audit outlives the cache.
 */
#ifndef BATCH_SHARE_H
#define BATCH_SHARE_H

#include "batch/pace.h"
#include "dns/source.h"
#include "dns/view.h"

struct share;

struct share_options {
    struct dns_source *source; /* stays the caller's; only tries of share are in it */
    unsigned servers;          /* that it turns through by attempt */
    unsigned window;           /* most questions under way at a server */
    unsigned qps;              /* and most a second; 0: no cap */
    size_t bytes;              /* most that the kept answers may take */
    uint64_t seed;             /* chance, for the hash */
};

struct share_counts {
    uint64_t asked;   /* tries that seats asked for */
    uint64_t shared;  /* of them answered from what was kept or under way */
    uint64_t packets; /* tries that the source was asked for */
    size_t bytes;     /* kept now */
    unsigned window;  /* of the server that was asked last */
};

/* What is kept, without asking: for dns_view.at_hand, which may live as long as the
 * share. */
const struct dns_at_hand *share_at_hand(const struct share *s);

struct share_waiter;

struct share_seat {
    struct dns_source base; /* ask and cancel; events come through share_take */
    struct share *share;
    struct arena *arena;
    void *owner;
    bool load;   /* a try failed, or was dropped unsent, while its server was pressed */
    bool listed; /* it is in the list of seats with news; the rest is share's own */
    struct share_seat *next_news;
    struct share_waiter *waiting;           /* tries that are open */
    struct share_waiter *ready, *ready_end; /* tries that ended */
};

/* NULL: no memory. */
struct share *share_new(const struct share_options *options);
void share_free(struct share *s);

void share_sit(struct share *s, struct share_seat *seat, struct arena *arena,
               void *owner);
/* Drops what it still waits for. */
void share_leave(struct share_seat *seat);

/* Send what may be sent; read what has come, or wait for it no longer than until_us. */
enum ac_status share_wait(struct share *s, int64_t until_us) AC_MUST_USE;

/* A seat with news, or NULL; then its events one by one, until false. An event without
 * an answer: there was no room for it in the arena of the seat. */
struct share_seat *share_news(struct share *s);
bool share_take(struct share_seat *seat, struct dns_event *out);

/* Are there more questions to be sent than may be sent soon? */
bool share_crowded(const struct share *s);

/* Does some server that was asked lately drop or refuse under load? */
bool share_pressed(const struct share *s);

void share_counts(const struct share *s, struct share_counts *out);

#endif
