/* SPDX-License-Identifier: MIT */
/*
 * conn.c - host, HELO name and sender's domains as conditions. RFC 8601, 2.7.3; RFC
 * 5321, 4.1.1.1, 5.1; RFC 7505.
 *
 * The programs ask in different ways: Postfix takes the first PTR name alone, Exim
 * wants an MX host that resolves, sendmail any record at all. Each way is a condition.
 */
#include "verdict/conn.h"

static bool goes_on(const struct verdict_eyes *eyes)
{
    return eyes->habits & VERDICT_MEETS_FAILURE;
}

static bool failed(enum dns_outcome outcome)
{
    return outcome > DNS_NXDOMAIN;
}

/* --- the host -----------------------------------------------------------------------
 */

/* A program that anybody can run stands in private networks and laboratories as well;
 * the large receivers see nothing but the Internet. */
static bool is_judged(const struct host_client *host, const struct verdict_eyes *eyes)
{
    bool spares = (eyes->habits & VERDICT_SPARES_PRIVATE) &&
                  (host->ip.family == 4 ||
                   (host->special && host->special->reach == SPECIAL_PRIVATE));

    return host->judged || (goes_on(eyes) && !spares);
}

bool verdict_conn_wants_names(const struct ip *ip, const struct verdict_eyes *eyes)
{
    const struct special *special = special_find(ip);
    const struct host_client host = {
        .ip = *ip,
        .special = special,
        .judged = !special || special->reach == SPECIAL_BENCH,
    };

    return is_judged(&host, eyes);
}

static bool is_open_host(const struct host_client *host,
                         const struct verdict_eyes *eyes)
{
    return host->iprev == HOST_IPREV_TEMPERROR && is_judged(host, eyes);
}

static uint64_t of_names(const struct host_client *host)
{
    bool generic = host->n_names;
    uint64_t facts = 0;

    for (size_t i = 0; i < host->n_names; i++) {
        if (host->name[i].confirmed != AC_YES)
            facts |= ON(PTR_DOUBTFUL);
        generic = generic && host->name[i].generic;
    }
    return generic ? facts | ON(PTR_GENERIC) : facts;
}

static uint64_t of_host(const struct host_client *host, const struct verdict_eyes *eyes)
{
    const uint64_t none = ON(NO_PTR) | ON(PTR_UNCONFIRMED) | ON(PTR_DOUBTFUL);

    if (!host || !is_judged(host, eyes))
        return 0;
    switch (host->iprev) {
    case HOST_IPREV_PASS:
        return of_names(host);
    case HOST_IPREV_FAIL:
        return of_names(host) | ON(PTR_UNCONFIRMED) | ON(PTR_DOUBTFUL);
    case HOST_IPREV_NONE:
        return none;
    case HOST_IPREV_TEMPERROR:
        break;
    }
    if (!goes_on(eyes))
        return 0;
    return failed(host->ptr) ? none : none & ~ON(NO_PTR);
}

static bool close_host(const struct host_client *now, unsigned way,
                       struct host_client *out)
{
    static const enum host_iprev end[] = { HOST_IPREV_PASS, HOST_IPREV_FAIL,
                                           HOST_IPREV_NONE };

    *out = now ? *now : (struct host_client){ .ptr = DNS_TIMEOUT };
    if (end[way] == HOST_IPREV_NONE && !failed(out->ptr))
        return false;
    out->iprev = end[way];
    out->ptr = end[way] == HOST_IPREV_NONE ? DNS_NODATA : DNS_ANSWER;
    out->judged = true;
    if (end[way] == HOST_IPREV_PASS)
        out->n_names = 0;
    return true;
}

/* --- the HELO name ------------------------------------------------------------------
 */

static uint64_t of_helo(const struct verdict_evidence *e,
                        const struct verdict_eyes *eyes)
{
    const struct host_helo *helo = e->helo_facts;

    if (!helo || !e->helo_counts)
        return 0;
    if (helo->literal)
        return helo->valid ? 0 : ON(HELO_LITERAL_BAD);
    return (helo->valid && helo->fqdn ? 0 : ON(HELO_NOT_FULL)) |
           (helo->exists == AC_NO                       ? ON(HELO_UNKNOWN)
            : helo->exists == AC_MAYBE && goes_on(eyes) ? ON(HELO_NO_ANSWER)
                                                        : 0);
}

static bool close_helo(const struct host_helo *now, unsigned way, struct host_helo *out)
{
    *out = now ? *now : (struct host_helo){ .valid = true, .fqdn = true };
    out->exists = way ? AC_NO : AC_YES;
    return true;
}

/* --- a sender's domain --------------------------------------------------------------
 */

