/* SPDX-License-Identifier: MIT */
/*
 * crew.h - many audits at once over one source: questions that several of them have are
 * asked once and answers are kept for their TTL (negative ones as RFC 2308 has it), in
 * bounded memory.
 *
 * The caller makes the audits and prints them; the crew drives them. One thread, no
 * callbacks: take on audits while there is room, wait for one that is done, print it,
 * free it, go on.
 */
#ifndef BATCH_CREW_H
#define BATCH_CREW_H

#include "audit/audit.h"
#include "audit/drive.h"
#include "net/ares.h"

struct crew;

enum {
    CREW_POLITE_QPS = 500 /* a public resolver is everybody's */
};

struct crew_options {
    struct net_options net;
    struct drive_options drive; /* .deadline_us counts from crew_take for each audit */
    unsigned in_flight;         /* audits at once; 0: the default */
    unsigned qps; /* most questions a second and nameserver; 0: no cap where all of them
                   * are near (net_source_is_near), else CREW_POLITE_QPS */
};

/* What was done so far. */
struct crew_stats {
    uint64_t questions;       /* wanted by audits */
    uint64_t shared;          /* answered from what was known, or under way already */
    uint64_t packets;         /* sent, second tries included */
    uint64_t unanswered;      /* questions that ended without an answer ... */
    uint64_t unanswered_load; /* ... of these, where servers dropped under load */
    unsigned window;          /* questions allowed under way now */
};

/* NULL with `error` set to one line; offline: no source is opened. */
struct crew *crew_new(const struct crew_options *options, bool offline,
                      char error[static NET_ERROR_MAX]);
/* The same over a source of the caller's with so many servers, which stays his. */
struct crew *crew_new_over(const struct crew_options *options,
                           struct dns_source *source, unsigned servers);

void crew_free(struct crew *c); /* the audits that it holds stay the caller's */

/* For audit_options.pool: memory that one audit gives back and the next takes. The
 * crew must outlive the audits then. */
struct arena_pool *crew_pool(struct crew *c);

/* Is there room for one more? */
bool crew_has_room(const struct crew *c);

/* Drive this audit, which stays the caller's and must live until crew_wait hands it
 * back. */
enum ac_status crew_take(struct crew *c, struct audit *a, void *ticket) AC_MUST_USE;

/* One audit that ended. status: AC_OK: audit_result is there; else a failure of ours.
 */
struct crew_done {
    struct audit *audit;
    void *ticket;
    enum ac_status status;
    bool load; /* some question stayed open because servers were under load */
};

/* Wait until an audit ends (AC_OK), or until_us (clock_us) is past (AC_PENDING: also
 * every tenth of a second, so that the caller may look at his signals; and at once when
 * there is no audit). */
enum ac_status crew_wait(struct crew *c, int64_t until_us,
                         struct crew_done *out) AC_MUST_USE;

void crew_stats(const struct crew *c, struct crew_stats *out);

#endif
