/* SPDX-License-Identifier: MIT */
/*
 * packet_fuzz.c - dns_wire_answer, dns_wire_truncated, dns_wire_query, and the readers
 * of RDATA, on any bytes: no fault of memory, and what is promised of an answer holds.
 * Corpus: tests/fuzz/corpus/packet.
 *
 * The question is taken from the packet itself, so that most inputs get past it.
 */
#include "dns/wire.h"

#include <stdlib.h>

enum {
    HEADER = 12,
    CHAIN_MAX = 16,
    ARENA_CAP = 16 * 1024 * 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void question_of(struct span packet, struct dns_name *name, uint16_t *type)
{
    struct span rest = span_from(packet, HEADER);
    size_t end = 0;

    while (end < rest.n && rest.p[end])
        end += (uint8_t)rest.p[end] + 1u;
    if (end + 3 > rest.n || !dns_name_from_wire(span_to(rest, end + 1), name)) {
        need(dns_name_parse(SPAN("example.com"), name));
        *type = DNS_T_MX;
        return;
    }
    *type = (uint16_t)((uint8_t)rest.p[end + 1] << 8 | (uint8_t)rest.p[end + 2]);
}

static void check_records(struct arena *a, const struct dns_answer *answer,
                          uint16_t type)
{
    for (size_t i = 0; i < answer->n; i++) {
        const struct dns_rr *rr = &answer->rr[i];
        struct dns_name name;
        uint16_t preference;

        need(answer->ttl <= rr->ttl);
        if (type == DNS_T_A || type == DNS_T_AAAA)
            need(rr->rdata.n == (type == DNS_T_A ? 4 : 16));
        if (type == DNS_T_MX)
            need(dns_mx_read(rr, &preference, &name));
        if (type == DNS_T_PTR || type == DNS_T_NS || type == DNS_T_CNAME)
            need(dns_target_read(rr, &name));
        if (type == DNS_T_TXT)
            need(dns_txt_join(a, rr).n <= rr->rdata.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span packet = span_make(data, size);
    const struct dns_answer *answer = NULL;
    uint8_t query[DNS_QUERY_MAX];
    struct dns_name name;
    struct arena a;
    uint16_t type;

    question_of(packet, &name, &type);
    need(dns_wire_query(&name, type, 1, query) <= sizeof query);
    arena_init(&a, ARENA_CAP);
    if (dns_wire_answer(&a, &name, type, packet, &answer) == AC_OK) {
        need((answer->outcome == DNS_ANSWER) == (answer->n > 0));
        need(answer->n_cname <= CHAIN_MAX);
        need(dns_answered(answer) || (!answer->n_cname && !answer->unfinished));
        need(answer->ttl <= INT32_MAX);
        need(!dns_wire_truncated(packet) || answer->outcome == DNS_MALFORMED);
        check_records(&a, answer, type);
    }
    arena_free(&a);
    return 0;
}