static uint64_t of_mx_hosts(const struct sender_domain *d)
{
    enum ac_tri any = d->more_hosts ? AC_MAYBE : AC_NO;
    bool address = false;

    if (d->has_mx != AC_YES || d->null_mx == AC_YES)
        return 0;
    for (size_t i = 0; i < d->n_hosts; i++) {
        address = address || d->host[i].address;
        if (!d->host[i].address)
            any = ac_tri_or(any, d->host[i].resolves);
    }
    if (!d->n_hosts) /* closed by supposition */
        any = d->deliverable;
    return (address ? ON(SENDER_MX_ADDRESS) : 0) |
           (any == AC_NO      ? ON(SENDER_DANGLING)
            : any == AC_MAYBE ? ON(SENDER_HOSTS_FAILED)
                              : 0) |
           (any == AC_NO && !address ? ON(SENDER_NOWHERE) : 0);
}

/* Failures count as facts: for eyes that go on, or in a world where nothing is open. */
static uint64_t of_sender(const struct sender_domain *d)
{
    bool any = d->has_mx == AC_YES || d->has_address == AC_YES;
    bool none = d->has_mx == AC_NO && d->has_address == AC_NO;

    return of_mx_hosts(d) | (d->null_mx == AC_YES ? ON(SENDER_NULL_MX) : 0) |
           (none ? ON(SENDER_UNKNOWN) : 0) | (!any && !none ? ON(SENDER_FAILED) : 0) |
           (d->has_mx == AC_NO ? ON(SENDER_WITHOUT_MX) : 0) |
           (d->has_mx == AC_MAYBE ? ON(SENDER_MX_FAILED) : 0) |
           (d->soa == AC_NO ? ON(SENDER_NO_SOA) : 0);
}

static uint64_t of_author(const struct sender_domain *d)
{
    return (d->null_mx == AC_YES ? ON(AUTHOR_NULL_MX) : 0) |
           (d->soa == AC_NO ? ON(AUTHOR_NO_SOA) : 0);
}

static bool is_open_sender(const struct sender_domain *d)
{
    return d->has_mx == AC_MAYBE || d->has_address == AC_MAYBE ||
           d->null_mx == AC_MAYBE || d->deliverable == AC_MAYBE || d->soa == AC_MAYBE;
}

/* The ends of what is open of a domain. */
enum sender_end {
    END_GOOD,
    END_NULL_MX,
    END_DANGLING,
    END_ADDRESS_ALONE,
    END_EMPTY,
    END_ABSENT,
    SENDER_ENDS
};

static const struct sender_domain nothing_known = {
    .exists = AC_MAYBE,
    .soa = AC_MAYBE,
    .has_mx = AC_MAYBE,
    .has_address = AC_MAYBE,
    .null_mx = AC_MAYBE,
    .deliverable = AC_MAYBE,
};

static bool can_end(const struct sender_domain *d, enum sender_end end)
{
    switch (end) {
    case END_GOOD:
        return d->has_mx != AC_NO || d->has_address != AC_NO;
    case END_NULL_MX:
        return d->null_mx != AC_NO;
    case END_DANGLING:
        return d->has_mx != AC_NO && d->null_mx != AC_YES && d->deliverable != AC_YES;
    case END_ADDRESS_ALONE:
        return d->has_mx != AC_YES && d->has_address != AC_NO;
    case END_EMPTY:
        return d->has_mx != AC_YES && d->has_address != AC_YES && d->exists != AC_NO;
    case END_ABSENT:
    case SENDER_ENDS:
        break;
    }
    return d->exists != AC_YES && d->soa != AC_YES;
}

static bool close_sender(const struct sender_domain *now, enum sender_end end,
                         struct sender_domain *out)
{
    const struct sender_domain *d = now ? now : &nothing_known;
    bool mx = end == END_NULL_MX || end == END_DANGLING ||
              (end == END_GOOD && d->has_mx != AC_NO);
    bool address = end == END_ADDRESS_ALONE || (end == END_GOOD && !mx) ||
                   (mx && d->has_address == AC_YES);

    *out = *d;
    out->has_mx = mx ? AC_YES : AC_NO;
    out->null_mx = end == END_NULL_MX ? AC_YES : AC_NO;
    out->has_address = address ? AC_YES : AC_NO;
    out->exists = out->soa = end == END_ABSENT ? AC_NO : AC_YES;
    out->deliverable = end == END_GOOD || end == END_ADDRESS_ALONE ? AC_YES : AC_NO;
    out->n_hosts = 0;
    return can_end(d, end);
}

/* --- all together -------------------------------------------------------------------
 */

uint64_t verdict_conn_listing(const struct verdict_evidence *e,
                              const struct blocklist_result *listing)
{
    struct span zone = span_of(listing->list->zone), about = span_of(listing->subject);
    uint64_t facts = ON(LISTED_DBL);

    if (listing->state != BLOCKLIST_LISTED)
        return 0;
    if (span_eq_ci(zone, SPAN("zen.spamhaus.org")))
        return ON(LISTED_SPAMHAUS);
    if (!span_eq_ci(zone, SPAN("dbl.spamhaus.org")))
        return 0;
    if (!e->null_sender && e->spf_domain && span_eq_ci(about, span_of(e->spf_domain)))
        facts |= ON(SENDER_IN_DBL);
    if (e->helo_counts && e->helo && span_eq_ci(about, span_of(e->helo)))
        facts |= ON(HELO_IN_DBL);
    return facts;
}

