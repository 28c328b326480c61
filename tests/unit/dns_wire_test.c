/* SPDX-License-Identifier: MIT */
/*
 * dns_wire_test.c - bytes to question and answer. RFC 1035, 4; RFC 2308; RFC 6891.
 */
#include "support/msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void query_is_as_rfc_6891_has_it(void **state)
{
    static const uint8_t wanted[] = { 0xab, 0xcd, 1,   0x20, 0, 1,   0,   0,
                                      0,    0,    0,   1,    7, 'e', 'x', 'a',
                                      'm',  'p',  'l', 'e',  3, 'c', 'o', 'm',
                                      0,    0,    16,  0,    1, 0,   0,   41,
                                      4,    0xd0, 0,   0,    0, 0,   0,   0 };
    struct dns_name name = msg_name("Example.com");
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
    msg_begin(MSG_NOERROR | 0x20, "example.com", DNS_T_A);
    msg_record(6, "@12", DNS_T_A, 300, "\1\2\3\4", 4);
    msg_record(6, "EXAMPLE.com", DNS_T_A, 200, "\1\2\3\5", 4);
    msg_record(6, "other.com", DNS_T_A, 100, "\1\2\3\6", 4);
    msg_record(6, "@12", DNS_T_TXT, 100, "\1x", 2);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_ANSWER, "RFC 1035, 4");
    assert_int_equal(msg_answer->n, 2);
    assert_int_equal(msg_answer->ttl, 200);
    assert_true(msg_answer->ad);
    assert_false(msg_answer->unfinished);
    msg_expect_rdata(0, "\1\2\3\4", 4);
    msg_expect_rdata(1, "\1\2\3\5", 4);
}

static void names_are_compared_without_regard_to_case(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "ExAmPlE.cOm", DNS_T_TXT);
    msg_record(6, "eXaMpLe.CoM", DNS_T_TXT, 60, "\2hi", 3);
    msg_read("example.com", DNS_T_TXT);
    msg_expect(DNS_ANSWER, "RFC 4343, 3");
    msg_expect_rdata(0, "\2hi", 3);
}

static void rdata_with_names_is_decompressed(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_MX);
    msg_record(6, "@12", DNS_T_MX, 60, "\0\12\2mx\xc0\x0c", 7);
    msg_read("example.com", DNS_T_MX);
    msg_expect(DNS_ANSWER, "RFC 1035, 4.1.4");
    msg_expect_rdata(0, "\0\12\2mx\7example\3com", 18);

    msg_begin(MSG_NOERROR, "1.2.0.192.in-addr.arpa", DNS_T_PTR);
    msg_record(6, "@12", DNS_T_PTR, 60, "\1m\xc0\x0c", 4);
    msg_read("1.2.0.192.in-addr.arpa", DNS_T_PTR);
    msg_expect(DNS_ANSWER, "RFC 1035, 3.3.12");
    assert_int_equal(msg_answer->rr[0].rdata.n, 26);

    msg_begin(MSG_NOERROR, "example.com", DNS_T_NS);
    msg_record(6, "@12", DNS_T_NS, 60, "\2ns\xc0\x0c", 5);
    msg_read("example.com", DNS_T_NS);
    msg_expect_rdata(0, "\2ns\7example\3com", 16);

    msg_begin(MSG_NOERROR, "example.com", DNS_T_CNAME);
    msg_alias("@12", "Target.@12", 60);
    msg_read("example.com", DNS_T_CNAME);
    msg_expect(DNS_ANSWER, "a question for the CNAME is not followed");
    assert_int_equal(msg_answer->n_cname, 0);
    assert_int_equal(msg_answer->n, 1);
}

