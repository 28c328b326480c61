/* SPDX-License-Identifier: MIT */
/*
 * kept.c - a chained table with a keyed hash, since names come from strangers, and a
 * list by last use. RFC 2308, 5 (a "no" lives as long as its SOA says, and not at all
 * without one) and 7.1 (a SERVFAIL is that of one server). An answer past its TTL is
 * asked for again.
 *
 * An answer is one block of memory, so that giving it to an audit is one allocation and
 * one copy.
 */
#include "batch/kept.h"

#include "base/hash.h"

#include <stdlib.h>

enum {
    ENTRY_BYTES = 512, /* about what one takes: for the size of the table */
    BUCKETS_MIN = 64,
    SECOND = 1000000,
    TTL_MAX = 86400,     /* seconds */
    NEGATIVE_MAX = 3600, /* RFC 2308, 5: one to three hours */
    FAILURE_MAX = 5      /* RFC 2308, 7.1 allows five minutes */
};

enum ac_status kept_init(struct kept *k, size_t max_bytes, uint64_t seed)
{
    *k = (struct kept){ .max_bytes = max_bytes,
                        .n_buckets = BUCKETS_MIN,
                        .key = { seed, seed * 0x9e3779b97f4a7c15u + 1 } };
    while (k->n_buckets < max_bytes / ENTRY_BYTES)
        k->n_buckets *= 2;
    k->bucket = calloc(k->n_buckets, sizeof(struct kept_entry *));
    return k->bucket ? AC_OK : AC_ENOMEM;
}

static void entry_free(struct kept_entry *e)
{
    free((void *)(uintptr_t)e->answer);
    free(e);
}

void kept_free(struct kept *k)
{
    for (size_t i = 0; k->bucket && i < k->n_buckets; i++)
        while (k->bucket[i]) {
            struct kept_entry *e = k->bucket[i];

            k->bucket[i] = e->next;
            entry_free(e);
        }
    free(k->bucket);
    k->bucket = NULL;
}

static uint64_t hash_of(const struct kept *k, const struct dns_name *name,
                        uint16_t type)
{
    uint64_t key[2] = { k->key[0] ^ type, k->key[1] };

    return hash_bytes(key, dns_name_span(name));
}

static void list_out(struct kept *k, struct kept_entry *e)
{
    *(e->newer ? &e->newer->older : &k->newest) = e->older;
    *(e->older ? &e->older->newer : &k->oldest) = e->newer;
    e->newer = e->older = NULL;
}

static void list_in(struct kept *k, struct kept_entry *e)
{
    e->newer = NULL;
    e->older = k->newest;
    *(k->newest ? &k->newest->newer : &k->oldest) = e;
    k->newest = e;
}

static void throw_out(struct kept *k, struct kept_entry *e)
{
    struct kept_entry **at = &k->bucket[e->hash & (k->n_buckets - 1)];

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    list_out(k, e);
    k->bytes -= e->size;
    entry_free(e);
}

/* Room by throwing out what was not used for the longest time. */
static void shrink(struct kept *k)
{
    while (k->bytes > k->max_bytes && k->oldest)
        throw_out(k, k->oldest);
}

static struct kept_entry *find(const struct kept *k, const struct dns_name *name,
                               uint16_t type, uint64_t hash)
{
    struct kept_entry *e = k->bucket[hash & (k->n_buckets - 1)];

    while (e && (e->hash != hash || e->type != type || e->n != name->n ||
                 memcmp(e->name, name->wire, e->n) != 0))
        e = e->next;
    return e;
}

struct kept_entry *kept_known(const struct kept *k, const struct dns_name *name,
                              uint16_t type)
{
    return find(k, name, type, hash_of(k, name, type));
}

struct kept_entry *kept_entry(struct kept *k, const struct dns_name *name,
                              uint16_t type)
{
    uint64_t hash = hash_of(k, name, type);
    struct kept_entry **bucket = &k->bucket[hash & (k->n_buckets - 1)];
    struct kept_entry *e = find(k, name, type, hash);

    if (e)
        return e;
    e = malloc(sizeof *e + name->n);
    if (!e)
        return NULL;
    *e = (struct kept_entry){ .next = *bucket,
                              .hash = hash,
                              .type = type,
                              .n = name->n,
                              .size = sizeof *e + name->n };
    memcpy(e->name, name->wire, name->n);
    *bucket = e;
    k->bytes += e->size;
    list_in(k, e);
    return e;
}

