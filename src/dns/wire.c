/* SPDX-License-Identifier: MIT */
/*
 * wire.c - bytes to question and answer. RFC 1035, 4; RFC 2308; RFC 6891; RFC 8914.
 *
 * A reply comes from strangers. The walk over its records reads the fixed fields alone,
 * so records that nobody asked for cost nothing. ldns decompresses the names that
 * count, behind a guard: it follows up to 65,535 pointers a name and grows the list of
 * strings of a TXT record one by one, so that a reply of 64 KiB could hold it for
 * seconds. RDATA that may not be compressed (RFC 3597, 4) is copied as it is.
 */
#include "dns/wire.h"

#include <ldns/ldns.h>

enum {
    HEADER = 12,
    RR_FIXED = 10,    /* type, class, TTL, length */
    LABELS_MAX = 127, /* of a name of 255 octets: no more pointers make sense */
    CHAIN_MAX = 16,
    CLASS_IN = 1,
    TYPE_OPT = 41,
    OPTION_EDE = 15,
    RCODE_NOERROR = 0,
    RCODE_SERVFAIL = 2,
    RCODE_NXDOMAIN = 3,
    RDATA_MAX = 2 * DNS_NAME_MAX + 20 /* of a type with names: SOA */
};

struct record {
    size_t owner; /* offsets in the reply */
    size_t rdata;
    size_t n; /* octets of RDATA */
    uint32_t ttl;
    uint16_t type;
    uint16_t class;
};

struct section {
    size_t at; /* offset of its first record */
    unsigned n;
};

struct reply {
    const uint8_t *p;
    size_t n;
    struct section answer, authority, additional;
    unsigned rcode; /* with the upper bits of the OPT record */
    bool bogus;     /* an extended error says that DNSSEC failed */
};

/* The state of one call. */
struct reading {
    struct arena *arena;
    struct reply reply;
    const struct dns_name *asked;
    uint16_t type;
    struct dns_name chain[CHAIN_MAX];
    struct dns_answer *out;
};

size_t dns_wire_query(const struct dns_name *name, uint16_t type, uint16_t id,
                      uint8_t out[static DNS_QUERY_MAX])
{
    /* Recursion desired; AD in a query asks for the AD bit (RFC 6840, 5.7). */
    static const uint8_t header[HEADER] = { 0, 0, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 1 };
    /* The root, OPT, UDP size, no flags, no options: c-ares cuts off the last 11 octets
     * when a server does not know EDNS, so the record must be exactly this. */
    static const uint8_t opt[11] = { 0, 0, TYPE_OPT, DNS_UDP_SIZE >> 8,
                                     DNS_UDP_SIZE & 0xff };
    uint8_t *p = out;

    memcpy(p, header, sizeof header);
    ldns_write_uint16(p, id);
    p += sizeof header;
    memcpy(p, name->wire, name->n);
    p += name->n;
    ldns_write_uint16(p, type);
    ldns_write_uint16(p + 2, CLASS_IN);
    p += 4;
    memcpy(p, opt, sizeof opt);
    return (size_t)(p - out) + sizeof opt;
}

/* Step over a name without following it. */
static bool name_skip(const struct reply *r, size_t *pos)
{
    size_t at = *pos;

    while (at < r->n && r->p[at] && r->p[at] < 0xc0) {
        if (r->p[at] > DNS_LABEL_MAX)
            return false;
        at += r->p[at] + 1u;
    }
    if (at >= r->n)
        return false;
    at += r->p[at] ? 2 : 1;
    *pos = at;
    return at <= r->n;
}

/*
 * Go on from *at to where a label (or the root) stands. RFC 1035, 4.1.4: a pointer
 * points to a prior occurrence, so each target must be before the last; that and `hops`
 * end every loop. *least is where the name last jumped to.
 */
static bool name_hop(const struct reply *r, size_t *at, size_t *least, unsigned *hops)
{
    while (*at + 1 < r->n && r->p[*at] >= 0xc0) {
        size_t to = ldns_read_uint16(r->p + *at) & 0x3fffu;

        if (to < HEADER || to >= *least || ++*hops > LABELS_MAX)
            return false;
        *at = *least = to;
    }
    return *at < r->n && r->p[*at] <= DNS_LABEL_MAX && r->n - *at > r->p[*at];
}

/* Is the name at `at` that one, without regard to case? */
static bool name_is(const struct reply *r, size_t at, const struct dns_name *name)
{
    size_t least = at;
    unsigned hops = 0;

    for (size_t i = 0; name_hop(r, &at, &least, &hops);) {
        size_t n = r->p[at];

        if (n != name->wire[i] ||
            !span_eq_ci(span_make(r->p + at + 1, n), span_make(name->wire + i + 1, n)))
            return false;
        if (!n)
            return true;
        i += n + 1;
        at += n + 1;
    }
    return false;
}

