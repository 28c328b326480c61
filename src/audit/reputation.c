/* SPDX-License-Identifier: MIT */
/*
 * reputation.c - what is asked beside authentication: the names of the hosts, the
 * sender domains, block lists. All of it is in the first burst, and none of it is
 * waited for once a verdict is certain but for the report.
 */
#include "audit/plan.h"

#include "dmarc/psl.h"
#include "reputation/pages.h"

/* --- planning -----------------------------------------------------------------------
 */

/* What the rules of the receivers chosen ask about. */
static uint64_t asked(const struct audit_options *o)
{
    uint64_t all = 0;

    for (size_t i = 0; i < o->n_receivers; i++)
        all |= receiver_conditions(o->receiver[i]);
    return all;
}

/* The names of each host, for the report or for a receiver's rules; else only where the
 * HELO name is guessed. */
static enum ac_status plan_hosts(struct audit *a)
{
    bool wanted = a->options.reputation || (a->asked & (ON_HOST | ON_HELO_NAME));
    char ip[IP_TEXT_MAX];

    for (size_t i = 0; i < a->options.n_ips; i++) {
        struct plan_client *c = &a->client[i];

        if (!wanted && c->helo.p)
            continue;
        TRY(PLAN(a, &c->host, audit_run_host, "the host names of %s",
                 ip_print(&c->ip, ip)));
        c->host.in->ip = c->ip;
        c->host.in->silent = !wanted;
        if (wanted)
            c->host.in->helo = a->options.helo;
    }
    return AC_OK;
}

/* The MAIL FROM domain; false for "<>" and for what is no domain name. */
static enum ac_status mail_domain(struct audit *a, struct dns_name *out, bool *found)
{
    struct spf_request request = { .domain = a->domain };

    *found = false;
    if (plan_null_sender(a))
        return AC_OK;
    TRY(spf_request_mailfrom(&request, plan_mail_from(a), a->domain, &a->engine.arena));
    *found = spf_request_name(&request, out);
    return AC_OK;
}

static enum ac_status plan_senders(struct audit *a, const struct dns_name *sender)
{
    char text[DNS_TEXT_MAX];

    TRY(PLAN(a, &a->author, audit_run_sender, "what can be sent back to %s",
             a->domain.p));
    a->author.in->name = a->options.domain;
    if (!sender || dns_name_eq(sender, &a->options.domain))
        return AC_OK;
    TRY(PLAN(a, &a->sender, audit_run_sender, "what can be sent back to %s",
             dns_name_print(sender, text)));
    a->sender.in->name = *sender;
    return AC_OK;
}

/* Offline nobody can be asked, so a list of the table is left out where no zone file
 * holds it. */
static bool can_be_asked(const struct audit *a, const struct blocklist *l)
{
    const struct dns_overlay_set *set;
    struct dns_name zone;

    if (!a->options.offline)
        return true;
    return a->options.overlay && dns_name_parse(span_of(l->zone), &zone) &&
           dns_overlay_look(a->options.overlay, &zone, DNS_T_A, &set) !=
               DNS_OVERLAY_NOTHING;
}

/* A domain as the list knows it: lists that do not know hosts hold registered domains
 * alone. */
static void add_domain(struct blocklist_task *t, const struct dns_name *name)
{
    struct dns_name domain;

    if (t->list.hosts || !dmarc_psl_registrable(name, &domain))
        domain = *name;
    for (size_t i = 0; i < t->n_domains; i++)
        if (dns_name_eq(&t->domain[i], &domain))
            return;
    t->domain[t->n_domains++] = domain;
}

static enum ac_status plan_blocklist(struct audit *a, const struct blocklist *l,
                                     const struct dns_name *sender)
{
    struct blocklist_task *t;
    struct dns_name helo;

    for (size_t i = 0; i < a->n_blocklists; i++)
        if (strcmp(a->blocklist[i].in->list.zone, l->zone) == 0)
            return AC_OK;
    if (a->n_blocklists == BLOCKLISTS_MAX ||
        (l->kind == BLOCKLIST_IP && !a->options.n_ips))
        return AC_OK;
    TRY(PLAN(a, &a->blocklist[a->n_blocklists], audit_run_blocklist,
             "the block list %s", l->name));
    t = a->blocklist[a->n_blocklists++].in;
    t->list = *l;
    if (l->kind == BLOCKLIST_IP) {
        t->ip = a->options.ip;
        t->n_ips = a->options.n_ips;
        return AC_OK;
    }
    add_domain(t, &a->options.domain);
    if (sender)
        add_domain(t, sender);
    if (l->hosts && host_helo_name(a->options.helo, &helo))
        add_domain(t, &helo);
    return AC_OK;
}