const struct dns_answer *kept_answer(struct kept *k, struct kept_entry *e,
                                     unsigned server, int64_t now_us)
{
    if (!e->answer || e->expires_us <= now_us ||
        (!dns_answered(e->answer) && e->server != server))
        return NULL;
    if (!e->flight && k->newest != e) {
        list_out(k, e);
        list_in(k, e);
    }
    return e->answer;
}

/* Seconds that an answer may live. */
static uint32_t life_of(const struct dns_answer *a)
{
    uint32_t most = 0;

    switch (a->outcome) {
    case DNS_ANSWER:
        most = TTL_MAX;
        break;
    case DNS_NODATA:
    case DNS_NXDOMAIN:
        most = NEGATIVE_MAX;
        break;
    case DNS_SERVFAIL:
    case DNS_BOGUS:
        return FAILURE_MAX;
    case DNS_REFUSED:
    case DNS_MALFORMED:
    case DNS_TIMEOUT:
    case DNS_UNREACHABLE:
    case DNS_DEADLINE:
        return 0;
    }
    return a->ttl < most ? a->ttl : most;
}

/* --- answers as one block
 * ------------------------------------------------------------- The answer, its CNAMEs,
 * its records, their RDATA: in this order, each aligned.
 */

static size_t align(size_t n)
{
    const size_t to = _Alignof(max_align_t);

    return (n + to - 1) / to * to;
}

static size_t block_size(const struct dns_answer *a)
{
    size_t size = align(sizeof *a) + align(a->n_cname * sizeof *a->cname) +
                  align(a->n * sizeof *a->rr);

    for (size_t i = 0; i < a->n; i++)
        size += a->rr[i].rdata.n + 1;
    return size;
}

static const struct dns_answer *block_fill(const struct dns_answer *a, char *block)
{
    struct dns_answer *out = (void *)block;
    struct dns_name *cname = (void *)(block + align(sizeof *a));
    struct dns_rr *rr = (void *)((char *)cname + align(a->n_cname * sizeof *cname));
    char *rdata = (char *)rr + align(a->n * sizeof *rr);

    *out = *a;
    if (a->n_cname)
        memcpy(cname, a->cname, a->n_cname * sizeof *cname);
    out->cname = cname;
    out->rr = rr;
    for (size_t i = 0; i < a->n; i++) {
        struct span from = a->rr[i].rdata;

        rr[i] = (struct dns_rr){ { rdata, from.n }, a->rr[i].ttl };
        if (from.n)
            memcpy(rdata, from.p, from.n);
        rdata[from.n] = '\0';
        rdata += from.n + 1;
    }
    return out;
}

const struct dns_answer *kept_copy(const struct dns_answer *answer, struct arena *into)
{
    char *block = arena_alloc(into, block_size(answer));

    return block ? block_fill(answer, block) : NULL;
}

enum ac_status kept_put(struct kept *k, struct kept_entry *e,
                        const struct dns_answer *answer, unsigned server,
                        int64_t now_us)
{
    size_t size = block_size(answer);
    uint32_t life = life_of(answer);
    char *block;

    e->lost = false;
    if (!life || size > k->max_bytes / 16)
        return AC_OK;
    if (!dns_answered(answer) && e->answer && dns_answered(e->answer) &&
        e->expires_us > now_us)
        return AC_OK; /* another server has answered meanwhile */
    block = malloc(size);
    if (!block)
        return AC_ENOMEM;
    if (e->answer) {
        k->bytes -= e->size - sizeof *e - e->n;
        e->size = sizeof *e + e->n;
        free((void *)(uintptr_t)e->answer);
    }
    e->answer = block_fill(answer, block);
    e->size += size;
    e->server = server;
    e->expires_us = now_us + (int64_t)life * SECOND;
    k->bytes += size;
    return AC_OK;
}

void kept_hold(struct kept *k, struct kept_entry *e)
{
    list_out(k, e);
}

void kept_release(struct kept *k, struct kept_entry *e)
{
    list_in(k, e);
    shrink(k);
}
