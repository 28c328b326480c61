/* SPDX-License-Identifier: MIT */
/*
 * dnsd.h - a DNS server on loopback that does what a test tells it, well or badly. UDP
 * and TCP on one port of the system's choice, in a thread of its own.
 */
#ifndef SUPPORT_DNSD_H
#define SUPPORT_DNSD_H

#include "dns/answer.h"

struct dnsd;

enum dnsd_option {
    DNSD_V6 = 1,    /* on ::1 */
    DNSD_NO_TCP = 2 /* TCP connections are refused */
};

/* What is done to a reply, one or several. "Before": a datagram in front of the true
 * answer, or alone with DNSD_SILENT. */
enum dnsd_trick {
    DNSD_SILENT = 1,      /* no answer */
    DNSD_CUT = 2,         /* over UDP: TC and no records */
    DNSD_GARBAGE = 4,     /* before: octets that are no message */
    DNSD_WRONG_ID = 8,    /* before: the answer with another id */
    DNSD_OTHER_NAME = 16, /* before: a NXDOMAIN to another question, the id is right */
    DNSD_TWICE = 32,      /* the answer two times */
    DNSD_HANG_UP = 64,    /* over TCP: the connection ends in place of an answer */
    DNSD_NO_SOA = 128,    /* a negative answer without an SOA */
    DNSD_BROKEN = 256,    /* header and question are right, the records are not */
    DNSD_FORMERR = 512,   /* as a server that does not know EDNS */
    DNSD_SHORT = 1024     /* a CNAME without what it points to, and no SOA */
};

struct dnsd_rule {
    const char *name; /* NULL: every name */
    uint16_t type;    /* 0: every type */
    bool unlisted;    /* only types of which the zone has no record at that name */
    unsigned tricks;
    unsigned rcode; /* not 0: in place of an answer */
    int ede;        /* not 0: with that extended error (RFC 8914) */
    unsigned delay_ms;
    unsigned times; /* so many questions, then the rule is void; 0: for ever */
};

/* A question as it came. */
struct dnsd_query {
    struct dns_name name;
    uint16_t type;
    uint16_t id;
    uint16_t port; /* of the asker */
    uint16_t edns; /* UDP size in the OPT record; 0: there was none */
    bool opt_last; /* the packet ends with an OPT record without options */
    bool tcp, rd, ad;
};

enum {
    DNSD_ADDRESS_MAX = 32
};

/* NULL when sockets cannot be had (no ::1). Until dnsd_free. */
struct dnsd *dnsd_new(unsigned options);
void dnsd_free(struct dnsd *d);

/* "127.0.0.1:5353", "[::1]:5353": as --nameserver takes it. */
const char *dnsd_address(const struct dnsd *d);

/* Records, one a line, owners relative to the root: "example.com. 300 IN A 192.0.2.1".
 * Fails the running test when it does not parse. */
void dnsd_zone(struct dnsd *d, const char *text);

/* One record by its octets; rdata is copied. */
void dnsd_record(struct dnsd *d, const char *name, uint16_t type, uint32_t ttl,
                 struct span rdata);

/* The first rule that fits holds; name is copied. */
void dnsd_rule(struct dnsd *d, const struct dnsd_rule *rule);

/* Forget zone, rules and questions. */
void dnsd_clear(struct dnsd *d);

/* What was asked so far: how many of a name (NULL: all) and type (0: all); the i-th. */
size_t dnsd_asked(struct dnsd *d, const char *name, uint16_t type);
bool dnsd_query(struct dnsd *d, size_t i, struct dnsd_query *out);

#endif
