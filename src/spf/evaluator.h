/* SPDX-License-Identifier: MIT */
/*
 * evaluator.h - the SPF evaluators that receivers run, as deviations from RFC 7208: one
 * check_host() with other limits and named quirks. Rows of evaluators.def.
 */
#ifndef SPF_EVALUATOR_H
#define SPF_EVALUATOR_H

#include "spf/record.h"

#include <limits.h>

/* What an evaluator does otherwise than RFC 7208; bits of ac_limits.spf_quirks. */
enum spf_quirk {
    SPF_LAZY_SYNTAX = 1,    /* a bad term counts only where the evaluation reaches it */
    SPF_SKIPS_UNKNOWN = 2,  /* a mechanism that nobody knows does not match */
    SPF_SKIPS_BAD = 4,      /* no bad term matches */
    SPF_IPV4_WORD = 8,      /* "ipv4:" and "ipv6:" are read as ip4 and ip6 */
    SPF_FIRST_RECORD = 16,  /* of several records one is taken */
    SPF_EMPTY_INCLUDE = 32, /* an include that leads to no record does not match */
    SPF_NO_PASS_ALL = 64,   /* +all is an error */
    SPF_VOID_A_ENDS = 128,  /* `a` without an address is permerror at once */
    SPF_COUNTS_RECORDS = 256, /* include and redirect count, and nothing else does */
    SPF_COUNTS_BEFORE = 512,  /* the limit is looked at before each term, `all` as well,
                                 and what an include has cost is forgotten behind it */
    SPF_FAILURE_IS_NONE = 1024, /* the DNS fails for the domain's own record: none */
};

enum {
    SPF_NO_LIMIT = INT_MAX
};

enum spf_evaluator {
#define E(id, name, lookups, voids, quirks, who, source) SPF_EVALUATOR_##id,
#include "spf/evaluators.def"
#undef E
    SPF_EVALUATORS_N
};

struct spf_evaluator_row {
    const char *name;
    unsigned lookups, voids; /* limits: RFC 7208, 4.6.4 */
    unsigned quirks;
    const char *who; /* programs that run it */
    const char *source;
};

const struct spf_evaluator_row *spf_evaluator(enum spf_evaluator id);

/* "takes one of several records", for the lowest bit; lives for ever. */
const char *spf_quirk_print(unsigned quirk);

/* A bad term as `ip4` or `ip6` when it is one under SPF_IPV4_WORD. */
bool spf_evaluator_reads_ip(const struct spf_term *bad, struct spf_term *out);

/* Is the name of the term a mechanism of RFC 7208, 5? */
bool spf_evaluator_knows(const struct spf_term *term);

#endif
