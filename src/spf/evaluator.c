/* SPDX-License-Identifier: MIT */
/*
 * evaluator.c - the table of evaluators, and the readings of terms that only some have.
 * RFC 7208, 4.6.4, 5.
 */
#include "spf/evaluator.h"

static const struct spf_evaluator_row rows[] = {
#define E(id, name, lookups, voids, quirks, who, source) \
    { name, lookups, voids, quirks, who, source },
#include "spf/evaluators.def"
#undef E
};

const struct spf_evaluator_row *spf_evaluator(enum spf_evaluator id)
{
    return &rows[id];
}

const char *spf_quirk_print(unsigned quirk)
{
    static const char *const words[] = {
        "a bad term counts only where the evaluation reaches it",
        "a mechanism that nobody knows does not match",
        "no bad term matches",
        "reads ipv4: and ipv6: as ip4: and ip6:",
        "takes one of several records",
        "an include that leads to no record does not match",
        "takes +all for an error",
        "\"a\" without an address is permerror at once",
        "counts include and redirect alone",
        "looks at the limit before each term, \"all\" as well",
        "takes a domain whose record the DNS fails to tell as without a record",
    };

    return quirk ? words[__builtin_ctz(quirk)] : "";
}

bool spf_evaluator_knows(const struct spf_term *term)
{
    static const char *const name[] = { "all", "include", "a",   "mx",
                                        "ptr", "ip4",     "ip6", "exists" };

    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (span_eq_ci(term->name, span_of(name[i])))
            return true;
    return false;
}

bool spf_evaluator_reads_ip(const struct spf_term *bad, struct spf_term *out)
{
    struct span rest = bad->text, bits;
    bool four = span_eq_ci(bad->name, SPAN("ipv4"));
    uint32_t n, most = four ? 32 : 128;

    if (!four && !span_eq_ci(bad->name, SPAN("ipv6")))
        return false;
    *out = *bad;
    out->kind = four ? SPF_IP4 : SPF_IP6;
    (void)span_cut(&rest, ':');
    bits = rest;
    if (!rest.p || !ip_parse(span_cut(&bits, '/'), &out->net) ||
        out->net.family != (four ? 4 : 6))
        return false;
    n = most;
    if (bits.p && !span_u32(bits, most, &n))
        return false;
    *(four ? &out->bits4 : &out->bits6) = (uint8_t)n;
    return true;
}
