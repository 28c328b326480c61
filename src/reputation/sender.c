/* SPDX-License-Identifier: MIT */
/*
 * sender.c - can mail be sent back to a domain? RFC 5321, 5.1; RFC 7505; RFC
 * 2181, 10.3.
 *
 * Receivers ask, since a sender that cannot be answered is seldom an honest one. What
 * they make of it differs, so the facts stand apart: Yahoo asks for SOA, Postfix for MX
 * and addresses, others follow the MX hosts.
 */
#include "reputation/sender.h"

/* One question; AC_PENDING is noted and not returned. The cursor stays where it was. */
static enum ac_status look(struct ac_env *env, const struct dns_name *name,
                           uint16_t type, bool *pending, const struct dns_answer **out)
{
    static const struct dns_answer open = { .outcome = DNS_DEADLINE };
    unsigned mark = dns_wants_mark(env->wants);
    enum ac_status status = dns_get(env->dns, env->wants, name, type, out);

    dns_wants_back(env->wants, mark);
    if (status != AC_PENDING)
        return status;
    *pending = true;
    *out = &open;
    return AC_OK;
}

static enum ac_tri has_records(const struct dns_answer *a)
{
    return !dns_answered(a) ? AC_MAYBE : a->n ? AC_YES : AC_NO;
}

static bool is_before(const struct sender_mx *a, const struct sender_mx *b)
{
    char x[DNS_TEXT_MAX], y[DNS_TEXT_MAX];

    if (a->preference != b->preference)
        return a->preference < b->preference;
    return strcmp(dns_name_print(&a->host, x), dns_name_print(&b->host, y)) < 0;
}

/* "192.0.2.1" where a host name should be. */
static bool is_address(const struct dns_name *host)
{
    char text[DNS_TEXT_MAX];
    struct ip ip;

    return ip_parse(span_of(dns_name_print(host, text)), &ip);
}

/* The hosts in the order of use; *null: how many of the records say "no mail". */
static void read_hosts(const struct dns_answer *mx, struct sender_mx *row, size_t *null,
                       struct sender_domain *out)
{
    for (size_t i = 0; i < mx->n; i++) {
        struct sender_mx one = { .resolves = AC_MAYBE };
        size_t at = out->n_hosts;

        if (!dns_mx_read(&mx->rr[i], &one.preference, &one.host))
            continue;
        if (one.host.n == 1) {
            ++*null;
            continue;
        }
        one.address = is_address(&one.host);
        while (at && is_before(&one, &row[at - 1]))
            at--;
        out->more_hosts = out->more_hosts || out->n_hosts == SENDER_MX_MAX;
        if (at == SENDER_MX_MAX)
            continue;
        out->n_hosts += out->n_hosts < SENDER_MX_MAX;
        for (size_t k = out->n_hosts - 1; k > at; k--)
            row[k] = row[k - 1];
        row[at] = one;
    }
}

static enum ac_status follow_hosts(struct ac_env *env, struct sender_domain *out,
                                   struct sender_mx *row, bool *pending)
{
    for (size_t i = 0; i < out->n_hosts; i++) {
        const struct dns_answer *a, *aaaa;

        TRY(look(env, &row[i].host, DNS_T_A, pending, &a));
        TRY(look(env, &row[i].host, DNS_T_AAAA, pending, &aaaa));
        row[i].resolves = ac_tri_or(has_records(a), has_records(aaaa));
        row[i].alias = a->n_cname || aaaa->n_cname;
    }
    return AC_OK;
}

static enum ac_tri is_deliverable(const struct sender_domain *d)
{
    enum ac_tri any = d->more_hosts ? AC_MAYBE : AC_NO;

    if (d->null_mx == AC_YES)
        return AC_NO;
    if (d->has_mx == AC_NO)
        return d->has_address;
    if (d->has_mx == AC_MAYBE)
        return AC_MAYBE;
    for (size_t i = 0; i < d->n_hosts; i++)
        any = ac_tri_or(any, d->host[i].resolves);
    return any;
}

/* NXDOMAIN to any question is one to all (RFC 2308, 2.1). */
static enum ac_tri exists(const struct dns_answer *const *a, size_t n)
{
    enum ac_tri exists = AC_MAYBE;

    for (size_t i = 0; i < n; i++) {
        if (a[i]->outcome == DNS_NXDOMAIN)
            return AC_NO;
        if (dns_answered(a[i]))
            exists = AC_YES;
    }
    return exists;
}

