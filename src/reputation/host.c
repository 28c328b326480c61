/* SPDX-License-Identifier: MIT */
/*
 * host.c - the names of the host that connects: PTR, and whether a name leads back to
 * the address. RFC 8601, 2.7.3, 3; RFC 1912, 2.1.
 *
 * At most ten names are followed, the first in byte order: resolvers turn the order of
 * an answer round, and a host with a hundred names shall not cost a hundred questions.
 */
#include "reputation/host.h"

#include "base/buf.h"

enum {
    SHOWN_MAX = 3,    /* names that a finding tells */
    SHOWN_TEXT = 4096 /* bytes */
};

static uint16_t address_type(const struct ip *ip)
{
    return ip->family == 4 ? DNS_T_A : DNS_T_AAAA;
}

static enum ac_tri leads_to(const struct dns_answer *a, const struct ip *ip)
{
    struct ip one;

    if (!dns_answered(a))
        return AC_MAYBE;
    for (size_t i = 0; i < a->n; i++)
        if (ip_from_bytes(a->rr[i].rdata, &one) && ip_eq(&one, ip))
            return AC_YES;
    return AC_NO;
}

static bool text_before(const struct dns_name *a, const struct dns_name *b)
{
    char x[DNS_TEXT_MAX], y[DNS_TEXT_MAX];

    return strcmp(dns_name_print(a, x), dns_name_print(b, y)) < 0;
}

/* The first HOST_NAMES_MAX in byte order, wherever they stand in the answer. */
static size_t ptr_names(const struct dns_answer *ptr, const struct ip *ip,
                        struct host_name row[static HOST_NAMES_MAX], bool *more)
{
    size_t n = 0;

    for (size_t i = 0; i < ptr->n; i++) {
        struct dns_name one;
        size_t at = n;

        if (!dns_target_read(&ptr->rr[i], &one) || one.n == 1)
            continue;
        while (at && text_before(&one, &row[at - 1].name))
            at--;
        *more = *more || n == HOST_NAMES_MAX;
        if (at == HOST_NAMES_MAX)
            continue;
        n += n < HOST_NAMES_MAX;
        for (size_t k = n - 1; k > at; k--)
            row[k] = row[k - 1];
        row[at] = (struct host_name){ .name = one,
                                      .generic = host_name_is_generic(&one, ip) };
    }
    return n;
}

static enum host_iprev iprev_of(const struct host_client *host)
{
    enum ac_tri any = AC_NO;

    if (host->ptr > DNS_NXDOMAIN)
        return HOST_IPREV_TEMPERROR;
    for (size_t i = 0; i < host->n_names; i++)
        any = ac_tri_or(any, host->name[i].confirmed);
    return any == AC_YES     ? HOST_IPREV_PASS
           : any == AC_MAYBE ? HOST_IPREV_TEMPERROR
           : host->n_names   ? HOST_IPREV_FAIL
                             : HOST_IPREV_NONE;
}

const struct host_name *host_confirmed(const struct host_client *host, bool *open)
{
    *open = host->ptr > DNS_NXDOMAIN;
    for (size_t i = 0; i < host->n_names; i++) {
        if (host->name[i].confirmed == AC_YES)
            return &host->name[i];
        *open = *open || host->name[i].confirmed == AC_MAYBE;
    }
    return NULL;
}

/* "a.example, b.example and 3 more". */
static void print_names(const struct host_client *host, struct buf *b)
{
    char text[DNS_TEXT_MAX];

    buf_init(b, SHOWN_TEXT);
    for (size_t i = 0; i < host->n_names && i < SHOWN_MAX; i++)
        buf_printf(b, "%s%s", i ? ", " : "", dns_name_print(&host->name[i].name, text));
    if (host->n_names > SHOWN_MAX)
        buf_printf(b, " and %s%zu more", host->more_names ? "at least " : "",
                   host->n_names - SHOWN_MAX);
}

static void note_special(struct ac_env *env, const struct host_client *host,
                         const char *ip)
{
    const char *names =
        host->judged || host->iprev != HOST_IPREV_NONE
            ? ""
            : "; the prediction for large providers passes over its missing PTR record, "
              "and would not for an address in use";

    if (!host->special)
        return;
    if (host->special->reach == SPECIAL_PRIVATE)
        finding_add(env->findings, FINDING_HOST_ADDRESS_PRIVATE, ip,
                    "%s is %s: no receiver on the Internet sees mail come from it, but "
                    "from the address that it is translated to, if any.",
                    ip, host->special->what);
    else
        finding_add(env->findings, FINDING_HOST_ADDRESS_SPECIAL, ip,
                    "%s is an address %s: no mail comes from it%s.", ip,
                    host->special->what, names);
}