static enum ac_status plan_blocklists(struct audit *a, const struct dns_name *sender)
{
    const struct audit_options *o = &a->options;
    size_t n;
    const struct blocklist *all = blocklist_list(&n);

    a->blocklist = arena_array(&a->engine.arena, BLOCKLISTS_MAX, sizeof *a->blocklist);
    if (!a->blocklist)
        return AC_ENOMEM;
    for (size_t i = 0; o->dnsbl && i < n; i++)
        if (can_be_asked(a, &all[i]))
            TRY(plan_blocklist(a, &all[i], sender));
    for (size_t i = 0; i < o->n_blocklists; i++)
        TRY(plan_blocklist(a, &o->blocklist[i], sender));
    return AC_OK;
}

enum ac_status plan_reputation(struct audit *a)
{
    struct dns_name sender;
    bool has_sender, domains;

    a->asked = asked(&a->options);
    TRY(plan_hosts(a));
    domains = a->options.reputation ||
              (a->options.n_ips && (a->asked & (ON_SENDER | ON_AUTHOR)));
    if (!domains && !a->options.dnsbl && !a->options.n_blocklists)
        return AC_OK;
    TRY(mail_domain(a, &sender, &has_sender));
    if (domains)
        TRY(plan_senders(a, has_sender ? &sender : NULL));
    return plan_blocklists(a, has_sender ? &sender : NULL);
}

bool plan_is_blocklist(const struct audit *a, const struct dns_name *name)
{
    for (size_t i = 0; i < a->n_blocklists; i++)
        if (blocklist_asks(&a->blocklist[i].in->list, name))
            return true;
    return false;
}

/* --- evidence -----------------------------------------------------------------------
 */

/* Is it this client, or a domain of the mail? */
static bool concerns(const struct blocklist_result *r, const char *ip)
{
    return r->list->kind == BLOCKLIST_DOMAIN || strcmp(r->subject, ip) == 0;
}

/* What lists the client or the mail's domains, as far as is known now. */
static enum ac_status listings(const struct audit *a, const struct plan_client *c,
                               struct arena *arena, struct verdict_evidence *out)
{
    const struct audit *by = a->options.listed_by ? a->options.listed_by : a;
    struct blocklist_result *row = NULL;
    char ip[IP_TEXT_MAX];
    size_t cap = 0;

    ip_print(&c->ip, ip);
    for (size_t i = 0; i < by->n_blocklists; i++) {
        const struct blocklist_task *t = by->blocklist[i].in;

        if (!engine_done(by->blocklist[i].task))
            continue;
        for (size_t k = 0; k < t->n; k++) {
            if (t->out[k].state != BLOCKLIST_LISTED || !concerns(&t->out[k], ip))
                continue;
            row = arena_grow(arena, row, out->n_listings, &cap, sizeof *row);
            if (!row)
                return AC_ENOMEM;
            row[out->n_listings++] = t->out[k];
        }
    }
    out->listing = row;
    return AC_OK;
}

/* The first of these findings that a task has made. */
static struct verdict_reason first_of(const struct task *t, const enum finding_id *id,
                                      size_t n)
{
    struct verdict_reason none = { .id = FINDING_NONE };

    for (size_t i = 0; i < t->findings.n; i++)
        for (size_t k = 0; k < n; k++)
            if (t->findings.row[i].id == id[k])
                return (struct verdict_reason){ id[k], t->findings.row[i].about,
                                                t->findings.row[i].message };
    return none;
}

/* Where the DNS failed, and nothing else is known to be wrong. */
static enum ac_status or_failure(struct verdict_reason *why, bool failed,
                                 struct arena *arena, const char *about,
                                 const char *what)
{
    if (why->id != FINDING_NONE || !failed)
        return AC_OK;
    *why = (struct verdict_reason){
        FINDING_DNS_NOT_ANSWERED, arena_strdup(arena, span_of(about)),
        arena_printf(arena, "The DNS did not tell %s of %s.", what, about)
    };
    return why->about && why->text ? AC_OK : AC_ENOMEM;
}