static void note_hosts(struct ac_env *env, const struct sender_domain *d,
                       const char *name)
{
    char host[DNS_TEXT_MAX];

    for (size_t i = 0; i < d->n_hosts; i++) {
        const struct sender_mx *mx = &d->host[i];

        dns_name_print(&mx->host, host);
        if (mx->address)
            finding_add(env->findings, FINDING_SENDER_MX_ADDRESS, name,
                        "The MX record of %s holds the address %s, where only the name "
                        "of a host may stand.",
                        name, host);
        else if (mx->alias)
            finding_add(env->findings, FINDING_SENDER_MX_ALIAS, name,
                        "The MX host %s of %s is an alias (CNAME).", host, name);
        if (mx->resolves == AC_NO && !mx->address && d->deliverable != AC_NO)
            finding_add(env->findings, FINDING_SENDER_MX_DANGLING, name,
                        "The MX host %s of %s has no address.", host, name);
    }
    if (d->n_hosts && d->deliverable == AC_NO)
        finding_add(env->findings, FINDING_SENDER_MX_DEAD, name,
                    "No MX host of %s has an address: %s%s.", name,
                    dns_name_print(&d->host[0].host, host),
                    d->n_hosts > 1 ? " and the others" : "");
}

static void note(struct ac_env *env, const struct sender_domain *d, size_t null)
{
    struct findings *f = env->findings;
    char name[DNS_TEXT_MAX];

    if (!f)
        return;
    dns_name_print(&d->name, name);
    if (d->exists == AC_NO) {
        finding_add(f, FINDING_SENDER_DOMAIN_MISSING, name,
                    "The domain %s does not exist (NXDOMAIN).", name);
        return;
    }
    if (d->null_mx == AC_YES)
        finding_add(f, FINDING_SENDER_NULL_MX, name,
                    "%s publishes a null MX: it says that it takes no mail, and so no "
                    "bounce.",
                    name);
    else if (null)
        finding_add(f, FINDING_SENDER_NULL_MX_MIXED, name,
                    "%s publishes a null MX among other MX records.", name);
    if (d->has_mx == AC_NO && d->has_address == AC_NO)
        finding_add(f, FINDING_SENDER_NO_MAIL_HOST, name,
                    "%s has neither an MX nor an address record.", name);
    else if (d->has_mx == AC_NO && d->has_address == AC_YES)
        finding_add(f, FINDING_SENDER_NO_MX, name,
                    "%s has an address, and no MX record.", name);
    note_hosts(env, d, name);
}

/* a: the answers for MX, A, AAAA and SOA. */
static void read_facts(const struct dns_answer *const *a, size_t null,
                       struct sender_domain *out)
{
    out->mx = a[0]->outcome;
    out->a = a[1]->outcome;
    out->aaaa = a[2]->outcome;
    out->exists = exists(a, 4);
    out->soa = !dns_answered(a[3])             ? AC_MAYBE
               : a[3]->outcome == DNS_NXDOMAIN ? AC_NO
                                               : AC_YES;
    out->has_mx = has_records(a[0]);
    out->has_address = ac_tri_or(has_records(a[1]), has_records(a[2]));
    out->null_mx = out->has_mx == AC_MAYBE ? AC_MAYBE
                   : null && !out->n_hosts ? AC_YES
                                           : AC_NO;
    out->deliverable = is_deliverable(out);
}

enum ac_status sender_domain_audit(struct ac_env *env, const struct dns_name *name,
                                   struct sender_domain *out)
{
    struct sender_mx *row = arena_array(env->arena, SENDER_MX_MAX, sizeof *row);
    const struct dns_answer *a[4]; /* MX, A, AAAA, SOA */
    unsigned mark = dns_wants_mark(env->wants);
    bool pending = false;
    size_t null = 0;

    *out = (struct sender_domain){ .name = *name, .host = row };
    if (!row)
        return AC_ENOMEM;
    TRY(look(env, name, DNS_T_A, &pending, &a[1]));
    TRY(look(env, name, DNS_T_AAAA, &pending, &a[2]));
    TRY(look(env, name, DNS_T_SOA, &pending, &a[3]));
    TRY(dns_get(env->dns, env->wants, name, DNS_T_MX, &a[0]));
    read_hosts(a[0], row, &null, out);
    TRY(follow_hosts(env, out, row, &pending));
    dns_wants_back(env->wants, mark);
    if (pending)
        return AC_PENDING;
    read_facts(a, null, out);
    note(env, out, null);
    return AC_OK;
}
