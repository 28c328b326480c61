/* SPDX-License-Identifier: MIT */
/*
 * live.h - the live source and a server that misbehaves on demand, for a cmocka test.
 *
 * No test depends on speed: where an answer must come the patience is long, and where
 * none can come it is short.
 */
#ifndef SUPPORT_LIVE_H
#define SUPPORT_LIVE_H

#include "net/ares.h"
#include "support/dnsd.h"

enum {
    PATIENT_MS = 30000, /* an answer comes */
    SHORT_MS = 200      /* none comes */
};

extern struct dnsd *live_server; /* with live_zone */
extern struct dnsd *live_second; /* NULL, or the test's */
extern struct dns_source *live_source;
extern struct arena live_arena; /* of the answers */
extern const char live_zone[];

/* For cmocka: a server, no source yet; all of it freed. */
int live_set_up(void **state);
int live_tear_down(void **state);

/* Open the source on live_server, and live_second where there is one. */
void live_open(unsigned timeout_ms, unsigned in_flight);

struct dns_name live_name(const char *text);
void live_ask(const struct dns_name *name, uint16_t type, unsigned attempt,
              void *ticket);

/* Events until n have come. */
void live_wait(size_t n, struct dns_event *events);

/* One question (one of its tries), and its answer. */
const struct dns_answer *live_ask_one(const char *name, uint16_t type);
const struct dns_answer *live_ask_attempt(const char *name, uint16_t type,
                                          unsigned attempt);

/* Fail the test when the outcome is another; `clause` says why it must be so. */
void live_expect(const struct dns_answer *a, enum dns_outcome outcome,
                 const char *clause);
void live_expect_txt(const struct dns_answer *a, const char *text);

#endif
