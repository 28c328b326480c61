/* SPDX-License-Identifier: MIT */
/*
 * faults_host.c - faults of the sending host, the sender domain and block lists: what
 * mail is refused for beside authentication. RFC 8601, 2.7.3; RFC 5321, 4.1.1.1, 5.1;
 * RFC 7505; RFC 5782.
 */
#include "explain/faults_parts.h"

/* --- the host -----------------------------------------------------------------------
 */

/* Of the address that the audit describes; NULL without one. */
static const struct audit_host *host_of(const struct fault_case *c)
{
    const struct audit_result *r = c->audit;

    return r->has_verdict && r->described < r->n_hosts ? &r->host[r->described] : NULL;
}

/* A name of the address that leads back to it; one that is not made of it first. */
static const struct host_name *good_name(const struct host_client *h)
{
    const struct host_name *name = NULL;

    for (size_t i = 0; i < h->n_names; i++)
        if (h->name[i].confirmed == AC_YES && (!name || name->generic))
            name = &h->name[i];
    return name;
}

static const char *ptr_words(const struct fault_case *c, const struct host_client *h)
{
    const struct host_name *name = good_name(h);
    char ip[IP_TEXT_MAX], text[DNS_TEXT_MAX];

    ip_print(&h->ip, ip);
    if (name)
        return arena_printf(c->arena, "%s has the name %s, which leads back to it%s",
                            ip, dns_name_print(&name->name, text),
                            name->generic ? ", but looks like that of a rented line"
                                          : "");
    switch (h->iprev) {
    case HOST_IPREV_NONE:
        return arena_printf(c->arena, "%s has no name (PTR)", ip);
    case HOST_IPREV_FAIL:
        return arena_printf(c->arena, "no name (PTR) of %s leads back to it", ip);
    case HOST_IPREV_PASS:
    case HOST_IPREV_TEMPERROR:
        break;
    }
    return arena_printf(c->arena, "the DNS did not tell whether %s has a name", ip);
}

/* Some receivers refuse names that look like those of rented lines; they say so. */
static bool about_generic(const struct fault_case *c)
{
    return fault_text_has(c, SPAN("generic")) || fault_text_has(c, SPAN("dynamic"));
}

void fault_ptr(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_host *host = host_of(c);
    const struct host_name *name;

    if (!host) {
        fault_open(f, FAULT_LACKS_IP, "the address that connected is not known");
        return;
    }
    f->words = ptr_words(c, &host->client);
    fault_because(f, c, FINDING_HOST_PTR_MISSING);
    fault_because(f, c, FINDING_HOST_PTR_NOT_CONFIRMED);
    name = good_name(&host->client);
    if (name) {
        f->there = name->generic && about_generic(c) ? AC_YES : AC_NO;
        fault_because(f, c, FINDING_HOST_NAME_GENERIC);
    } else if (host->client.iprev == HOST_IPREV_TEMPERROR) {
        fault_open(f, FAULT_LACKS_ANSWER, f->words);
        fault_because(f, c, FINDING_DNS_NOT_ANSWERED);
    } else {
        f->there = AC_YES;
    }
}

void fault_helo(const struct fault_case *c, struct fault_found *f)
{
    const struct audit_host *host = host_of(c);
    const struct host_helo *helo = host ? host->helo : NULL;

    if (!helo) {
        fault_open(f, host ? FAULT_LACKS_HELO : FAULT_LACKS_IP,
                   host ? "the name that the server said in EHLO is not known"
                        : "the address that connected is not known");
        return;
    }
    fault_because(f, c, FINDING_HOST_HELO_INVALID);
    fault_because(f, c, FINDING_HOST_HELO_NOT_FQDN);
    fault_because(f, c, FINDING_HOST_HELO_UNKNOWN);
    f->there = !helo->valid || (!helo->literal && !helo->fqdn) ? AC_YES
               : helo->literal                                 ? AC_NO
               : helo->exists == AC_YES                        ? AC_NO
               : helo->exists == AC_NO                         ? AC_YES
                                                               : AC_MAYBE;
    if (f->there == AC_MAYBE)
        f->lacks = FAULT_LACKS_ANSWER;
    f->words = arena_printf(c->arena, "the EHLO name %s %s", host->helo_name,
                            f->there == AC_NO      ? "is in order"
                            : f->there == AC_MAYBE ? "was not answered for"
                            : !helo->valid         ? "is no name"
                            : !helo->fqdn          ? "is not a whole name"
                                                   : "does not exist");
}

/* --- the sender domain --------------------------------------------------------------
 */

static enum ac_tri not(enum ac_tri t) {
    return t == AC_YES ? AC_NO : t == AC_NO ? AC_YES : AC_MAYBE;
}

/* Is mail to it impossible? */
static enum ac_tri is_dead(const struct sender_domain *s)
{
    return ac_tri_or(not(s->exists), ac_tri_or(s->null_mx, not(s->deliverable)));
}

static enum ac_tri takes_nothing(const struct sender_domain *s)
{
    return s->null_mx;
}

