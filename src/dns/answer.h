/* SPDX-License-Identifier: MIT */
/*
 * answer.h - what the DNS said to one question. Never changed once it is made.
 */
#ifndef DNS_ANSWER_H
#define DNS_ANSWER_H

#include "base/arena.h"
#include "base/ip.h"
#include "dns/name.h"

/* Record types that authcheck knows by name (IANA numbers). */
enum dns_type {
    DNS_T_A = 1,
    DNS_T_NS = 2,
    DNS_T_CNAME = 5,
    DNS_T_SOA = 6,
    DNS_T_PTR = 12,
    DNS_T_MX = 15,
    DNS_T_TXT = 16,
    DNS_T_AAAA = 28,
    DNS_T_SPF = 99,
};

/* Three groups: the DNS answered, answered badly, did not answer. */
enum dns_outcome {
    DNS_ANSWER,   /* records of the type that was asked for */
    DNS_NODATA,   /* the name exists, the type does not */
    DNS_NXDOMAIN, /* the name does not exist (RFC 8020: nor does anything below it) */
    DNS_SERVFAIL,
    DNS_REFUSED,   /* and every other error code */
    DNS_MALFORMED, /* not a DNS message, not our question, or a CNAME loop */
    DNS_BOGUS,     /* fails DNSSEC */
    DNS_TIMEOUT,
    DNS_UNREACHABLE, /* no server could be reached */
    DNS_DEADLINE,    /* the audit ended first, or may ask no more */
};

struct dns_rr {
    struct span rdata; /* uncompressed */
    uint32_t ttl;      /* seconds */
};

struct dns_answer {
    enum dns_outcome outcome;
    bool unfinished; /* a CNAME chain whose end was not in the reply: ask for the end */
    bool ad;         /* the resolver says that DNSSEC holds */
    uint8_t rcode;
    uint32_t ttl; /* seconds: least of the records and CNAMEs; RFC 2308 when negative */
    const struct dns_name *cname; /* targets of the CNAMEs, in order */
    size_t n_cname;
    const struct dns_rr *rr; /* all of the type asked for; only when DNS_ANSWER */
    size_t n;
};

/* Did the DNS answer at all, with records or with a certain "no"? */
static inline bool dns_answered(const struct dns_answer *a)
{
    return a->outcome <= DNS_NXDOMAIN;
}

/* The name of the records: the end of the CNAME chain, or `asked` where there is none.
 */
const struct dns_name *dns_answer_owner(const struct dns_answer *a,
                                        const struct dns_name *asked);

/* "SERVFAIL", "no answer (timeout)", ...: for people. */
const char *dns_outcome_print(enum dns_outcome outcome);

/* "nxdomain", "timeout", ...: for programs. Never changed, since they stand in files.
 */
const char *dns_outcome_word(enum dns_outcome outcome);

/* "TXT", or "TYPE65"; the text lives for ever or in `out`. */
enum {
    DNS_TYPE_TEXT_MAX = 12
};
const char *dns_type_print(uint16_t type, char out[static DNS_TYPE_TEXT_MAX]);

/* "TXT", "txt" or "TYPE16" to the number; false when unknown. */
bool dns_type_parse(struct span text, uint16_t *out);

/* The character-strings of a TXT record joined with nothing between (RFC 7208, 3.3).
 * In the arena, or borrowed from the record when there is one string only; p is NULL
 * when the arena is full. Malformed RDATA gives what could be read. */
struct span dns_txt_join(struct arena *a, const struct dns_rr *rr);

/* Preference and exchange of an MX record, target of a PTR or CNAME; false when the
 * RDATA is not that. */
bool dns_mx_read(const struct dns_rr *rr, uint16_t *preference, struct dns_name *host);
bool dns_target_read(const struct dns_rr *rr, struct dns_name *target);

#endif
