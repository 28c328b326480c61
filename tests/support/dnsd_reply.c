/* SPDX-License-Identifier: MIT */
/*
 * dnsd_reply.c - what the DNS server for tests says. RFC 1035, 4; RFC 2308; RFC 8914.
 */
#include "support/dnsd_parts.h"

#include <ldns/ldns.h>

static void put(struct job *j, const void *bytes, size_t n)
{
    if (j->n + n > sizeof j->out)
        n = 0;
    memcpy(j->out + j->n, bytes, n);
    j->n += n;
}

static void put_record(struct job *j, const struct record *r)
{
    uint8_t fixed[10];

    /* "As the name in the question": so that compression is met with. */
    if (dns_name_eq(&r->owner, &j->q.name))
        put(j, "\xc0\x0c", 2);
    else
        put(j, r->owner.wire, r->owner.n);
    ldns_write_uint16(fixed, r->type);
    ldns_write_uint16(fixed + 2, 1);
    ldns_write_uint32(fixed + 4, r->ttl);
    ldns_write_uint16(fixed + 8, (uint16_t)r->n);
    put(j, fixed, sizeof fixed);
    put(j, r->rdata, r->n);
}

const struct rule *dnsd_rule_find(struct dnsd *d, const struct dns_name *name,
                                  uint16_t type)
{
    bool listed = false;

    for (size_t i = 0; i < d->n_records; i++)
        listed |= d->records[i].type == type && dns_name_eq(&d->records[i].owner, name);
    for (size_t i = 0; i < d->n_rules; i++) {
        struct rule *r = &d->rules[i];

        if ((r->any_name || dns_name_eq(&r->name, name)) &&
            (!r->as.type || r->as.type == type) && !(r->as.unlisted && listed) &&
            (!r->as.times || r->used < r->as.times)) {
            r->used++;
            return r;
        }
    }
    return NULL;
}

static bool name_exists(const struct dnsd *d, const struct dns_name *name)
{
    for (size_t i = 0; i < d->n_records; i++)
        if (dns_name_is_under(&d->records[i].owner, name))
            return true;
    for (size_t i = 0; i < d->n_rules; i++)
        if (!d->rules[i].any_name && dns_name_is_under(&d->rules[i].name, name))
            return true;
    return false;
}

static size_t put_set(struct job *j, const struct dns_name *owner, uint16_t type)
{
    size_t n = 0;

    for (size_t i = 0; i < j->d->n_records; i++)
        if (j->d->records[i].type == type &&
            dns_name_eq(&j->d->records[i].owner, owner)) {
            put_record(j, &j->d->records[i]);
            n++;
        }
    j->an += (unsigned)n;
    return n;
}

/* The SOA of the zone that the name is in; that of the root is made up. */
static void put_soa(struct job *j, const struct dns_name *name)
{
    static uint8_t rdata[22] = { [21] = 60 };
    const struct record root = { .owner = { .n = 1 },
                                 .type = DNS_T_SOA,
                                 .ttl = 60,
                                 .n = sizeof rdata,
                                 .rdata = rdata };
    const struct record *best = &root;

    for (size_t i = 0; i < j->d->n_records; i++) {
        const struct record *r = &j->d->records[i];

        if (r->type == DNS_T_SOA && dns_name_is_under(name, &r->owner) &&
            r->owner.n > best->owner.n)
            best = r;
    }
    put_record(j, best);
    j->ns++;
}

static const struct record *cname_find(const struct dnsd *d,
                                       const struct dns_name *owner)
{
    for (size_t i = 0; i < d->n_records; i++)
        if (d->records[i].type == DNS_T_CNAME &&
            dns_name_eq(&d->records[i].owner, owner))
            return &d->records[i];
    return NULL;
}

/* The answer that the zone has, CNAMEs followed. A rule at their end holds too. */
static void put_zone(struct job *j)
{
    struct dns_name at = j->q.name;
    unsigned links = 0;

    for (;;) {
        const struct record *alias = cname_find(j->d, &at);
        const struct rule *rule;

        if (put_set(j, &at, j->q.type))
            return;
        if (!alias || links++ == LINKS_MAX)
            break;
        put_record(j, alias);
        j->an++;
        if (!dns_name_from_wire(span_make(alias->rdata, alias->n), &at))
            break;
        if (j->rule.tricks & DNSD_SHORT)
            return;
        rule = dnsd_rule_find(j->d, &at, j->q.type);
        if (rule) {
            j->rule = rule->as;
            return;
        }
    }
    j->rcode = name_exists(j->d, &at) ? 0 : 3;
    if (!(j->rule.tricks & DNSD_NO_SOA) && links <= LINKS_MAX)
        put_soa(j, &at);
}

static void put_opt(struct job *j)
{
    uint8_t opt[17] = { 0, 0, TYPE_OPT, 4, 0xd0, 0, 0, 0, 0, 0, 6, 0, 15, 0, 2 };

    if (!j->rule.ede)
        opt[10] = 0;
    ldns_write_uint16(opt + 15, (uint16_t)j->rule.ede);
    put(j, opt, j->rule.ede ? 17 : 11);
}

static void put_header(struct job *j, bool opt)
{
    uint8_t *h = j->out;

    ldns_write_uint16(h, j->q.id);
    h[2] = (uint8_t)(0x81 | (j->cut ? 2 : 0)); /* QR, RD */
    h[3] = (uint8_t)(0x80 | j->rcode);         /* RA */
    ldns_write_uint16(h + 4, 1);
    ldns_write_uint16(h + 6, (uint16_t)j->an);
    ldns_write_uint16(h + 8, (uint16_t)j->ns);
    ldns_write_uint16(h + 10, opt ? 1 : 0);
}

static void reply_empty(struct job *j, unsigned rcode)
{
    j->n = HEADER + j->question_n;
    j->an = j->ns = 0;
    j->rcode = rcode;
}

void dnsd_reply_build(struct job *j)
{
    bool opt = j->q.edns != 0;

    memcpy(j->out + HEADER, j->question, j->question_n);
    reply_empty(j, 0);
    if (!j->rule.rcode)
        put_zone(j);
    if (j->rule.rcode)
        reply_empty(j, j->rule.rcode);
    if (opt && j->rule.tricks & DNSD_FORMERR) {
        reply_empty(j, 1);
        opt = false;
    }
    if (j->rule.tricks & DNSD_BROKEN) {
        reply_empty(j, 0);
        put(j, "\xc0\x0c\0\x10\0\1\0\0\0\0\xff\xff", 12);
        j->an = 1;
    }
    if (!j->q.tcp && (j->rule.tricks & DNSD_CUT || j->n + 17 > j->limit)) {
        reply_empty(j, 0);
        j->cut = true;
    }
    if (opt)
        put_opt(j);
    put_header(j, opt);
}
