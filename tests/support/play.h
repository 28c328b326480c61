/* SPDX-License-Identifier: MIT */
/*
 * play.h - a whole audit over a small world: a row of a table in, a result or a report
 * out; the answers come one by one, in any order. No network, no clock.
 */
#ifndef SUPPORT_PLAY_H
#define SUPPORT_PLAY_H

#include "audit/audit.h"
#include "support/world.h"

enum {
    PLAY_MAX = 8 /* addresses, selectors */
};

/* One audit. Texts that are NULL, and zeros, leave the matter out. */
struct play_row {
    const char *why, *zone;
    const char *fault; /* "NAME TYPE OUTCOME; ...": TYPE may be *, OUTCOME is servfail,
                          refused, malformed, bogus, timeout, unreachable, deadline */
    const char *domain;
    const char *ip, *selector; /* several with blanks between */
    const char *mail_from, *helo;
    bool is_unsigned;
    bool guess_helo;
    bool reputation; /* and block lists */
    size_t discover;
};

struct play {
    struct world world;
    struct audit_options options;
    struct ip ip[PLAY_MAX];
    struct audit_selector selector[PLAY_MAX];
    const struct receiver *receiver[1];
    char *words; /* copies that the above point into */
};

/* Fails the running test when the row is not sound. */
void play_init(struct play *p, const struct play_row *row);
void play_free(struct play *p);

/*
 * The audit, to its end. order 0: all open questions are answered, then the audit goes
 * on; else they are answered one at a time, in an order by this number. The caller
 * frees it (audit_free).
 */
struct audit *play_run(const struct play *p, uint64_t order);

/* The same as a report in JSON; the caller frees it (free). */
char *play_json(const struct play *p, uint64_t order);

/* In one go, for tests that look at a result: frees with play_end. */
const struct audit_result *play_begin(struct play *p, const struct play_row *row,
                                      struct audit **audit);
void play_end(struct play *p, struct audit *audit);

/* The first finding with that public id, or NULL. */
const struct finding *play_finding(const struct audit_result *r, const char *id);

/* A number that follows another, for chance that can be repeated. */
uint64_t play_next(uint64_t *state);

#endif
