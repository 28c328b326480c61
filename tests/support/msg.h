/* SPDX-License-Identifier: MIT */
/*
 * msg.h - DNS messages made by hand, right or wrong, for tests of what reads them.
 */
#ifndef SUPPORT_MSG_H
#define SUPPORT_MSG_H

#include "dns/wire.h"

enum {
    MSG_NOERROR = 0x8180,
    MSG_SERVFAIL = 0x8182,
    MSG_NXDOMAIN = 0x8183,
    MSG_TC = 0x0200,
    MSG_AA = 0x0400,
    MSG_OPT = 41
};

/* A message in the making. Counts are patched as records are put. */
struct msg {
    uint8_t p[66000];
    size_t n;
};

extern struct msg msg; /* the one in hand: too large for the stack of a test */
extern struct arena msg_arena;
extern const struct dns_answer *msg_answer; /* of the last msg_read */

struct dns_name msg_name(const char *text);

/* A new message; without a question where that is NULL. */
void msg_begin(unsigned flags, const char *question, unsigned type);

void msg_put(const void *p, size_t n);
void msg_put16(unsigned v);

/* "@12" is a pointer, "a.b" a whole name, "a.@12" labels and a pointer. */
void msg_put_name(const char *text);

/* A record, or all of it but the RDATA. section: 6 answer, 8 authority, 10 additional
 * (the offset of its count, which is raised). */
void msg_head(unsigned section, const char *owner, unsigned type, unsigned ttl,
              size_t rdlen);
void msg_record(unsigned section, const char *owner, unsigned type, unsigned ttl,
                const void *rdata, size_t n);
void msg_alias(const char *owner, const char *target, unsigned ttl);
void msg_soa(const char *owner, unsigned ttl, unsigned minimum);

/* Read the message as the reply to a question: into msg_answer. */
void msg_read(const char *name, uint16_t type);

/* Fail the test when the answer is another. */
void msg_expect(enum dns_outcome outcome, const char *clause);
void msg_expect_rdata(size_t i, const void *rdata, size_t n);

#endif