static enum ac_status host_evidence(const struct plan_client *c, struct arena *arena,
                                    struct verdict_evidence *out)
{
    static const enum finding_id of_host[] = {
        FINDING_HOST_PTR_MISSING,
        FINDING_HOST_PTR_NOT_CONFIRMED,
        FINDING_HOST_PTR_PARTLY,
        FINDING_HOST_NAME_GENERIC,
    };
    static const enum finding_id of_helo[] = {
        FINDING_HOST_HELO_INVALID,
        FINDING_HOST_HELO_NOT_FQDN,
        FINDING_HOST_HELO_UNKNOWN,
    };
    const struct host_task *t = c->host.in;
    char ip[IP_TEXT_MAX];

    if (!c->host.task || t->silent)
        return AC_OK;
    out->host_pending = !engine_done(c->host.task);
    out->helo_facts_pending = out->host_pending && t->helo.p;
    if (out->host_pending)
        return AC_OK;
    out->host = &t->out;
    out->helo_facts = t->helo.p ? &t->helo_facts : NULL;
    out->host_fails = first_of(c->host.task, of_host, sizeof of_host / sizeof *of_host);
    out->helo_name_fails =
        first_of(c->host.task, of_helo, sizeof of_helo / sizeof *of_helo);
    if (out->host_fails.id == FINDING_NONE && t->out.iprev == HOST_IPREV_NONE) {
        out->host_fails =
            (struct verdict_reason){ FINDING_HOST_PTR_MISSING,
                                     arena_strdup(arena, span_of(ip_print(&c->ip, ip))),
                                     arena_printf(arena, "%s has no PTR record.", ip) };
        if (!out->host_fails.about || !out->host_fails.text)
            return AC_ENOMEM;
    }
    TRY(or_failure(&out->host_fails, t->out.iprev == HOST_IPREV_TEMPERROR, arena,
                   ip_print(&c->ip, ip), "the names"));
    if (!t->helo.p || t->helo_facts.exists != AC_MAYBE)
        return AC_OK;
    return or_failure(&out->helo_name_fails, true, arena, c->helo.p, "the addresses");
}

static enum ac_status domain_evidence(const struct task *task,
                                      const struct sender_domain *d,
                                      struct arena *arena, struct verdict_reason *why)
{
    static const enum finding_id of_domain[] = {
        FINDING_SENDER_DOMAIN_MISSING, FINDING_SENDER_NULL_MX,
        FINDING_SENDER_NO_MAIL_HOST,   FINDING_SENDER_MX_ADDRESS,
        FINDING_SENDER_MX_DEAD,        FINDING_SENDER_NO_MX,
    };
    bool failed = d->has_mx == AC_MAYBE || d->has_address == AC_MAYBE ||
                  d->deliverable == AC_MAYBE || d->soa == AC_MAYBE;
    char name[DNS_TEXT_MAX];

    *why = first_of(task, of_domain, sizeof of_domain / sizeof *of_domain);
    return or_failure(why, failed, arena, dns_name_print(&d->name, name),
                      "where to answer mail");
}

static enum ac_status senders_evidence(const struct audit *a,
                                       const struct plan_client *c, struct arena *arena,
                                       struct verdict_evidence *out)
{
    if (engine_done(a->author.task)) {
        out->author_facts = &a->author.in->out;
        TRY(domain_evidence(a->author.task, out->author_facts, arena,
                            &out->author_fails));
    }
    out->author_pending = a->author.task && !out->author_facts;
    if (!a->sender.task && !out->null_sender && c->identifier) {
        out->sender_facts = out->author_facts;
        out->sender_fails = out->author_fails;
        out->sender_pending = out->author_pending;
    }
    if (engine_done(a->sender.task)) {
        out->sender_facts = &a->sender.in->out;
        TRY(domain_evidence(a->sender.task, out->sender_facts, arena,
                            &out->sender_fails));
    }
    out->sender_pending = out->sender_pending || (a->sender.task && !out->sender_facts);
    return AC_OK;
}