/* Of MAIL FROM and From, the worse. */
static void judge_senders(const struct fault_case *c, struct fault_found *f,
                          enum ac_tri (*judge)(const struct sender_domain *),
                          const char *bad, const char *good)
{
    const struct sender_domain *both[2] = { c->audit->sender, c->audit->author };
    const struct sender_domain *worst = NULL;
    char name[DNS_TEXT_MAX];

    for (size_t i = 0; i < 2; i++)
        if (both[i] && (!worst || judge(both[i]) > judge(worst)))
            worst = both[i];
    if (!worst) {
        fault_open(f, FAULT_LACKS_ANSWER, "the sender domain was not asked about");
        return;
    }
    f->there = judge(worst);
    if (f->there == AC_MAYBE)
        f->lacks = FAULT_LACKS_ANSWER;
    f->words = arena_printf(c->arena, "%s %s", dns_name_print(&worst->name, name),
                            f->there == AC_YES  ? bad
                            : f->there == AC_NO ? good
                                                : "was not answered for");
}

void fault_sender(const struct fault_case *c, struct fault_found *f)
{
    judge_senders(c, f, is_dead, "cannot take mail", "can take mail");
    fault_because(f, c, FINDING_SENDER_DOMAIN_MISSING);
    fault_because(f, c, FINDING_SENDER_NULL_MX);
    fault_because(f, c, FINDING_SENDER_NO_MAIL_HOST);
    fault_because(f, c, FINDING_SENDER_MX_DEAD);
    fault_because(f, c, FINDING_SENDER_MX_ADDRESS);
}

void fault_null_mx(const struct fault_case *c, struct fault_found *f)
{
    judge_senders(c, f, takes_nothing, "says by a null MX that it takes no mail",
                  "has no null MX");
    fault_because(f, c, FINDING_SENDER_NULL_MX);
}

/* --- block lists --------------------------------------------------------------------
 */

/* Does the reply name this list, by its zone or by the domain of who runs it? */
static bool is_named(const struct fault_case *c, const struct blocklist *l)
{
    struct span zone = span_of(l->zone);
    size_t dots = 0;

    for (size_t i = zone.n; i > 0; i--)
        if (zone.p[i - 1] == '.' && ++dots == 2)
            return fault_text_has(c, span_from(zone, i));
    return fault_text_has(c, zone);
}

static const char *listed_words(const struct fault_case *c,
                                const struct blocklist_result *l)
{
    switch (l->state) {
    case BLOCKLIST_LISTED:
        return arena_printf(c->arena, "%s is on %s (%s)", l->subject, l->list->name,
                            l->meaning);
    case BLOCKLIST_CLEAN:
        return arena_printf(c->arena, "%s is not on %s", l->subject, l->list->name);
    case BLOCKLIST_UNCHECKED:
        break;
    }
    return arena_printf(c->arena, "%s could not be asked about %s from here%s%s%s",
                        l->list->name, l->subject, l->page ? " (its page tells: " : "",
                        l->page ? l->page : "", l->page ? ")" : "");
}

static const enum ac_tri is_listed[] = { [BLOCKLIST_CLEAN] = AC_NO,
                                         [BLOCKLIST_LISTED] = AC_YES,
                                         [BLOCKLIST_UNCHECKED] = AC_MAYBE };

/* The worst word of the lists that the reply names, or of all. */
static const struct blocklist_result *worst_listing(const struct fault_case *c,
                                                    enum blocklist_kind kind,
                                                    bool named)
{
    const struct blocklist_result *worst = NULL;

    for (size_t i = 0; i < c->audit->n_listings; i++) {
        const struct blocklist_result *l = &c->audit->listing[i];

        if (l->list->kind != kind || (named && !is_named(c, l->list)))
            continue;
        if (!worst || is_listed[l->state] > is_listed[worst->state])
            worst = l;
    }
    return worst;
}

/* Where the reply names none of ours, a listing anywhere speaks, and nothing else does.
 */
static void judge_listings(const struct fault_case *c, struct fault_found *f,
                           enum blocklist_kind kind)
{
    const struct blocklist_result *worst = worst_listing(c, kind, true);
    bool named = worst != NULL;

    if (!named)
        worst = worst_listing(c, kind, false);
    if (!named && worst && worst->state != BLOCKLIST_LISTED)
        worst = NULL;
    if (!worst) {
        fault_open(f, FAULT_LACKS_LIST, "the list that refused was not asked");
        return;
    }
    f->there = is_listed[worst->state];
    f->words = listed_words(c, worst);
    if (f->there == AC_MAYBE)
        f->lacks = FAULT_LACKS_LIST;
    if (f->there == AC_YES)
        fault_because(f, c,
                      kind == BLOCKLIST_IP ? FINDING_BLOCKLIST_ADDRESS_LISTED
                                           : FINDING_BLOCKLIST_DOMAIN_LISTED);
    if (f->there == AC_YES && !f->n_because)
        fault_because(f, c, FINDING_BLOCKLIST_LISTED_MINOR);
    if (f->there == AC_MAYBE)
        fault_because(f, c, FINDING_BLOCKLIST_UNCHECKED);
}

void fault_listed_ip(const struct fault_case *c, struct fault_found *f)
{
    if (c->audit->has_verdict)
        judge_listings(c, f, BLOCKLIST_IP);
    else
        fault_open(f, FAULT_LACKS_IP, "the address that connected is not known");
}

void fault_listed_domain(const struct fault_case *c, struct fault_found *f)
{
    judge_listings(c, f, BLOCKLIST_DOMAIN);
}
