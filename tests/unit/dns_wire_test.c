/* SPDX-License-Identifier: MIT */
/*
 * dns_wire_test.c - bytes to question and answer. RFC 1035, 4; RFC 2308; RFC 6891.
 */
#include "dns/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    NOERROR = 0x8180,
    SERVFAIL = 0x8182,
    NXDOMAIN = 0x8183,
    TC = 0x0200,
    AA = 0x0400,
    T_OPT = 41
};

/* A message in the making. Counts are patched as records are put. */
struct msg {
    uint8_t p[66000];
    size_t n;
};

static struct msg m; /* too large for the stack of a test */
static struct arena arena;
static const struct dns_answer *answer;

static struct dns_name name_of(const char *text)
{
    struct dns_name name;

    assert_true(dns_name_parse(span_of(text), &name));
    return name;
}

static void put(const void *p, size_t n)
{
    assert_true(m.n + n <= sizeof m.p);
    memcpy(m.p + m.n, p, n);
    m.n += n;
}

static void put16(unsigned v)
{
    put((uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

/* "@12" is a pointer, "a.b" a whole name, "a.@12" labels and a pointer. */
static void put_name(const char *text)
{
    struct dns_name name;
    const char *at = strchr(text, '@');
    size_t labels = at ? (size_t)(at - text) : strlen(text);

    assert_true(dns_name_parse(span_make(text, labels), &name));
    put(name.wire, at ? name.n - 1u : name.n);
    if (at)
        put16(0xc000u | (unsigned)atoi(at + 1));
}

static void begin(unsigned flags, const char *question, unsigned type)
{
    m.n = 0;
    put16(0x1234);
    put16(flags);
    put16(question ? 1 : 0);
    put("\0\0\0\0\0\0", 6);
    if (question) {
        put_name(question);
        put16(type);
        put16(1);
    }
}

/* section: 6 answer, 8 authority, 10 additional (offset of the count). */
static void head(unsigned section, const char *owner, unsigned type, unsigned ttl,
                 size_t rdlen)
{
    unsigned n = (unsigned)(m.p[section] << 8 | m.p[section + 1]) + 1;

    m.p[section] = (uint8_t)(n >> 8);
    m.p[section + 1] = (uint8_t)n;
    put_name(owner);
    put16(type);
    put16(1);
    put16(ttl >> 16);
    put16(ttl & 0xffff);
    put16((unsigned)rdlen);
}

static void record(unsigned section, const char *owner, unsigned type, unsigned ttl,
                   const void *rdata, size_t n)
{
    head(section, owner, type, ttl, n);
    put(rdata, n);
}

static void alias(const char *owner, const char *target, unsigned ttl)
{
    size_t length = m.n;

    head(6, owner, DNS_T_CNAME, ttl, 0);
    length = m.n;
    put_name(target);
    m.p[length - 2] = (uint8_t)((m.n - length) >> 8);
    m.p[length - 1] = (uint8_t)(m.n - length);
}

static void soa(const char *owner, unsigned ttl, unsigned minimum)
{
    size_t at;

    head(8, owner, DNS_T_SOA, ttl, 0);
    at = m.n;
    put_name("ns.@12");
    put_name("@12");
    put("\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4", 16);
    put16(minimum >> 16);
    put16(minimum & 0xffff);
    m.p[at - 1] = (uint8_t)(m.n - at);
}

static void read_as(const char *name, uint16_t type)
{
    struct dns_name asked = name_of(name);
    /* A copy of exactly that size, so that a sanitizer sees a step too far. */
    uint8_t *copy = malloc(m.n ? m.n : 1);

    assert_non_null(copy);
    memcpy(copy, m.p, m.n);
    arena_reset(&arena);
    assert_int_equal(
        dns_wire_answer(&arena, &asked, type, span_make(copy, m.n), &answer), AC_OK);
    free(copy);
}

static void expect(enum dns_outcome outcome, const char *clause)
{
    if (answer->outcome != outcome)
        fail_msg("%s: expected %s, got %s", clause, dns_outcome_print(outcome),
                 dns_outcome_print(answer->outcome));
}

static void expect_rdata(size_t i, const void *rdata, size_t n)
{
    assert_true(i < answer->n);
    assert_int_equal(answer->rr[i].rdata.n, n);
    assert_memory_equal(answer->rr[i].rdata.p, rdata, n);
}

static void query_is_as_rfc_6891_has_it(void **state)
{
    static const uint8_t wanted[] = { 0xab, 0xcd, 1,   0x20, 0, 1,   0,   0,
                                      0,    0,    0,   1,    7, 'e', 'x', 'a',
                                      'm',  'p',  'l', 'e',  3, 'c', 'o', 'm',
                                      0,    0,    16,  0,    1, 0,   0,   41,
                                      4,    0xd0, 0,   0,    0, 0,   0,   0 };
    struct dns_name name = name_of("Example.com");
    uint8_t out[DNS_QUERY_MAX];

    (void)state;
    assert_int_equal(dns_wire_query(&name, DNS_T_TXT, 0xabcd, out), sizeof wanted);
    assert_memory_equal(out, wanted, sizeof wanted);
}

static void query_of_the_longest_name_fits(void **state)
{
    struct dns_name name = { .n = 255 };
    uint8_t out[DNS_QUERY_MAX];

    (void)state;
    for (size_t i = 0; i < 254; i += 2) {
        name.wire[i] = 1;
        name.wire[i + 1] = 'a';
    }
    assert_int_equal(dns_wire_query(&name, 255, 1, out), DNS_QUERY_MAX);
}

static void answer_has_all_records_and_the_least_ttl(void **state)
{
    (void)state;
    begin(NOERROR | 0x20, "example.com", DNS_T_A);
    record(6, "@12", DNS_T_A, 300, "\1\2\3\4", 4);
    record(6, "EXAMPLE.com", DNS_T_A, 200, "\1\2\3\5", 4);
    record(6, "other.com", DNS_T_A, 100, "\1\2\3\6", 4);
    record(6, "@12", DNS_T_TXT, 100, "\1x", 2);
    read_as("example.com", DNS_T_A);
    expect(DNS_ANSWER, "RFC 1035, 4");
    assert_int_equal(answer->n, 2);
    assert_int_equal(answer->ttl, 200);
    assert_true(answer->ad);
    assert_false(answer->unfinished);
    expect_rdata(0, "\1\2\3\4", 4);
    expect_rdata(1, "\1\2\3\5", 4);
}

static void names_are_compared_without_regard_to_case(void **state)
{
    (void)state;
    begin(NOERROR, "ExAmPlE.cOm", DNS_T_TXT);
    record(6, "eXaMpLe.CoM", DNS_T_TXT, 60, "\2hi", 3);
    read_as("example.com", DNS_T_TXT);
    expect(DNS_ANSWER, "RFC 4343, 3");
    expect_rdata(0, "\2hi", 3);
}

static void rdata_with_names_is_decompressed(void **state)
{
    (void)state;
    begin(NOERROR, "example.com", DNS_T_MX);
    record(6, "@12", DNS_T_MX, 60, "\0\12\2mx\xc0\x0c", 7);
    read_as("example.com", DNS_T_MX);
    expect(DNS_ANSWER, "RFC 1035, 4.1.4");
    expect_rdata(0, "\0\12\2mx\7example\3com", 18);

    begin(NOERROR, "1.2.0.192.in-addr.arpa", DNS_T_PTR);
    record(6, "@12", DNS_T_PTR, 60, "\1m\xc0\x0c", 4);
    read_as("1.2.0.192.in-addr.arpa", DNS_T_PTR);
    expect(DNS_ANSWER, "RFC 1035, 3.3.12");
    assert_int_equal(answer->rr[0].rdata.n, 26);

    begin(NOERROR, "example.com", DNS_T_NS);
    record(6, "@12", DNS_T_NS, 60, "\2ns\xc0\x0c", 5);
    read_as("example.com", DNS_T_NS);
    expect_rdata(0, "\2ns\7example\3com", 16);

    begin(NOERROR, "example.com", DNS_T_CNAME);
    alias("@12", "Target.@12", 60);
    read_as("example.com", DNS_T_CNAME);
    expect(DNS_ANSWER, "a question for the CNAME is not followed");
    assert_int_equal(answer->n_cname, 0);
    assert_int_equal(answer->n, 1);
}

static void soa_that_is_asked_for_is_decompressed(void **state)
{
    static const uint8_t wanted[] =
        "\2ns\7example\3com\0\7example\3com\0\0\0\0\1\0\0\0\2"
        "\0\0\0\3\0\0\0\4\0\0\0\7";

    (void)state;
    begin(NOERROR, "example.com", DNS_T_SOA);
    soa("@12", 60, 7);
    m.p[7] = m.p[9]; /* from the authority to the answer */
    m.p[9] = 0;
    read_as("example.com", DNS_T_SOA);
    expect(DNS_ANSWER, "RFC 1035, 3.3.13");
    expect_rdata(0, wanted, sizeof wanted - 1);
}

static void unknown_types_are_copied_as_they_are(void **state)
{
    (void)state;
    begin(NOERROR, "example.com", 65280);
    record(6, "@12", 65280, 60, "\xc0\x0c\0", 3);
    read_as("example.com", 65280);
    expect(DNS_ANSWER, "RFC 3597, 4");
    expect_rdata(0, "\xc0\x0c\0", 3);
}

static void txt_without_strings_is_a_record(void **state)
{
    (void)state;
    begin(NOERROR, "example.com", DNS_T_TXT);
    record(6, "@12", DNS_T_TXT, 60, "", 0);
    read_as("example.com", DNS_T_TXT);
    expect(DNS_ANSWER, "RFC 1035, 3.3.14");
    assert_int_equal(answer->n, 1);
    assert_int_equal(answer->rr[0].rdata.n, 0);
}

static void txt_of_64_kib_of_empty_strings_is_read(void **state)
{
    (void)state;
    begin(NOERROR, "example.com", DNS_T_TXT);
    head(6, "@12", DNS_T_TXT, 60, 65000);
    memset(m.p + m.n, 0, 65000);
    m.n += 65000;
    read_as("example.com", DNS_T_TXT);
    expect(DNS_ANSWER, "RFC 1035, 3.3.14");
    assert_int_equal(answer->rr[0].rdata.n, 65000);
}

static void cname_chain_is_followed_in_any_order(void **state)
{
    struct dns_name c = name_of("c.example");

    (void)state;
    begin(NOERROR, "a.example", DNS_T_A);
    record(6, "C.example", DNS_T_A, 300, "\1\2\3\4", 4);
    alias("b.example", "c.Example", 40);
    alias("@12", "B.example", 50);
    read_as("a.example", DNS_T_A);
    expect(DNS_ANSWER, "RFC 1034, 3.6.2");
    assert_int_equal(answer->n_cname, 2);
    assert_true(dns_name_eq(&answer->cname[1], &c));
    assert_int_equal(answer->ttl, 40);
    assert_int_equal(answer->n, 1);
}

static void cname_chain_without_its_end_is_unfinished(void **state)
{
    (void)state;
    begin(NOERROR, "a.example", DNS_T_A);
    alias("@12", "b.example", 50);
    read_as("a.example", DNS_T_A);
    expect(DNS_NODATA, "RFC 1034, 3.6.2");
    assert_true(answer->unfinished);
    assert_int_equal(answer->n_cname, 1);
}

static void cname_chain_with_an_soa_of_its_end_is_nodata(void **state)
{
    (void)state;
    begin(NOERROR, "a.example", DNS_T_A);
    alias("@12", "b.test", 50);
    soa("test", 30, 20);
    read_as("a.example", DNS_T_A);
    expect(DNS_NODATA, "RFC 2308, 2.2");
    assert_false(answer->unfinished);
    assert_int_equal(answer->ttl, 20);
}

static void cname_chain_with_an_soa_of_another_zone_is_unfinished(void **state)
{
    (void)state;
    begin(NOERROR, "a.example", DNS_T_A);
    alias("@12", "b.test", 50);
    soa("example", 30, 20);
    read_as("a.example", DNS_T_A);
    assert_true(answer->unfinished);
}

static void cname_to_no_name_is_nxdomain_with_the_chain(void **state)
{
    (void)state;
    begin(NXDOMAIN, "a.example", DNS_T_A);
    alias("@12", "b.test", 50);
    soa("test", 30, 200);
    read_as("a.example", DNS_T_A);
    expect(DNS_NXDOMAIN, "RFC 2308, 2.1");
    assert_int_equal(answer->rcode, 3);
    assert_int_equal(answer->n_cname, 1);
    assert_false(answer->unfinished);
    assert_int_equal(answer->ttl, 30);
}

static void cname_loops_are_malformed(void **state)
{
    (void)state;
    begin(NOERROR, "a.example", DNS_T_A);
    alias("@12", "@12", 50);
    read_as("a.example", DNS_T_A);
    expect(DNS_MALFORMED, "RFC 1034, 3.6.2: to itself");

    begin(NOERROR, "a.example", DNS_T_A);
    alias("@12", "b.example", 50);
    alias("b.example", "c.example", 50);
    alias("c.example", "b.example", 50);
    read_as("a.example", DNS_T_A);
    expect(DNS_MALFORMED, "RFC 1034, 3.6.2: of two");
}

static void cname_chain_ends_after_sixteen_links(void **state)
{
    (void)state;
    for (unsigned links = 16; links <= 17; links++) {
        begin(NOERROR, "0.example", DNS_T_A);
        for (unsigned i = 0; i < links; i++) {
            char from[32], to[32];

            snprintf(from, sizeof from, "%u.example", i);
            snprintf(to, sizeof to, "%u.example", i + 1);
            alias(from, to, 50);
        }
        read_as("0.example", DNS_T_A);
        expect(links == 16 ? DNS_NODATA : DNS_MALFORMED, "16 links at most");
    }
}

static void negative_ttl_is_the_lesser_of_soa_ttl_and_minimum(void **state)
{
    static const struct {
        unsigned flags, ttl, minimum, wanted;
        enum dns_outcome outcome;
    } rows[] = {
        { NXDOMAIN, 100, 900, 100, DNS_NXDOMAIN },
        { NXDOMAIN, 900, 100, 100, DNS_NXDOMAIN },
        { NOERROR, 3600, 60, 60, DNS_NODATA },
        { NOERROR, 0x80000001, 60, 0, DNS_NODATA }, /* RFC 2181, 8 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].flags, "a.example", DNS_T_A);
        soa("example", rows[i].ttl, rows[i].minimum);
        read_as("a.example", DNS_T_A);
        expect(rows[i].outcome, "RFC 2308, 5");
        assert_int_equal(answer->ttl, rows[i].wanted);
    }
}

static void negative_without_soa_has_ttl_zero(void **state)
{
    (void)state;
    begin(NXDOMAIN, "a.example", DNS_T_A);
    read_as("a.example", DNS_T_A);
    expect(DNS_NXDOMAIN, "RFC 2308, 5");
    assert_int_equal(answer->ttl, 0);
    begin(NOERROR, "a.example", DNS_T_A);
    read_as("a.example", DNS_T_A);
    expect(DNS_NODATA, "RFC 2308, 2.2: type 3");
    assert_false(answer->unfinished);
}

static void referral_is_no_answer(void **state)
{
    (void)state;
    begin(NOERROR, "a.example", DNS_T_A);
    record(8, "example", DNS_T_NS, 60, "\2ns\xc0\x0e", 5);
    read_as("a.example", DNS_T_A);
    expect(DNS_REFUSED, "RFC 2308, 2.2: referral");
    begin(NOERROR | AA, "a.example", DNS_T_A);
    record(8, "example", DNS_T_NS, 60, "\2ns\xc0\x0e", 5);
    read_as("a.example", DNS_T_A);
    expect(DNS_NODATA, "RFC 2308, 2.2: its own name servers");
}

static void rcodes_are_told_apart(void **state)
{
    static const struct {
        unsigned rcode;
        enum dns_outcome outcome;
    } rows[] = {
        { 0, DNS_NODATA },   { 1, DNS_REFUSED }, { 2, DNS_SERVFAIL },
        { 3, DNS_NXDOMAIN }, { 4, DNS_REFUSED }, { 5, DNS_REFUSED },
        { 9, DNS_REFUSED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(0x8180 | rows[i].rcode, "example.com", DNS_T_A);
        read_as("example.com", DNS_T_A);
        expect(rows[i].outcome, "RFC 1035, 4.1.1");
        assert_int_equal(answer->rcode, rows[i].rcode);
    }
}

static void extended_rcode_comes_from_opt(void **state)
{
    (void)state;
    begin(NOERROR, "example.com", DNS_T_A);
    record(10, "", T_OPT, 0x01000000, "", 0);
    read_as("example.com", DNS_T_A);
    expect(DNS_REFUSED, "RFC 6891, 6.1.3: BADVERS");
    assert_int_equal(answer->rcode, 16);
}

static void servfail_with_a_dnssec_error_is_bogus(void **state)
{
    static const struct {
        const char *option;
        size_t n;
        enum dns_outcome outcome;
    } rows[] = {
        { "\0\17\0\2\0\6", 6, DNS_BOGUS },
        { "\0\17\0\2\0\7", 6, DNS_BOGUS },
        { "\0\17\0\5\0\11abc", 9, DNS_BOGUS },
        { "\0\12\0\2ab\0\17\0\2\0\6", 12, DNS_BOGUS }, /* behind another option */
        { "\0\17\0\2\0\26", 6, DNS_SERVFAIL },         /* 22: no reachable authority */
        { "\0\17\0\2\0\5", 6, DNS_SERVFAIL },          /* indeterminate */
        { "\0\17\0\1\6", 5, DNS_SERVFAIL },            /* cut */
        { "\0\17\0\7\0\6", 6, DNS_SERVFAIL },          /* longer than it is */
        { "\0\17\0", 3, DNS_SERVFAIL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(SERVFAIL, "example.com", DNS_T_A);
        record(10, "", T_OPT, 0, rows[i].option, rows[i].n);
        read_as("example.com", DNS_T_A);
        expect(rows[i].outcome, "RFC 8914, 4");
    }
}

static void error_without_question_keeps_its_rcode(void **state)
{
    (void)state;
    begin(0x8185, NULL, 0);
    read_as("example.com", DNS_T_A);
    expect(DNS_REFUSED, "RFC 1035, 4.1.1");
    begin(NXDOMAIN, NULL, 0);
    read_as("example.com", DNS_T_A);
    expect(DNS_MALFORMED, "a certain no must name its question");
}

static void what_is_no_reply_to_the_question_is_malformed(void **state)
{
    static const struct {
        const char *what;
        unsigned flags;
        const char *question;
        unsigned type;
    } rows[] = {
        { "a query", 0x0100, "example.com", DNS_T_A },
        { "another opcode", 0xa180, "example.com", DNS_T_A },
        { "cut (TC)", NOERROR | TC, "example.com", DNS_T_A },
        { "another name", NOERROR, "example.org", DNS_T_A },
        { "a longer name", NOERROR, "www.example.com", DNS_T_A },
        { "a shorter name", NOERROR, "example", DNS_T_A },
        { "another type", NOERROR, "example.com", DNS_T_AAAA },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].flags, rows[i].question, rows[i].type);
        record(6, "@12", DNS_T_A, 60, "\1\2\3\4", 4);
        read_as("example.com", DNS_T_A);
        expect(DNS_MALFORMED, rows[i].what);
        assert_int_equal(answer->n, 0);
    }
    begin(NOERROR, "example.com", DNS_T_A);
    m.p[5] = 2;
    put_name("@12");
    put16(DNS_T_A);
    put16(1);
    read_as("example.com", DNS_T_A);
    expect(DNS_MALFORMED, "two questions");
    begin(NOERROR, "example.com", DNS_T_A);
    m.p[m.n - 1] = 3;
    read_as("example.com", DNS_T_A);
    expect(DNS_MALFORMED, "another class");
}

static void records_of_another_class_are_passed_over(void **state)
{
    (void)state;
    begin(NOERROR, "example.com", DNS_T_A);
    record(6, "@12", DNS_T_A, 60, "\1\2\3\4", 4);
    m.p[m.n - 11] = 3; /* CH */
    read_as("example.com", DNS_T_A);
    expect(DNS_NODATA, "RFC 1035, 3.2.4");
}

static void rdata_of_a_wrong_length_is_malformed(void **state)
{
    static const struct {
        uint16_t type;
        const char *rdata;
        size_t n;
    } rows[] = {
        { DNS_T_A, "\1\2\3", 3 },
        { DNS_T_A, "\1\2\3\4\5", 5 },
        { DNS_T_AAAA, "\1\2\3\4", 4 },
        { DNS_T_MX, "\0\12", 2 },
        { DNS_T_MX, "", 0 },
        { DNS_T_MX, "\0\12\2mx", 5 },    /* no end */
        { DNS_T_MX, "\0\12\2mx\0x", 7 }, /* octets behind it */
        { DNS_T_PTR, "\100aaaa", 5 },    /* label type 01 */
        { DNS_T_PTR, "\xc0\xff", 2 },    /* forward */
        { DNS_T_PTR, "\xc0\x29", 2 },    /* itself */
        { DNS_T_PTR, "\xc0\x02", 2 },    /* the header */
        { DNS_T_SOA, "\0\0\0\0\0\1\0\0\0\2", 10 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(NOERROR, "example.com", rows[i].type);
        record(6, "@12", rows[i].type, 60, rows[i].rdata, rows[i].n);
        read_as("example.com", rows[i].type);
        if (answer->outcome != DNS_MALFORMED)
            fail_msg("row %zu: expected malformed, got %s", i,
                     dns_outcome_print(answer->outcome));
    }
}

static void a_reply_that_is_cut_anywhere_is_malformed(void **state)
{
    size_t whole;

    (void)state;
    begin(NOERROR, "a.example", DNS_T_MX);
    alias("@12", "b.@14", 60);
    record(6, "b.@14", DNS_T_MX, 60, "\0\12\2mx\xc0\x0c", 7);
    record(10, "", T_OPT, 0, "\0\17\0\2\0\6", 6);
    whole = m.n;
    read_as("a.example", DNS_T_MX);
    expect(DNS_ANSWER, "whole");
    for (m.n = 0; m.n < whole; m.n++) {
        read_as("a.example", DNS_T_MX);
        if (answer->outcome != DNS_MALFORMED)
            fail_msg("cut at %zu of %zu: %s", m.n, whole,
                     dns_outcome_print(answer->outcome));
    }
}

static void trailing_octets_are_let_pass(void **state)
{
    (void)state;
    begin(NOERROR, "example.com", DNS_T_A);
    record(6, "@12", DNS_T_A, 60, "\1\2\3\4", 4);
    put("junk", 4);
    read_as("example.com", DNS_T_A);
    expect(DNS_ANSWER, "what follows the message is not part of it");
}

/* A long way of pointers at which 4,000 names point: it must not be gone 4,000 times.
 */
static void pointers_to_pointers_are_bounded(void **state)
{
    size_t first, last;

    (void)state;
    begin(NOERROR, "example.com", DNS_T_NS);
    head(6, "@12", DNS_T_TXT, 60, 16000);
    first = last = m.n;
    put16(0xc00c);
    for (unsigned i = 1; i < 8000; i++) {
        put16(0xc000u | (unsigned)last);
        last = m.n - 2;
    }
    assert_true(last > first && last < 0x4000 + 100);
    last -= 200;
    for (unsigned i = 0; i < 4000 && m.n < 65000; i++) {
        head(6, "", DNS_T_NS, 60, 0);
        m.n -= 11;
        put16(0xc000u | (unsigned)last);
        put16(DNS_T_NS);
        put16(1);
        put("\0\0\0\1\0\0", 6);
    }
    read_as("example.com", DNS_T_NS);
    expect(DNS_NODATA, "RFC 1035, 4.1.4: none of them is our name");

    /* The same way as the target of an alias. */
    begin(NOERROR, "example.com", DNS_T_NS);
    head(6, "@12", DNS_T_TXT, 60, 400);
    last = m.n;
    put16(0xc00c);
    for (unsigned i = 1; i < 200; i++) {
        put16(0xc000u | (unsigned)last);
        last = m.n - 2;
    }
    record(6, "@12", DNS_T_CNAME, 60,
           (uint8_t[]){ (uint8_t)(0xc0 | last >> 8), (uint8_t)last }, 2);
    read_as("example.com", DNS_T_NS);
    expect(DNS_MALFORMED, "RFC 1035, 4.1.4: more pointers than a name has labels");
}

static void names_over_255_octets_are_malformed(void **state)
{
    char target[300] = "";

    (void)state;
    for (size_t i = 0; i < 127; i++)
        memcpy(target + 2 * i, "a.", 3);
    target[252] = '\0';
    begin(NOERROR, "example.com", DNS_T_A);
    alias("@12", target, 60);
    read_as("example.com", DNS_T_A);
    expect(DNS_NODATA, "a target of 253 octets");
    snprintf(target + 251, sizeof target - 251, ".@12");
    begin(NOERROR, "example.com", DNS_T_A);
    alias("@12", target, 60);
    read_as("example.com", DNS_T_A);
    expect(DNS_MALFORMED, "RFC 1035, 2.3.4");
}

static void truncation_is_seen(void **state)
{
    (void)state;
    begin(NOERROR | TC, "example.com", DNS_T_A);
    assert_true(dns_wire_truncated(span_make(m.p, m.n)));
    assert_false(dns_wire_truncated(span_make(m.p, 11)));
    begin(NOERROR, "example.com", DNS_T_A);
    assert_false(dns_wire_truncated(span_make(m.p, m.n)));
}

/* Whatever fits of an answer, a full arena says so. */
static void full_arena_is_enomem(void **state)
{
    struct dns_name name = name_of("a.example");
    enum ac_status status = AC_ENOMEM;

    (void)state;
    begin(NOERROR, "a.example", DNS_T_TXT);
    alias("@12", "b.example", 60);
    head(6, "b.example", DNS_T_TXT, 60, 20000);
    memset(m.p + m.n, 'x', 20000);
    m.n += 20000;
    record(6, "b.example", DNS_T_TXT, 60, "\1x", 2);
    for (size_t cap = 0; status != AC_OK; cap += 64) {
        struct arena small;

        arena_init(&small, cap);
        status =
            dns_wire_answer(&small, &name, DNS_T_TXT, span_make(m.p, m.n), &answer);
        assert_true(status == AC_OK || (status == AC_ENOMEM && cap < 40000));
        assert_true(status != AC_OK || cap > 20000);
        arena_free(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query_is_as_rfc_6891_has_it),
        cmocka_unit_test(query_of_the_longest_name_fits),
        cmocka_unit_test(answer_has_all_records_and_the_least_ttl),
        cmocka_unit_test(names_are_compared_without_regard_to_case),
        cmocka_unit_test(rdata_with_names_is_decompressed),
        cmocka_unit_test(soa_that_is_asked_for_is_decompressed),
        cmocka_unit_test(unknown_types_are_copied_as_they_are),
        cmocka_unit_test(txt_without_strings_is_a_record),
        cmocka_unit_test(txt_of_64_kib_of_empty_strings_is_read),
        cmocka_unit_test(cname_chain_is_followed_in_any_order),
        cmocka_unit_test(cname_chain_without_its_end_is_unfinished),
        cmocka_unit_test(cname_chain_with_an_soa_of_its_end_is_nodata),
        cmocka_unit_test(cname_chain_with_an_soa_of_another_zone_is_unfinished),
        cmocka_unit_test(cname_to_no_name_is_nxdomain_with_the_chain),
        cmocka_unit_test(cname_loops_are_malformed),
        cmocka_unit_test(cname_chain_ends_after_sixteen_links),
        cmocka_unit_test(negative_ttl_is_the_lesser_of_soa_ttl_and_minimum),
        cmocka_unit_test(negative_without_soa_has_ttl_zero),
        cmocka_unit_test(referral_is_no_answer),
        cmocka_unit_test(rcodes_are_told_apart),
        cmocka_unit_test(extended_rcode_comes_from_opt),
        cmocka_unit_test(servfail_with_a_dnssec_error_is_bogus),
        cmocka_unit_test(error_without_question_keeps_its_rcode),
        cmocka_unit_test(what_is_no_reply_to_the_question_is_malformed),
        cmocka_unit_test(records_of_another_class_are_passed_over),
        cmocka_unit_test(rdata_of_a_wrong_length_is_malformed),
        cmocka_unit_test(a_reply_that_is_cut_anywhere_is_malformed),
        cmocka_unit_test(trailing_octets_are_let_pass),
        cmocka_unit_test(pointers_to_pointers_are_bounded),
        cmocka_unit_test(names_over_255_octets_are_malformed),
        cmocka_unit_test(truncation_is_seen),
        cmocka_unit_test(full_arena_is_enomem),
    };
    int failed;

    arena_init(&arena, 16 * 1024 * 1024);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
