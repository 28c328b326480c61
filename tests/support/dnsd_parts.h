/* SPDX-License-Identifier: MIT */
/*
 * dnsd_parts.h - what dnsd.c (sockets) and dnsd_reply.c (what is said) share.
 */
#ifndef SUPPORT_DNSD_PARTS_H
#define SUPPORT_DNSD_PARTS_H

#include "support/dnsd.h"

#include <pthread.h>
#include <sys/socket.h>

enum {
    MESSAGE_MAX = 65535,
    HEADER = 12,
    CONNS_MAX = 64,
    LINKS_MAX = 40,
    PORT_TRIES = 100,
    TYPE_OPT = 41
};

struct record {
    struct dns_name owner;
    uint16_t type;
    uint32_t ttl;
    size_t n;
    uint8_t *rdata;
};

struct rule {
    struct dnsd_rule as;
    bool any_name;
    struct dns_name name;
    unsigned used;
};

/* A connection, with what was read of it and what is still to be written. */
struct conn {
    int fd; /* -1: free */
    uint16_t port;
    size_t n_in, n_out, written;
    uint8_t in[2 + MESSAGE_MAX];
    uint8_t *out;
};

/* A reply that waits for its time. */
struct later {
    struct later *next;
    int64_t due_us;
    struct conn *conn; /* NULL: UDP */
    struct sockaddr_storage to;
    socklen_t to_n;
    size_t n;
    uint8_t bytes[];
};

struct dnsd {
    char address[DNSD_ADDRESS_MAX];
    int udp, tcp, stop[2];
    bool listens;
    pthread_t thread;
    pthread_mutex_t lock;
    struct record *records;
    size_t n_records;
    struct rule *rules;
    size_t n_rules;
    struct dnsd_query *queries;
    size_t n_queries;
    struct later *later;
    struct conn conns[CONNS_MAX];
};

/* A question in hand, and the reply that is made for it. */
struct job {
    struct dnsd *d;
    struct conn *conn;
    struct sockaddr_storage from;
    socklen_t from_n;
    struct dnsd_query q;
    struct dnsd_rule rule;
    size_t limit; /* of a UDP reply */
    size_t question_n;
    uint8_t question[DNS_NAME_MAX + 4];
    size_t n;
    uint8_t out[MESSAGE_MAX + 512];
    unsigned rcode, an, ns;
    bool cut;
};

/* The first rule that fits the question and is not used up, or NULL; counts its use. */
const struct rule *dnsd_rule_find(struct dnsd *d, const struct dns_name *name,
                                  uint16_t type);

/* The reply to j->q by j->rule and the zone, in j->out. */
void dnsd_reply_build(struct job *j);

#endif
