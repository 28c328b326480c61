/* SPDX-License-Identifier: MIT */
/*
 * fixes_host.c - names for the host that connects: an address at its name, and the name
 * at its address. RFC 8601, 2.7.3; RFC 1912, 2.1; RFC 5321, 4.1.1.1.
 */
#include "verdict/fixes_parts.h"

static uint16_t address_type(const struct ip *ip)
{
    return ip->family == 4 ? DNS_T_A : DNS_T_AAAA;
}

/* Does the name lead to the host? *open: it can have another address record: the DNS
 * tells, no alias is in the way, and the user may. *others: it has address records. */
static enum ac_status leads_here(const struct fix_case *c, const struct dns_name *name,
                                 bool *here, bool *open, bool *others)
{
    unsigned mark = dns_wants_mark(c->env->wants);
    const struct dns_answer *a;
    enum ac_status status =
        dns_get(c->env->dns, c->env->wants, name, address_type(&c->host->ip), &a);
    struct ip one;

    dns_wants_back(c->env->wants, mark);
    TRY(status);
    *here = false;
    *others = a->n;
    for (size_t i = 0; i < a->n; i++)
        if (ip_from_bytes(a->rr[i].rdata, &one) && ip_eq(&one, &c->host->ip))
            *here = true;
    *open = dns_answered(a) && !a->n_cname && fix_is_own(c, name);
    return AC_OK;
}

/* An address record at a name, beside those there. */
static bool add_address(const struct fix_case *c, const struct dns_name *name,
                        struct fix_changes *changes)
{
    char ip[IP_TEXT_MAX];
    struct fix_change change = {
        .name = *name,
        .type = address_type(&c->host->ip),
        .new =
            span_of(arena_strdup(c->env->arena, span_of(ip_print(&c->host->ip, ip)))),
    };

    return change.new.p &&fix_change_add(changes, &change);
}

static enum ac_status offer_address(const struct fix_case *c,
                                    const struct dns_name *name,
                                    struct fix_candidates *out)
{
    struct fix_changes *changes;
    bool here, open, others;

    TRY(leads_here(c, name, &here, &open, &others));
    if (here || !open)
        return AC_OK;
    changes = fix_copy(c);
    if (!changes)
        return AC_ENOMEM;
    if (others)
        changes->note = "The addresses that are there already stay.";
    if (add_address(c, name, changes))
        fix_offer_changes(changes, out);
    return AC_OK;
}

enum ac_status fix_host_forward(const struct fix_case *c, struct fix_candidates *out)
{
    for (size_t i = 0; c->host && i < c->host->n_names; i++)
        TRY(offer_address(c, &c->host->name[i].name, out));
    return AC_OK;
}

/* The name that the host says, where it is a whole one. */
static bool helo_name(const struct fix_case *c, struct dns_name *out)
{
    return c->host && c->helo.p && !span_starts(c->helo, SPAN("[")) &&
           dns_name_parse(c->helo, out) && dns_name_labels(out) > 1;
}

enum ac_status fix_host_helo(const struct fix_case *c, struct fix_candidates *out)
{
    struct dns_name name;

    return helo_name(c, &name) ? offer_address(c, &name, out) : AC_OK;
}

/* Put the name at the address, in the place of what is there. */
static enum ac_status add_ptr(const struct fix_case *c, const struct dns_name *name,
                              bool others, struct fix_changes *changes)
{
    struct arena *a = c->env->arena;
    char reverse[IP_REVERSE_MAX], ip[IP_TEXT_MAX];
    struct fix_change change = { .type = DNS_T_PTR };
    size_t n = c->host->n_names;

    dns_name_parse(span_of(ip_print_reverse(&c->host->ip, reverse)), &change.name);
    for (size_t i = 0; i < (n ? n : 1); i++) {
        change.old = change.new = span_make(NULL, 0);
        if (n)
            change.old = span_of(dns_name_text(a, &c->host->name[i].name));
        if (!i)
            change.new = span_of(dns_name_text(a, name));
        if ((n && !change.old.p) || (!i && !change.new.p))
            return AC_ENOMEM;
        if (!fix_change_add(changes, &change))
            return AC_OK;
    }
    changes->note = arena_printf(
        a,
        "The PTR record is published by whoever runs the network of %s, in most cases "
        "the provider or hoster: ask there for the name %s.%s",
        ip_print(&c->host->ip, ip), dns_name_text(a, name),
        others ? " The addresses that the name has already stay." : "");
    return changes->note ? AC_OK : AC_ENOMEM;
}

/* The name that the host says becomes the name of its address. */
enum ac_status fix_host_ptr(const struct fix_case *c, struct fix_candidates *out)
{
    struct fix_changes *changes;
    struct dns_name name;
    bool here, open, others;

    if (!helo_name(c, &name) || c->host->more_names)
        return AC_OK;
    TRY(leads_here(c, &name, &here, &open, &others));
    if (!here && !open)
        return AC_OK;
    changes = fix_copy(c);
    if (!changes)
        return AC_ENOMEM;
    TRY(add_ptr(c, &name, others && !here, changes));
    if (here || add_address(c, &name, changes))
        fix_offer_changes(changes, out);
    return AC_OK;
}
