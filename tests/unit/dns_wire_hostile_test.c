/* SPDX-License-Identifier: MIT */
/*
 * dns_wire_hostile_test.c - replies that no honest server sends. RFC 1035, 4.1.4.
 */
#include "support/msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

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
        { "cut (TC)", MSG_NOERROR | MSG_TC, "example.com", DNS_T_A },
        { "another name", MSG_NOERROR, "example.org", DNS_T_A },
        { "a longer name", MSG_NOERROR, "www.example.com", DNS_T_A },
        { "a shorter name", MSG_NOERROR, "example", DNS_T_A },
        { "another type", MSG_NOERROR, "example.com", DNS_T_AAAA },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msg_begin(rows[i].flags, rows[i].question, rows[i].type);
        msg_record(6, "@12", DNS_T_A, 60, "\1\2\3\4", 4);
        msg_read("example.com", DNS_T_A);
        msg_expect(DNS_MALFORMED, rows[i].what);
        assert_int_equal(msg_answer->n, 0);
    }
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    msg.p[5] = 2;
    msg_put_name("@12");
    msg_put16(DNS_T_A);
    msg_put16(1);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_MALFORMED, "two questions");
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    msg.p[msg.n - 1] = 3;
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_MALFORMED, "another class");
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
        msg_begin(MSG_NOERROR, "example.com", rows[i].type);
        msg_record(6, "@12", rows[i].type, 60, rows[i].rdata, rows[i].n);
        msg_read("example.com", rows[i].type);
        if (msg_answer->outcome != DNS_MALFORMED)
            fail_msg("row %zu: expected malformed, got %s", i,
                     dns_outcome_print(msg_answer->outcome));
    }
}

static void a_reply_that_is_cut_anywhere_is_malformed(void **state)
{
    size_t whole;

    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_MX);
    msg_alias("@12", "b.@14", 60);
    msg_record(6, "b.@14", DNS_T_MX, 60, "\0\12\2mx\xc0\x0c", 7);
    msg_record(10, "", MSG_OPT, 0, "\0\17\0\2\0\6", 6);
    whole = msg.n;
    msg_read("a.example", DNS_T_MX);
    msg_expect(DNS_ANSWER, "whole");
    for (msg.n = 0; msg.n < whole; msg.n++) {
        msg_read("a.example", DNS_T_MX);
        if (msg_answer->outcome != DNS_MALFORMED)
            fail_msg("cut at %zu of %zu: %s", msg.n, whole,
                     dns_outcome_print(msg_answer->outcome));
    }
}

static void trailing_octets_are_let_pass(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    msg_record(6, "@12", DNS_T_A, 60, "\1\2\3\4", 4);
    msg_put("junk", 4);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_ANSWER, "what follows the message is not part of it");
}

/* A long way of pointers at which 4,000 names point: it must not be gone 4,000 times.
 */
static void pointers_to_pointers_are_bounded(void **state)
{
    size_t first, last;

    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_NS);
    msg_head(6, "@12", DNS_T_TXT, 60, 16000);
    first = last = msg.n;
    msg_put16(0xc00c);
    for (unsigned i = 1; i < 8000; i++) {
        msg_put16(0xc000u | (unsigned)last);
        last = msg.n - 2;
    }
    assert_true(last > first && last < 0x4000 + 100);
    last -= 200;
    for (unsigned i = 0; i < 4000 && msg.n < 65000; i++) {
        msg_head(6, "", DNS_T_NS, 60, 0);
        msg.n -= 11;
        msg_put16(0xc000u | (unsigned)last);
        msg_put16(DNS_T_NS);
        msg_put16(1);
        msg_put("\0\0\0\1\0\0", 6);
    }
    msg_read("example.com", DNS_T_NS);
    msg_expect(DNS_NODATA, "RFC 1035, 4.1.4: none of them is our name");

    /* The same way as the target of an alias. */
    msg_begin(MSG_NOERROR, "example.com", DNS_T_NS);
    msg_head(6, "@12", DNS_T_TXT, 60, 400);
    last = msg.n;
    msg_put16(0xc00c);
    for (unsigned i = 1; i < 200; i++) {
        msg_put16(0xc000u | (unsigned)last);
        last = msg.n - 2;
    }
    msg_record(6, "@12", DNS_T_CNAME, 60,
               (uint8_t[]){ (uint8_t)(0xc0 | last >> 8), (uint8_t)last }, 2);
    msg_read("example.com", DNS_T_NS);
    msg_expect(DNS_MALFORMED, "RFC 1035, 4.1.4: more pointers than a name has labels");
}

