/* SPDX-License-Identifier: MIT */
/*
 * record.h - an SPF record as text, as terms, and as problems. RFC 7208, 4.5, 4.6,
 * 5, 6.
 *
 * The parser recovers: a bad term is kept as SPF_BAD and the terms after it are read.
 * What a receiver makes of it is `usable`: one syntax error anywhere spoils the record.
 */
#ifndef SPF_RECORD_H
#define SPF_RECORD_H

#include "base/arena.h"
#include "base/ip.h"
#include "dns/answer.h"

enum {
    SPF_TERMS_MAX = 5500,  /* our own cap, over what 64 KiB of ip4 terms are; what comes
                              after is a problem */
    SPF_PROBLEMS_MAX = 20, /* kept of one record */
};

enum spf_kind {
    SPF_ALL,
    SPF_INCLUDE,
    SPF_A,
    SPF_MX,
    SPF_PTR,
    SPF_IP4,
    SPF_IP6,
    SPF_EXISTS,
    SPF_REDIRECT,
    SPF_EXP,
    SPF_UNKNOWN, /* a modifier that nobody knows: ignored */
    SPF_BAD,     /* a syntax error */
};

struct spf_term {
    enum spf_kind kind;
    char qualifier;    /* '+' '-' '~' '?'; of mechanisms */
    struct span text;  /* as written */
    struct span name;  /* "include", "redirect", ... as written */
    struct span value; /* domain-spec, or value of a modifier; p NULL: none given */
    struct ip net;     /* of ip4 and ip6 */
    uint8_t bits4;     /* prefix lengths of a, mx, ip4, ... */
    uint8_t bits6;     /* ... ip6; 32 and 128 where none is written */
};

struct spf_problem {
    size_t at, n;     /* octets in the record's text */
    const char *what; /* one clause, lives for ever */
};

struct spf_record {
    struct span text;
    const struct spf_term *term;
    size_t n;
    const struct spf_term *redirect, *exp, *all; /* the first of each, or NULL */
    const struct spf_problem *problem;
    size_t n_problems;
    bool usable; /* a receiver would evaluate it: no problems (RFC 7208, 4.6) */
};

/* Does the text begin with "v=spf1" and a space or its end (RFC 7208, 4.5)? */
bool spf_record_is(struct span text);

/* Read the text of a record; it is borrowed. AC_ENOMEM. */
enum ac_status spf_record_parse(struct arena *a, struct span text,
                                struct spf_record *out) AC_MUST_USE;

/*
 * The SPF records among TXT records (RFC 7208, 4.5): returns how many there are, and
 * the first one's text, its strings joined (RFC 7208, 3.3), in *text. AC_ENOMEM shows
 * as text->p == NULL with a count over 0.
 */
size_t spf_record_select(struct arena *a, const struct dns_answer *txt,
                         struct span *text);

/* Does evaluating the term ask the DNS, so that it counts (RFC 7208, 4.6.4)? */
bool spf_term_counts(const struct spf_term *term);

#endif