enum ac_status plan_reputation_evidence(const struct audit *a,
                                        const struct plan_client *c,
                                        struct arena *arena,
                                        struct verdict_evidence *out)
{
    out->host_fails.id = out->helo_name_fails.id = FINDING_NONE;
    out->sender_fails.id = out->author_fails.id = FINDING_NONE;
    TRY(host_evidence(c, arena, out));
    TRY(senders_evidence(a, c, arena, out));
    return listings(a, c, arena, out);
}

/* --- the result ---------------------------------------------------------------------
 */

/* For the report, or since a receiver's rules ask: then it is shown as well. */
static enum ac_status finish_hosts(struct audit *a)
{
    struct audit_result *r = &a->result;
    const struct plan_client *first = a->client;
    struct audit_host *row;

    if (!a->options.n_ips || !first->host.task || first->host.in->silent)
        return AC_OK;
    row = arena_array(&a->engine.arena, a->options.n_ips, sizeof *row);
    if (!row)
        return AC_ENOMEM;
    for (size_t i = 0; i < a->options.n_ips; i++) {
        const struct host_task *t = a->client[i].host.in;

        row[i].client = t->out;
        if (!t->helo.p)
            continue;
        row[i].helo = &t->helo_facts;
        row[i].helo_name = arena_strdup(&a->engine.arena, t->helo);
        if (!row[i].helo_name)
            return AC_ENOMEM;
    }
    r->host = row;
    r->n_hosts = a->options.n_ips;
    return AC_OK;
}

static void finish_senders(struct audit *a)
{
    struct audit_result *r = &a->result;

    if (!a->author.task)
        return;
    r->sender = a->sender.task ? &a->sender.in->out : &a->author.in->out;
    r->author = a->sender.task ? &a->author.in->out : NULL;
}

static enum ac_status finish_blocklists(struct audit *a)
{
    struct audit_result *r = &a->result;
    struct blocklist_result *row;
    size_t n = 0;

    for (size_t i = 0; i < a->n_blocklists; i++)
        n += a->blocklist[i].in->n;
    row = arena_array(&a->engine.arena, n, sizeof *row);
    if (!row)
        return AC_ENOMEM;
    r->listing = row;
    for (size_t i = 0; i < a->n_blocklists; i++) {
        const struct blocklist_task *t = a->blocklist[i].in;

        if (t->n)
            memcpy(row + r->n_listings, t->out, t->n * sizeof *row);
        r->n_listings += t->n;
    }
    return AC_OK;
}

/* Could the fate of the mail hang on what the operator thinks of its sender: where
 * nothing else stands against it, or where the host or a listing does? */
static bool reputation_could_decide(const struct audit_result *r)
{
    if (!r->has_verdict || !r->n_hosts)
        return false;
    if (r->verdict == VERDICT_ACCEPT)
        return true;
    for (size_t i = 0; i < r->n_listings; i++)
        if (r->listing[i].state == BLOCKLIST_LISTED)
            return true;
    return r->host[r->described].client.iprev == HOST_IPREV_NONE ||
           r->host[r->described].client.iprev == HOST_IPREV_FAIL;
}

static enum ac_status finish_pages(struct audit *a)
{
    struct audit_result *r = &a->result;
    struct arena *arena = &a->engine.arena;
    const struct special *special;
    char ip[IP_TEXT_MAX];
    size_t n;
    const struct reputation_page *page = reputation_pages(&n);
    struct audit_page *row;

    if (!reputation_could_decide(r))
        return AC_OK;
    special = r->host[r->described].client.special;
    row = arena_array(arena, n, sizeof *row);
    if (!row)
        return AC_ENOMEM;
    ip_print(&r->ip[r->described], ip);
    r->page = row;
    for (size_t i = 0; i < n; i++) {
        const char *about =
            page[i].of_domain ? r->domain : arena_strdup(arena, span_of(ip));

        if (!page[i].of_domain && special && special->reach == SPECIAL_PRIVATE)
            continue;
        row[r->n_pages] =
            (struct audit_page){ page[i].name, page[i].what, about,
                                 about ? reputation_page_fill(arena, page[i].url, about)
                                       : NULL };
        if (!row[r->n_pages++].url)
            return AC_ENOMEM;
    }
    return AC_OK;
}

enum ac_status plan_reputation_finish(struct audit *a)
{
    TRY(finish_hosts(a));
    finish_senders(a);
    TRY(finish_blocklists(a));
    return a->options.reputation ? finish_pages(a) : AC_OK;
}