static void soa_that_is_asked_for_is_decompressed(void **state)
{
    static const uint8_t wanted[] =
        "\2ns\7example\3com\0\7example\3com\0\0\0\0\1\0\0\0\2"
        "\0\0\0\3\0\0\0\4\0\0\0\7";

    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_SOA);
    msg_soa("@12", 60, 7);
    msg.p[7] = msg.p[9]; /* from the authority to the answer */
    msg.p[9] = 0;
    msg_read("example.com", DNS_T_SOA);
    msg_expect(DNS_ANSWER, "RFC 1035, 3.3.13");
    msg_expect_rdata(0, wanted, sizeof wanted - 1);
}

static void unknown_types_are_copied_as_they_are(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "example.com", 65280);
    msg_record(6, "@12", 65280, 60, "\xc0\x0c\0", 3);
    msg_read("example.com", 65280);
    msg_expect(DNS_ANSWER, "RFC 3597, 4");
    msg_expect_rdata(0, "\xc0\x0c\0", 3);
}

static void txt_without_strings_is_a_record(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_TXT);
    msg_record(6, "@12", DNS_T_TXT, 60, "", 0);
    msg_read("example.com", DNS_T_TXT);
    msg_expect(DNS_ANSWER, "RFC 1035, 3.3.14");
    assert_int_equal(msg_answer->n, 1);
    assert_int_equal(msg_answer->rr[0].rdata.n, 0);
}

static void cname_chain_is_followed_in_any_order(void **state)
{
    struct dns_name c = msg_name("c.example");

    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_record(6, "C.example", DNS_T_A, 300, "\1\2\3\4", 4);
    msg_alias("b.example", "c.Example", 40);
    msg_alias("@12", "B.example", 50);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_ANSWER, "RFC 1034, 3.6.2");
    assert_int_equal(msg_answer->n_cname, 2);
    assert_true(dns_name_eq(&msg_answer->cname[1], &c));
    assert_int_equal(msg_answer->ttl, 40);
    assert_int_equal(msg_answer->n, 1);
}

static void cname_chain_without_its_end_is_unfinished(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_alias("@12", "b.example", 50);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_NODATA, "RFC 1034, 3.6.2");
    assert_true(msg_answer->unfinished);
    assert_int_equal(msg_answer->n_cname, 1);
}

static void cname_chain_with_an_soa_of_its_end_is_nodata(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_alias("@12", "b.test", 50);
    msg_soa("test", 30, 20);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_NODATA, "RFC 2308, 2.2");
    assert_false(msg_answer->unfinished);
    assert_int_equal(msg_answer->ttl, 20);
}

static void cname_chain_with_an_soa_of_another_zone_is_unfinished(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_alias("@12", "b.test", 50);
    msg_soa("example", 30, 20);
    msg_read("a.example", DNS_T_A);
    assert_true(msg_answer->unfinished);
}

static void cname_to_no_name_is_nxdomain_with_the_chain(void **state)
{
    (void)state;
    msg_begin(MSG_NXDOMAIN, "a.example", DNS_T_A);
    msg_alias("@12", "b.test", 50);
    msg_soa("test", 30, 200);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_NXDOMAIN, "RFC 2308, 2.1");
    assert_int_equal(msg_answer->rcode, 3);
    assert_int_equal(msg_answer->n_cname, 1);
    assert_false(msg_answer->unfinished);
    assert_int_equal(msg_answer->ttl, 30);
}

