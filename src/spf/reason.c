/* SPDX-License-Identifier: MIT */
/*
 * reason.c - the sentences for the faults that both evaluators meet. RFC 7208, 4, 5, 6.
 */
#include "spf/reason.h"

struct spf_reason spf_reason_domain(struct arena *a, const char *domain)
{
    return (struct spf_reason){
        FINDING_SPF_DOMAIN_INVALID, domain,
        arena_printf(a,
                     "\"%s\" is not a full domain name, so no SPF record is looked up.",
                     domain)
    };
}

struct spf_reason spf_reason_missing(struct arena *a, const char *domain,
                                     const struct dns_answer *answer)
{
    const char *why = answer->outcome == DNS_NXDOMAIN
                          ? "does not exist in the DNS, so it has no SPF record"
                      : answer->outcome == DNS_NODATA
                          ? "has no TXT record at all, so it has no SPF record"
                          : "has TXT records, but none of them is an SPF record";

    return (struct spf_reason){ FINDING_SPF_RECORD_MISSING, domain,
                                arena_printf(a, "%s %s.", domain, why) };
}

struct spf_reason spf_reason_multiple(struct arena *a, const char *domain, size_t n)
{
    return (struct spf_reason){
        FINDING_SPF_MULTIPLE_RECORDS, domain,
        arena_printf(a, "%s has %zu SPF records where only one is allowed.", domain, n)
    };
}

struct spf_reason spf_reason_syntax(struct arena *a, const char *domain,
                                    const struct spf_record *record, size_t problem)
{
    const struct spf_problem *p = &record->problem[problem];
    struct span rest = span_from(record->text, p->at);
    struct span shown = span_to(rest, p->n);

    return (struct spf_reason){
        FINDING_SPF_SYNTAX_ERROR, domain,
        arena_printf(a, "The SPF record of %s is broken at byte %zu, \"%.*s\": %s.",
                     domain, p->at + 1, SPF_SHOWN(shown), p->what)
    };
}

struct spf_reason spf_reason_include(struct arena *a, const char *domain,
                                     struct span term, struct span target)
{
    return (struct spf_reason){
        FINDING_SPF_INCLUDE_MISSING, domain,
        arena_printf(
            a,
            "\"%.*s\" in the SPF record of %s points to \"%.*s\", which has no "
            "SPF record.",
            SPF_SHOWN(term), domain, SPF_SHOWN(target))
    };
}

struct spf_reason spf_reason_loop(struct arena *a, const char *domain, struct span term)
{
    return (struct spf_reason){
        FINDING_SPF_INCLUDE_LOOP, domain,
        arena_printf(a,
                     "\"%.*s\" in the SPF record of %s leads back to a record that is "
                     "being evaluated already.",
                     SPF_SHOWN(term), domain)
    };
}

struct spf_reason spf_reason_voids(struct arena *a, const char *start, uint8_t family,
                                   unsigned limit, const char *domain, struct span term)
{
    return (struct spf_reason){
        FINDING_SPF_TOO_MANY_VOIDS, start,
        arena_printf(a,
                     "The SPF record of %s causes more than %u look-ups that find "
                     "nothing%s; \"%.*s\" in the record of %s is the one too many.",
                     start, limit, family == 6 ? " for an IPv6 client" : "",
                     SPF_SHOWN(term), domain)
    };
}

struct spf_reason spf_reason_mx(struct arena *a, const char *domain, struct span term,
                                const struct dns_name *name, size_t n, unsigned limit)
{
    char text[DNS_TEXT_MAX];

    return (struct spf_reason){
        FINDING_SPF_TOO_MANY_MX, domain,
        arena_printf(a,
                     "\"%.*s\" in the SPF record of %s: %s has %zu MX hosts, and "
                     "receivers look at %u.",
                     SPF_SHOWN(term), domain, dns_name_print(name, text), n, limit)
    };
}

struct spf_reason spf_reason_dns(struct arena *a, const struct dns_name *name,
                                 uint16_t type, enum dns_outcome outcome)
{
    char type_text[DNS_TYPE_TEXT_MAX];
    const char *about = dns_name_text(a, name);

    return (struct spf_reason){
        FINDING_SPF_DNS_ERROR, about,
        about ? arena_printf(a, "The %s look-up of %s, which SPF needs, failed: %s.",
                             dns_type_print(type, type_text), about,
                             dns_outcome_print(outcome))
              : NULL
    };
}

enum ac_status spf_reason_add(struct findings *f, const struct spf_reason *r)
{
    if (r->id == FINDING_NONE)
        return AC_OK;
    if (!r->about || !r->text)
        return AC_ENOMEM;
    finding_add(f, r->id, r->about, "%s", r->text);
    return f ? f->status : AC_OK;
}