static uint64_t of_listings(const struct verdict_evidence *e)
{
    uint64_t facts = 0;

    for (size_t i = 0; i < e->n_listings; i++)
        facts |= verdict_conn_listing(e, &e->listing[i]);
    return facts;
}

uint64_t verdict_conn_facts(const struct verdict_evidence *e,
                            const struct verdict_eyes *eyes)
{
    uint64_t facts = of_host(e->host, eyes) | of_helo(e, eyes) | of_listings(e);

    if (e->sender_facts)
        facts |= of_sender(e->sender_facts);
    if (e->author_facts)
        facts |= of_author(e->author_facts);
    if (!goes_on(eyes)) /* to others a failure is open, and no fact */
        facts &= ~(ON(SENDER_FAILED) | ON(SENDER_MX_FAILED) | ON(SENDER_HOSTS_FAILED));
    return facts;
}

/* Is one look-up open: not answered yet, or failed for those who do not go on? */
static bool is_open(bool pending, bool unknown, const struct verdict_eyes *eyes)
{
    return pending || (unknown && !goes_on(eyes));
}

static bool same_domain(const struct verdict_evidence *e)
{
    return e->sender_facts && e->sender_facts == e->author_facts;
}

unsigned verdict_conn_ways(const struct verdict_evidence *e,
                           const struct verdict_eyes *eyes, uint64_t conditions,
                           enum verdict_conn what)
{
    const struct sender_domain *sender = e->sender_facts, *author = e->author_facts;
    bool open = false;

    switch (what) {
    case CONN_HOST:
        open = (conditions & ON_HOST) &&
               is_open(e->host_pending && verdict_conn_wants_names(&e->ip, eyes),
                       e->host && is_open_host(e->host, eyes), eyes);
        return open ? 3 : 1;
    case CONN_HELO:
        open = (conditions & ON_HELO_NAME) && e->helo_counts &&
               is_open(e->helo_facts_pending,
                       e->helo_facts && e->helo_facts->exists == AC_MAYBE, eyes);
        return open ? 2 : 1;
    case CONN_SENDER:
        open = (conditions & (same_domain(e) ? ON_SENDER | ON_AUTHOR : ON_SENDER)) &&
               is_open(e->sender_pending, sender && is_open_sender(sender), eyes);
        break;
    case CONN_AUTHOR:
    case CONN_N:
        open = (conditions & ON_AUTHOR) && !same_domain(e) &&
               is_open(e->author_pending, author && is_open_sender(author), eyes);
        break;
    }
    return open ? SENDER_ENDS : 1;
}

bool verdict_conn_pending(const struct verdict_evidence *e,
                          const struct verdict_eyes *eyes, uint64_t conditions)
{
    return ((conditions & ON_HOST) && e->host_pending &&
            verdict_conn_wants_names(&e->ip, eyes)) ||
           ((conditions & ON_HELO_NAME) && e->helo_counts && e->helo_facts_pending) ||
           ((conditions & ON_SENDER) && e->sender_pending) ||
           ((conditions & ON_AUTHOR) && e->author_pending);
}

bool verdict_conn_close(struct verdict_evidence *e, enum verdict_conn what,
                        unsigned way, struct verdict_conn_room *room)
{
    bool same = same_domain(e), can_be = true;

    switch (what) {
    case CONN_HOST:
        can_be = close_host(e->host, way, &room->host);
        e->host = &room->host;
        e->host_pending = false;
        break;
    case CONN_HELO:
        can_be = close_helo(e->helo_facts, way, &room->helo);
        e->helo_facts = &room->helo;
        e->helo_facts_pending = false;
        break;
    case CONN_SENDER:
        can_be = close_sender(e->sender_facts, (enum sender_end)way, &room->sender);
        e->sender_facts = &room->sender;
        e->sender_pending = false;
        if (same)
            e->author_facts = e->sender_facts;
        break;
    case CONN_AUTHOR:
    case CONN_N:
        can_be = close_sender(e->author_facts, (enum sender_end)way, &room->author);
        e->author_facts = &room->author;
        e->author_pending = false;
        break;
    }
    return can_be;
}

void verdict_conn_mend(struct verdict_evidence *e, enum verdict_conn what)
{
    static const struct host_client host = { .iprev = HOST_IPREV_PASS, .judged = true };
    static const struct host_helo helo = {
        .valid = true, .fqdn = true, .exists = AC_YES, .matches = AC_YES
    };
    static const struct sender_domain domain = {
        .exists = AC_YES,
        .soa = AC_YES,
        .has_mx = AC_YES,
        .has_address = AC_YES,
        .deliverable = AC_YES,
    };
    bool same = same_domain(e);

    switch (what) {
    case CONN_HOST:
        e->host = &host;
        break;
    case CONN_HELO:
        e->helo_facts = &helo;
        break;
    case CONN_SENDER:
        e->sender_facts = &domain;
        if (same)
            e->author_facts = &domain;
        break;
    case CONN_AUTHOR:
    case CONN_N:
        e->author_facts = &domain;
        break;
    }
}