/* Every name that leads back is generic: a receiver that looks cannot tell it from a
 * home computer. */
static bool all_generic(const struct host_client *host, const struct dns_name **name)
{
    *name = NULL;
    for (size_t i = 0; i < host->n_names; i++) {
        if (host->name[i].confirmed != AC_YES)
            continue;
        if (!host->name[i].generic)
            return false;
        if (!*name)
            *name = &host->name[i].name;
    }
    return *name;
}

static bool some_astray(const struct host_client *host)
{
    for (size_t i = 0; i < host->n_names; i++)
        if (host->name[i].confirmed == AC_NO)
            return true;
    return false;
}

static void note_names(struct ac_env *env, const struct host_client *host,
                       const char *ip)
{
    const char *type = host->ip.family == 4 ? "A" : "AAAA";
    const struct dns_name *generic;
    char text[DNS_TEXT_MAX];
    struct buf names;

    print_names(host, &names);
    if (host->iprev == HOST_IPREV_NONE)
        finding_add(env->findings, FINDING_HOST_PTR_MISSING, ip,
                    "%s has no PTR record: %s.", ip,
                    host->ptr == DNS_ANSWER ? "what is there holds no name"
                                            : dns_outcome_print(host->ptr));
    if (host->iprev == HOST_IPREV_FAIL)
        finding_add(env->findings, FINDING_HOST_PTR_NOT_CONFIRMED, ip,
                    "The PTR record of %s names %s, and no %s record there leads back "
                    "to %s.",
                    ip, buf_text(&names), type, ip);
    if (host->iprev == HOST_IPREV_PASS && some_astray(host))
        finding_add(env->findings, FINDING_HOST_PTR_PARTLY, ip,
                    "The PTR records of %s name %s, and not each of them leads back to "
                    "it.",
                    ip, buf_text(&names));
    if (all_generic(host, &generic))
        finding_add(env->findings, FINDING_HOST_NAME_GENERIC, ip,
                    "%s is called %s, which looks like the name of a rented line and "
                    "not of a mail server.",
                    ip, dns_name_print(generic, text));
    if (host->more_names)
        finding_add(env->findings, FINDING_HOST_PTR_MANY, ip,
                    "%s has more than %d PTR names (%s); receivers look at the first "
                    "ones alone, in whatever order they come.",
                    ip, HOST_NAMES_MAX, buf_text(&names));
    buf_free(&names);
}

static void note(struct ac_env *env, const struct host_client *host)
{
    char ip[IP_TEXT_MAX];

    if (!env->findings)
        return;
    ip_print(&host->ip, ip);
    note_special(env, host, ip);
    if (host->judged)
        note_names(env, host, ip);
}

enum ac_status host_client_audit(struct ac_env *env, const struct ip *ip,
                                 struct host_client *out)
{
    struct host_name *row = arena_array(env->arena, HOST_NAMES_MAX, sizeof *row);
    const struct dns_answer *ptr, *address;
    char reverse[IP_REVERSE_MAX];
    bool pending = false;
    struct dns_name at;

    *out = (struct host_client){ .ip = *ip, .special = special_find(ip), .name = row };
    if (!row)
        return AC_ENOMEM;
    dns_name_parse(span_of(ip_print_reverse(ip, reverse)), &at);
    TRY(dns_get(env->dns, env->wants, &at, DNS_T_PTR, &ptr));
    out->ptr = ptr->outcome;
    out->n_names = ptr_names(ptr, ip, row, &out->more_names);
    for (size_t i = 0; i < out->n_names; i++) {
        unsigned mark = dns_wants_mark(env->wants);
        enum ac_status status =
            dns_get(env->dns, env->wants, &row[i].name, address_type(ip), &address);

        dns_wants_back(env->wants, mark);
        pending = pending || status == AC_PENDING;
        if (status != AC_OK && status != AC_PENDING)
            return status;
        if (status == AC_OK)
            row[i].confirmed = leads_to(address, ip);
    }
    if (pending)
        return AC_PENDING;
    out->judged = !out->special || out->special->reach == SPECIAL_BENCH || out->n_names;
    out->iprev = iprev_of(out);
    note(env, out);
    return AC_OK;
}

const char *host_iprev_print(enum host_iprev iprev)
{
    switch (iprev) {
    case HOST_IPREV_PASS:
        return "pass";
    case HOST_IPREV_FAIL:
        return "fail";
    case HOST_IPREV_NONE:
        return "none";
    case HOST_IPREV_TEMPERROR:
        break;
    }
    return "temperror";
}