/* May ldns read the name at `at`: does it end, after a sane number of steps? */
static bool name_ends(const struct reply *r, size_t at)
{
    size_t least = at;
    unsigned hops = 0;
    unsigned labels = 0;

    while (name_hop(r, &at, &least, &hops)) {
        if (!r->p[at])
            return true;
        if (++labels > LABELS_MAX)
            return false;
        at += r->p[at] + 1u;
    }
    return false;
}

/* Read the name at *pos and step over it. Appends it to out[*n]; AC_EINVAL where it is
 * no name. */
static enum ac_status name_read(const struct reply *r, size_t *pos, uint8_t *out,
                                size_t *n)
{
    ldns_rdf *rdf = NULL;
    ldns_status status;

    if (!name_ends(r, *pos))
        return AC_EINVAL;
    status = ldns_wire2dname(&rdf, r->p, r->n, pos);
    if (status != LDNS_STATUS_OK)
        return status == LDNS_STATUS_MEM_ERR ? AC_ENOMEM : AC_EINVAL;
    memcpy(out + *n, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
    *n += ldns_rdf_size(rdf);
    ldns_rdf_deep_free(rdf);
    return AC_OK;
}

static bool record_next(const struct reply *r, size_t *pos, struct record *out)
{
    out->owner = *pos;
    if (!name_skip(r, pos) || r->n - *pos < RR_FIXED)
        return false;
    out->type = ldns_read_uint16(r->p + *pos);
    out->class = ldns_read_uint16(r->p + *pos + 2);
    out->ttl = ldns_read_uint32(r->p + *pos + 4);
    out->n = ldns_read_uint16(r->p + *pos + 8);
    out->rdata = *pos + RR_FIXED;
    *pos = out->rdata + out->n;
    return *pos <= r->n;
}

/* RFC 2181, 8: a TTL with the top bit set is 0. */
static uint32_t ttl_sane(uint32_t ttl)
{
    return ttl > INT32_MAX ? 0 : ttl;
}

static uint32_t ttl_least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* RFC 8914, 4: the extended errors by which a validator says that signatures fail. */
static bool ede_is_bogus(unsigned code)
{
    return code >= 6 && code <= 12;
}

/* RFC 6891, 6.1.2 and 6.1.3. */
static void opt_read(struct reply *r, const struct record *opt)
{
    size_t at = opt->rdata;
    size_t end = opt->rdata + opt->n;

    r->rcode |= opt->ttl >> 24 << 4;
    while (end - at >= 4) {
        unsigned code = ldns_read_uint16(r->p + at);
        size_t n = ldns_read_uint16(r->p + at + 2);

        at += 4;
        if (n > end - at)
            return;
        if (code == OPTION_EDE && n >= 2 && ede_is_bogus(ldns_read_uint16(r->p + at)))
            r->bogus = true;
        at += n;
    }
}

static bool section_walk(struct reply *r, size_t *pos, struct section *s, unsigned n)
{
    struct record rr;

    *s = (struct section){ *pos, n };
    for (unsigned i = 0; i < n; i++) {
        if (!record_next(r, pos, &rr))
            return false;
        if (s == &r->additional && rr.type == TYPE_OPT)
            opt_read(r, &rr);
    }
    return true;
}

/* The question: ours; or none at all, as some servers have it in an error. */
static bool question_is_ours(const struct reply *r, const struct dns_name *name,
                             uint16_t type, size_t *pos)
{
    unsigned n = LDNS_QDCOUNT(r->p);

    if (n == 0)
        return r->rcode != RCODE_NOERROR && r->rcode != RCODE_NXDOMAIN;
    if (n != 1 || !name_is(r, *pos, name) || !name_skip(r, pos) || r->n - *pos < 4 ||
        ldns_read_uint16(r->p + *pos) != type ||
        ldns_read_uint16(r->p + *pos + 2) != CLASS_IN)
        return false;
    *pos += 4;
    return true;
}

/* Header and outline. Trailing octets are let pass, as all resolvers do. */
static bool reply_open(struct reply *r, struct span bytes, const struct dns_name *name,
                       uint16_t type)
{
    size_t pos = HEADER;

    *r = (struct reply){ .p = (const uint8_t *)bytes.p, .n = bytes.n };
    if (r->n < HEADER || !LDNS_QR_WIRE(r->p) || LDNS_TC_WIRE(r->p) ||
        LDNS_OPCODE_WIRE(r->p) != LDNS_PACKET_QUERY)
        return false;
    r->rcode = LDNS_RCODE_WIRE(r->p);
    return question_is_ours(r, name, type, &pos) &&
           section_walk(r, &pos, &r->answer, LDNS_ANCOUNT(r->p)) &&
           section_walk(r, &pos, &r->authority, LDNS_NSCOUNT(r->p)) &&
           section_walk(r, &pos, &r->additional, LDNS_ARCOUNT(r->p));
}

/* How many records of that owner and type; the first of them in *first. */
static size_t section_find(const struct reply *r, const struct section *s,
                           const struct dns_name *owner, uint16_t type,
                           struct record *first)
{
    size_t pos = s->at;
    size_t n = 0;

    for (unsigned i = 0; i < s->n; i++) {
        struct record rr;

        if (record_next(r, &pos, &rr) && rr.type == type && rr.class == CLASS_IN &&
            name_is(r, rr.owner, owner) && !n++)
            *first = rr;
    }
    return n;
}

/* RFC 1035, 3.3: where names stand in the RDATA of the types that may compress them. */
static const struct layout {
    uint16_t type;
    uint8_t before; /* octets before the names */
    uint8_t names;
    uint8_t after;
} layouts[] = {
    { DNS_T_NS, 0, 1, 0 }, { DNS_T_CNAME, 0, 1, 0 }, { DNS_T_PTR, 0, 1, 0 },
    { DNS_T_MX, 2, 1, 0 }, { DNS_T_SOA, 0, 2, 20 },
};

static const struct layout *layout_of(uint16_t type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].type == type)
            return &layouts[i];
    return NULL;
}