static void negative_ttl_is_the_lesser_of_soa_ttl_and_minimum(void **state)
{
    static const struct {
        unsigned flags, ttl, minimum, wanted;
        enum dns_outcome outcome;
    } rows[] = {
        { MSG_NXDOMAIN, 100, 900, 100, DNS_NXDOMAIN },
        { MSG_NXDOMAIN, 900, 100, 100, DNS_NXDOMAIN },
        { MSG_NOERROR, 3600, 60, 60, DNS_NODATA },
        { MSG_NOERROR, 0x80000001, 60, 0, DNS_NODATA }, /* RFC 2181, 8 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msg_begin(rows[i].flags, "a.example", DNS_T_A);
        msg_soa("example", rows[i].ttl, rows[i].minimum);
        msg_read("a.example", DNS_T_A);
        msg_expect(rows[i].outcome, "RFC 2308, 5");
        assert_int_equal(msg_answer->ttl, rows[i].wanted);
    }
}

static void negative_without_soa_has_ttl_zero(void **state)
{
    (void)state;
    msg_begin(MSG_NXDOMAIN, "a.example", DNS_T_A);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_NXDOMAIN, "RFC 2308, 5");
    assert_int_equal(msg_answer->ttl, 0);
    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_NODATA, "RFC 2308, 2.2: type 3");
    assert_false(msg_answer->unfinished);
}

static void referral_is_no_answer(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_record(8, "example", DNS_T_NS, 60, "\2ns\xc0\x0e", 5);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_REFUSED, "RFC 2308, 2.2: referral");
    msg_begin(MSG_NOERROR | MSG_AA, "a.example", DNS_T_A);
    msg_record(8, "example", DNS_T_NS, 60, "\2ns\xc0\x0e", 5);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_NODATA, "RFC 2308, 2.2: its own name servers");
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
        msg_begin(0x8180 | rows[i].rcode, "example.com", DNS_T_A);
        msg_read("example.com", DNS_T_A);
        msg_expect(rows[i].outcome, "RFC 1035, 4.1.1");
        assert_int_equal(msg_answer->rcode, rows[i].rcode);
    }
}

static void extended_rcode_comes_from_opt(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    msg_record(10, "", MSG_OPT, 0x01000000, "", 0);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_REFUSED, "RFC 6891, 6.1.3: BADVERS");
    assert_int_equal(msg_answer->rcode, 16);
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
        msg_begin(MSG_SERVFAIL, "example.com", DNS_T_A);
        msg_record(10, "", MSG_OPT, 0, rows[i].option, rows[i].n);
        msg_read("example.com", DNS_T_A);
        msg_expect(rows[i].outcome, "RFC 8914, 4");
    }
}

static void error_without_question_keeps_its_rcode(void **state)
{
    (void)state;
    msg_begin(0x8185, NULL, 0);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_REFUSED, "RFC 1035, 4.1.1");
    msg_begin(MSG_NXDOMAIN, NULL, 0);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_MALFORMED, "a certain no must name its question");
}

static void records_of_another_class_are_passed_over(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    msg_record(6, "@12", DNS_T_A, 60, "\1\2\3\4", 4);
    msg.p[msg.n - 11] = 3; /* CH */
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_NODATA, "RFC 1035, 3.2.4");
}

static void truncation_is_seen(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR | MSG_TC, "example.com", DNS_T_A);
    assert_true(dns_wire_truncated(span_make(msg.p, msg.n)));
    assert_false(dns_wire_truncated(span_make(msg.p, 11)));
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    assert_false(dns_wire_truncated(span_make(msg.p, msg.n)));
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
        cmocka_unit_test(cname_chain_is_followed_in_any_order),
        cmocka_unit_test(cname_chain_without_its_end_is_unfinished),
        cmocka_unit_test(cname_chain_with_an_soa_of_its_end_is_nodata),
        cmocka_unit_test(cname_chain_with_an_soa_of_another_zone_is_unfinished),
        cmocka_unit_test(cname_to_no_name_is_nxdomain_with_the_chain),
        cmocka_unit_test(negative_ttl_is_the_lesser_of_soa_ttl_and_minimum),
        cmocka_unit_test(negative_without_soa_has_ttl_zero),
        cmocka_unit_test(referral_is_no_answer),
        cmocka_unit_test(rcodes_are_told_apart),
        cmocka_unit_test(extended_rcode_comes_from_opt),
        cmocka_unit_test(servfail_with_a_dnssec_error_is_bogus),
        cmocka_unit_test(error_without_question_keeps_its_rcode),
        cmocka_unit_test(records_of_another_class_are_passed_over),
        cmocka_unit_test(truncation_is_seen),
    };
    int failed;

    arena_init(&msg_arena, 16 * 1024 * 1024);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&msg_arena);
    return failed;
}
