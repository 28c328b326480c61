/* SPDX-License-Identifier: MIT */
/*
 * answer.c - reading records out of an answer. RFC 1035, 3.3; RFC 7208, 3.3.
 */
#include "dns/answer.h"

#include <stdio.h>

const struct dns_name *dns_answer_owner(const struct dns_answer *a,
                                        const struct dns_name *asked)
{
    return a->n_cname ? &a->cname[a->n_cname - 1] : asked;
}

const char *dns_outcome_print(enum dns_outcome outcome)
{
    switch (outcome) {
    case DNS_ANSWER:
        return "answer";
    case DNS_NODATA:
        return "no such record (NODATA)";
    case DNS_NXDOMAIN:
        return "no such name (NXDOMAIN)";
    case DNS_SERVFAIL:
        return "server failure (SERVFAIL)";
    case DNS_REFUSED:
        return "refused (REFUSED)";
    case DNS_MALFORMED:
        return "malformed answer";
    case DNS_BOGUS:
        return "bogus (DNSSEC validation failed)";
    case DNS_TIMEOUT:
        return "no answer (timeout)";
    case DNS_UNREACHABLE:
        return "no answer (no server could be reached)";
    case DNS_DEADLINE:
        return "no answer (the audit's deadline or its cap on questions came first)";
    }
    return "?";
}

const char *dns_outcome_word(enum dns_outcome outcome)
{
    static const char *const word[] = {
        [DNS_ANSWER] = "answer",
        [DNS_NODATA] = "nodata",
        [DNS_NXDOMAIN] = "nxdomain",
        [DNS_SERVFAIL] = "servfail",
        [DNS_REFUSED] = "refused",
        [DNS_MALFORMED] = "malformed",
        [DNS_BOGUS] = "bogus",
        [DNS_TIMEOUT] = "timeout",
        [DNS_UNREACHABLE] = "unreachable",
        [DNS_DEADLINE] = "deadline",
    };

    return word[outcome];
}

static const struct {
    uint16_t type;
    const char *name;
} type_name[] = {
    { DNS_T_A, "A" },     { DNS_T_NS, "NS" },   { DNS_T_CNAME, "CNAME" },
    { DNS_T_SOA, "SOA" }, { DNS_T_PTR, "PTR" }, { DNS_T_MX, "MX" },
    { DNS_T_TXT, "TXT" }, { DNS_T_SPF, "SPF" }, { DNS_T_AAAA, "AAAA" },
};

const char *dns_type_print(uint16_t type, char out[static DNS_TYPE_TEXT_MAX])
{
    for (size_t i = 0; i < sizeof type_name / sizeof *type_name; i++)
        if (type_name[i].type == type)
            return type_name[i].name;
    snprintf(out, DNS_TYPE_TEXT_MAX, "TYPE%u", type);
    return out;
}

bool dns_type_parse(struct span text, uint16_t *out)
{
    uint32_t number;

    for (size_t i = 0; i < sizeof type_name / sizeof *type_name; i++)
        if (span_eq_ci(text, span_of(type_name[i].name))) {
            *out = type_name[i].type;
            return true;
        }
    if (!span_starts_ci(text, SPAN("TYPE")) ||
        !span_u32(span_from(text, 4), UINT16_MAX, &number) || !number)
        return false;
    *out = (uint16_t)number;
    return true;
}

struct span dns_txt_join(struct arena *a, const struct dns_rr *rr)
{
    struct span rest = rr->rdata;
    struct span joined = { "", 0 };
    char *copy;

    if (rest.n && (uint8_t)rest.p[0] + 1u == rest.n)
        return span_from(rest, 1);
    copy = arena_alloc(a, rest.n + 1);
    if (!copy)
        return span_make(NULL, 0);
    joined.p = copy;
    while (rest.n) {
        struct span part = span_to(span_from(rest, 1), (uint8_t)rest.p[0]);

        if (part.n)
            memcpy(copy + joined.n, part.p, part.n);
        joined.n += part.n;
        rest = span_from(rest, part.n + 1);
    }
    return joined;
}

bool dns_mx_read(const struct dns_rr *rr, uint16_t *preference, struct dns_name *host)
{
    if (rr->rdata.n < 3)
        return false;
    *preference = (uint16_t)((uint8_t)rr->rdata.p[0] << 8 | (uint8_t)rr->rdata.p[1]);
    return dns_name_from_wire(span_from(rr->rdata, 2), host);
}

bool dns_target_read(const struct dns_rr *rr, struct dns_name *target)
{
    return dns_name_from_wire(rr->rdata, target);
}