static void names_over_255_octets_are_malformed(void **state)
{
    char target[300] = "";

    (void)state;
    for (size_t i = 0; i < 127; i++)
        memcpy(target + 2 * i, "a.", 3);
    target[252] = '\0';
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    msg_alias("@12", target, 60);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_NODATA, "a target of 253 octets");
    snprintf(target + 251, sizeof target - 251, ".@12");
    msg_begin(MSG_NOERROR, "example.com", DNS_T_A);
    msg_alias("@12", target, 60);
    msg_read("example.com", DNS_T_A);
    msg_expect(DNS_MALFORMED, "RFC 1035, 2.3.4");
}

static void txt_of_64_kib_of_empty_strings_is_read(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "example.com", DNS_T_TXT);
    msg_head(6, "@12", DNS_T_TXT, 60, 65000);
    memset(msg.p + msg.n, 0, 65000);
    msg.n += 65000;
    msg_read("example.com", DNS_T_TXT);
    msg_expect(DNS_ANSWER, "RFC 1035, 3.3.14");
    assert_int_equal(msg_answer->rr[0].rdata.n, 65000);
}

static void cname_loops_are_malformed(void **state)
{
    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_alias("@12", "@12", 50);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_MALFORMED, "RFC 1034, 3.6.2: to itself");

    msg_begin(MSG_NOERROR, "a.example", DNS_T_A);
    msg_alias("@12", "b.example", 50);
    msg_alias("b.example", "c.example", 50);
    msg_alias("c.example", "b.example", 50);
    msg_read("a.example", DNS_T_A);
    msg_expect(DNS_MALFORMED, "RFC 1034, 3.6.2: of two");
}

static void cname_chain_ends_after_sixteen_links(void **state)
{
    (void)state;
    for (unsigned links = 16; links <= 17; links++) {
        msg_begin(MSG_NOERROR, "0.example", DNS_T_A);
        for (unsigned i = 0; i < links; i++) {
            char from[32], to[32];

            snprintf(from, sizeof from, "%u.example", i);
            snprintf(to, sizeof to, "%u.example", i + 1);
            msg_alias(from, to, 50);
        }
        msg_read("0.example", DNS_T_A);
        msg_expect(links == 16 ? DNS_NODATA : DNS_MALFORMED, "16 links at most");
    }
}

/* Whatever fits of an answer, a full arena says so. */
static void full_arena_is_enomem(void **state)
{
    struct dns_name name = msg_name("a.example");
    enum ac_status status = AC_ENOMEM;

    (void)state;
    msg_begin(MSG_NOERROR, "a.example", DNS_T_TXT);
    msg_alias("@12", "b.example", 60);
    msg_head(6, "b.example", DNS_T_TXT, 60, 20000);
    memset(msg.p + msg.n, 'x', 20000);
    msg.n += 20000;
    msg_record(6, "b.example", DNS_T_TXT, 60, "\1x", 2);
    for (size_t cap = 0; status != AC_OK; cap += 64) {
        struct arena small;

        arena_init(&small, cap);
        status = dns_wire_answer(&small, &name, DNS_T_TXT, span_make(msg.p, msg.n),
                                 &msg_answer);
        assert_true(status == AC_OK || (status == AC_ENOMEM && cap < 40000));
        assert_true(status != AC_OK || cap > 20000);
        arena_free(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_reply_to_the_question_is_malformed),
        cmocka_unit_test(rdata_of_a_wrong_length_is_malformed),
        cmocka_unit_test(a_reply_that_is_cut_anywhere_is_malformed),
        cmocka_unit_test(trailing_octets_are_let_pass),
        cmocka_unit_test(pointers_to_pointers_are_bounded),
        cmocka_unit_test(names_over_255_octets_are_malformed),
        cmocka_unit_test(txt_of_64_kib_of_empty_strings_is_read),
        cmocka_unit_test(cname_loops_are_malformed),
        cmocka_unit_test(cname_chain_ends_after_sixteen_links),
        cmocka_unit_test(full_arena_is_enomem),
    };
    int failed;

    arena_init(&msg_arena, 16 * 1024 * 1024);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&msg_arena);
    return failed;
}