/* RDATA with its names decompressed, in out[*n]. */
static enum ac_status rdata_expand(const struct reply *r, const struct record *rr,
                                   uint8_t out[static RDATA_MAX], size_t *n)
{
    const struct layout *l = layout_of(rr->type);
    size_t pos = rr->rdata;
    size_t end = rr->rdata + rr->n;

    if (!l || rr->n < (size_t)l->before + l->names + l->after)
        return AC_EINVAL;
    pos += l->before;
    *n = l->before;
    memcpy(out, r->p + rr->rdata, l->before);
    for (unsigned i = 0; i < l->names; i++)
        TRY(name_read(r, &pos, out, n));
    if (pos > end || end - pos != l->after)
        return AC_EINVAL;
    memcpy(out + *n, r->p + pos, l->after);
    *n += l->after;
    return AC_OK;
}

static enum ac_status rdata_read(struct arena *a, const struct reply *r,
                                 const struct record *rr, struct span *out)
{
    uint8_t expanded[RDATA_MAX];
    struct span raw = span_make(r->p + rr->rdata, rr->n);

    if ((rr->type == DNS_T_A && rr->n != 4) || (rr->type == DNS_T_AAAA && rr->n != 16))
        return AC_EINVAL;
    if (layout_of(rr->type)) {
        raw.p = (const char *)expanded;
        TRY(rdata_expand(r, rr, expanded, &raw.n));
    }
    *out = span_make(arena_strdup(a, raw), raw.n);
    return out->p ? AC_OK : AC_ENOMEM;
}

/* Follow the aliases within the reply (RFC 1034, 3.6.2). They need not stand in order.
 * AC_EINVAL for a loop. */
static enum ac_status chain_follow(struct reading *in)
{
    const struct dns_name *at = in->asked;
    struct dns_answer *out = in->out;
    struct record rr;

    while (in->type != DNS_T_CNAME &&
           !section_find(&in->reply, &in->reply.answer, at, in->type, &rr) &&
           section_find(&in->reply, &in->reply.answer, at, DNS_T_CNAME, &rr)) {
        struct dns_name *target = &in->chain[out->n_cname];
        uint8_t wire[RDATA_MAX];
        size_t n;

        if (out->n_cname == CHAIN_MAX)
            return AC_EINVAL;
        TRY(rdata_expand(&in->reply, &rr, wire, &n));
        if (!dns_name_from_wire(span_make(wire, n), target) ||
            dns_name_eq(target, in->asked))
            return AC_EINVAL;
        for (size_t i = 0; i < out->n_cname; i++)
            if (dns_name_eq(target, &in->chain[i]))
                return AC_EINVAL;
        out->n_cname++;
        out->ttl = ttl_least(out->ttl, ttl_sane(rr.ttl));
        at = target;
    }
    return AC_OK;
}

static enum ac_status chain_keep(struct reading *in)
{
    size_t size = in->out->n_cname * sizeof *in->chain;
    struct dns_name *copy;

    if (!size)
        return AC_OK;
    copy = arena_alloc(in->arena, size);
    if (!copy)
        return AC_ENOMEM;
    memcpy(copy, in->chain, size);
    in->out->cname = copy;
    return AC_OK;
}

/* All records of the type that was asked for, at the end of the chain. */
static enum ac_status records_read(struct reading *in, const struct dns_name *owner)
{
    const struct section *s = &in->reply.answer;
    struct record record;
    size_t n = section_find(&in->reply, s, owner, in->type, &record);
    size_t pos = s->at;
    struct dns_rr *rr;

