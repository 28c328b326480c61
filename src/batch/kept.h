/* SPDX-License-Identifier: MIT */
/*
 * kept.h - the answers that several audits share, by question, in bounded memory.
 * RFC 2308 for how long a "no" and a failure live.
 */
#ifndef BATCH_KEPT_H
#define BATCH_KEPT_H

#include "dns/answer.h"

/* A question that is known: with its answer, or on its way (flight), or lost. */
struct kept_entry {
    struct kept_entry *next; /* in its bucket */
    struct kept_entry *newer, *older;
    uint64_t hash;
    int64_t expires_us;              /* what came by then is not the answer any more */
    const struct dns_answer *answer; /* one block; NULL: not known */
    size_t size;                     /* bytes, the block included */
    struct share_flight *flight;     /* tries on their way, one a server */
    unsigned server;                 /* whose failure it is */
    uint16_t type;
    uint8_t n; /* octets of name */
    bool lost; /* a try was not answered */
    uint8_t name[];
};

struct kept {
    struct kept_entry **bucket;
    size_t n_buckets;                   /* a power of two */
    struct kept_entry *newest, *oldest; /* entries without a flight */
    size_t bytes, max_bytes;
    uint64_t key[2];
};

enum ac_status kept_init(struct kept *k, size_t max_bytes, uint64_t seed) AC_MUST_USE;
void kept_free(struct kept *k);

/* The entry of a question, or NULL. */
struct kept_entry *kept_known(const struct kept *k, const struct dns_name *name,
                              uint16_t type);

/* The entry of a question, made if it was not there; NULL: no memory. */
struct kept_entry *kept_entry(struct kept *k, const struct dns_name *name,
                              uint16_t type);

/* Its answer, if there is one that may still be given for a question to this server. */
const struct dns_answer *kept_answer(struct kept *k, struct kept_entry *e,
                                     unsigned server, int64_t now_us);

/* Keep this answer of that server as long as it may live: not at all, in some cases. */
enum ac_status kept_put(struct kept *k, struct kept_entry *e,
                        const struct dns_answer *answer, unsigned server,
                        int64_t now_us) AC_MUST_USE;

/* While an entry has a flight it is never thrown out. Call when the first takes off and
 * when the last has landed; the entry may be gone after the latter. */
void kept_hold(struct kept *k, struct kept_entry *e);
void kept_release(struct kept *k, struct kept_entry *e);

/* A copy that hangs on nothing else, in the arena; NULL: no memory. */
const struct dns_answer *kept_copy(const struct dns_answer *answer, struct arena *into);

#endif