    if (!n)
        return AC_OK;
    rr = arena_array(in->arena, n, sizeof *rr);
    if (!rr)
        return AC_ENOMEM;
    for (unsigned i = 0; i < s->n; i++) {
        if (!record_next(&in->reply, &pos, &record) || record.type != in->type ||
            record.class != CLASS_IN || !name_is(&in->reply, record.owner, owner))
            continue;
        rr[in->out->n].ttl = ttl_sane(record.ttl);
        in->out->ttl = ttl_least(in->out->ttl, rr[in->out->n].ttl);
        TRY(rdata_read(in->arena, &in->reply, &record, &rr[in->out->n].rdata));
        in->out->n++;
    }
    in->out->rr = rr;
    in->out->outcome = DNS_ANSWER;
    return AC_OK;
}

static bool owner_is_above(const struct reply *r, const struct record *rr,
                           const struct dns_name *name)
{
    for (unsigned n = 0; n <= dns_name_labels(name); n++) {
        struct dns_name ancestor = dns_name_strip(name, n);

        if (name_is(r, rr->owner, &ancestor))
            return true;
    }
    return false;
}

/* The first record of that type in the authority section, if it belongs to `name` or an
 * ancestor of it. */
static bool authority_find(const struct reply *r, const struct dns_name *name,
                           uint16_t type, struct record *out)
{
    size_t pos = r->authority.at;

    for (unsigned i = 0; i < r->authority.n; i++)
        if (record_next(r, &pos, out) && out->type == type && out->class == CLASS_IN)
            return owner_is_above(r, out, name);
    return false;
}

/* A "no", or something that looks like one. RFC 2308, 2.1, 2.2 and 5. */
static enum ac_status negative_read(struct reading *in, const struct dns_name *end)
{
    struct dns_answer *out = in->out;
    const struct reply *r = &in->reply;
    uint8_t soa[RDATA_MAX];
    struct record rr;
    size_t n;

    out->outcome = r->rcode == RCODE_NXDOMAIN ? DNS_NXDOMAIN : DNS_NODATA;
    if (authority_find(r, end, DNS_T_SOA, &rr)) {
        TRY(rdata_expand(r, &rr, soa, &n));
        out->ttl = ttl_least(out->ttl, ttl_sane(rr.ttl));
        out->ttl = ttl_least(out->ttl, ttl_sane(ldns_read_uint32(soa + n - 4)));
        return AC_OK;
    }
    out->ttl = 0; /* RFC 2308, 5: without an SOA it should not be cached */
    if (out->outcome == DNS_NXDOMAIN)
        return AC_OK;
    if (out->n_cname)
        out->unfinished = true;
    else if (!LDNS_AA_WIRE(r->p) && authority_find(r, end, DNS_T_NS, &rr))
        out->outcome = DNS_REFUSED; /* a referral: this server does not resolve */
    return AC_OK;
}

static enum ac_status reply_read(struct reading *in)
{
    const struct dns_name *end;
    struct dns_answer *out = in->out;

    switch (in->reply.rcode) {
    case RCODE_NOERROR:
    case RCODE_NXDOMAIN:
        break;
    case RCODE_SERVFAIL:
        out->outcome = in->reply.bogus ? DNS_BOGUS : DNS_SERVFAIL;
        return AC_OK;
    default:
        out->outcome = DNS_REFUSED;
        return AC_OK;
    }
    out->ttl = INT32_MAX;
    TRY(chain_follow(in));
    TRY(chain_keep(in));
    end = dns_answer_owner(out, in->asked);
    if (in->reply.rcode == RCODE_NOERROR)
        TRY(records_read(in, end));
    return out->n ? AC_OK : negative_read(in, end);
}

bool dns_wire_truncated(struct span reply)
{
    return reply.n >= HEADER && LDNS_TC_WIRE((const uint8_t *)reply.p);
}

enum ac_status dns_wire_answer(struct arena *a, const struct dns_name *name,
                               uint16_t type, struct span reply,
                               const struct dns_answer **out)
{
    struct reading in = { .arena = a, .asked = name, .type = type };
    enum ac_status status = AC_EINVAL;

    in.out = arena_alloc(a, sizeof *in.out);
    if (!in.out)
        return AC_ENOMEM;
    if (reply_open(&in.reply, reply, name, type)) {
        in.out->rcode = (uint8_t)(in.reply.rcode & 0xff);
        in.out->ad = LDNS_AD_WIRE(in.reply.p);
        status = reply_read(&in);
    }
    if (status == AC_EINVAL) {
        *in.out =
            (struct dns_answer){ .outcome = DNS_MALFORMED, .rcode = in.out->rcode };
        status = AC_OK;
    }
    *out = in.out;
    return status;
}
