/* SPDX-License-Identifier: MIT */
/*
 * net_ares_test.c - the live source against a server that misbehaves on demand.
 */
#include "net/ares.h"

#include "base/clock.h"
#include "support/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void answer_comes_with_its_records(void **state)
{
    const struct dns_answer *a;
    struct dns_name host;
    uint16_t preference;

    (void)state;
    live_open(PATIENT_MS, 0);
    live_expect_txt(live_ask_one("Example.com", DNS_T_TXT), "v=spf1 -all");
    a = live_ask_one("example.com", DNS_T_MX);
    live_expect(a, DNS_ANSWER, "RFC 1035, 4");
    assert_true(dns_mx_read(a->rr, &preference, &host));
    assert_int_equal(preference, 10);
    a = live_ask_one("alias.example.com", DNS_T_A);
    live_expect(a, DNS_ANSWER, "RFC 1034, 3.6.2");
    assert_int_equal(a->n_cname, 1);
    assert_int_equal(a->ttl, 100);
    assert_int_equal(net_source_servers(live_source), 1);
}

static void nodata_and_nxdomain_have_the_soa_ttl(void **state)
{
    const struct dns_answer *a;

    (void)state;
    live_open(PATIENT_MS, 0);
    a = live_ask_one("example.com", DNS_T_AAAA);
    live_expect(a, DNS_NODATA, "RFC 2308, 2.2");
    assert_int_equal(a->ttl, 77);
    a = live_ask_one("gone.example.com", DNS_T_A);
    live_expect(a, DNS_NXDOMAIN, "RFC 2308, 2.1");
    assert_int_equal(a->ttl, 77);
    a = live_ask_one("lost.example.com", DNS_T_A);
    live_expect(a, DNS_NXDOMAIN, "RFC 2308, 2.1: at the end of a chain");
    assert_int_equal(a->n_cname, 1);
}

static void error_codes_are_kept(void **state)
{
    static const struct {
        const char *name;
        unsigned rcode;
        int ede;
        enum dns_outcome outcome;
    } rows[] = {
        { "servfail.test", 2, 0, DNS_SERVFAIL },
        { "refused.test", 5, 0, DNS_REFUSED },
        { "notimp.test", 4, 0, DNS_REFUSED },
        { "bogus.test", 2, 6, DNS_BOGUS },
    };

    (void)state;
    live_open(PATIENT_MS, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct dns_answer *a;

        dnsd_rule(live_server, &(struct dnsd_rule){ .name = rows[i].name,
                                                    .rcode = rows[i].rcode,
                                                    .ede = rows[i].ede });
        a = live_ask_one(rows[i].name, DNS_T_TXT);
        live_expect(a, rows[i].outcome, rows[i].name);
        assert_int_equal(a->rcode, rows[i].rcode);
    }
    assert_int_equal(dnsd_asked(live_server, NULL, 0), 4);
}

static void second_attempt_goes_to_the_second_server(void **state)
{
    (void)state;
    live_second = dnsd_new(0);
    dnsd_zone(live_second, "example.com. 300 IN TXT \"second\"\n");
    live_open(PATIENT_MS, 0);
    assert_int_equal(net_source_servers(live_source), 2);
    live_expect_txt(live_ask_attempt("example.com", DNS_T_TXT, 0), "v=spf1 -all");
    live_expect_txt(live_ask_attempt("example.com", DNS_T_TXT, 1), "second");
    live_expect_txt(live_ask_attempt("example.com", DNS_T_TXT, 2), "v=spf1 -all");
    assert_int_equal(dnsd_asked(live_server, NULL, 0), 2);
    assert_int_equal(dnsd_asked(live_second, NULL, 0), 1);
}

static void silence_is_timeout_and_one_question(void **state)
{
    (void)state;
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_SILENT });
    live_open(SHORT_MS, 0);
    live_expect(live_ask_one("example.com", DNS_T_TXT), DNS_TIMEOUT, "RFC 1035, 4.2.1");
    assert_int_equal(dnsd_asked(live_server, NULL, 0), 1);
}

static void a_dropped_question_is_answered_when_asked_again(void **state)
{
    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "example.com",
                                                .tricks = DNSD_SILENT,
                                                .times = 2 });
    live_open(SHORT_MS, 0);
    live_expect(live_ask_attempt("example.com", DNS_T_TXT, 0), DNS_TIMEOUT,
                "first try");
    live_expect(live_ask_attempt("example.com", DNS_T_TXT, 1), DNS_TIMEOUT,
                "second try");
    live_expect_txt(live_ask_attempt("example.com", DNS_T_TXT, 2), "v=spf1 -all");
}

/* The answer to the first try comes after its time: it must neither be reported nor
 * taken for that of the second. */
static void a_late_answer_is_dropped(void **state)
{
    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "mx.example.com",
                                                .type = DNS_T_A,
                                                .delay_ms = SHORT_MS + 100 });
    live_open(SHORT_MS, 0);
    live_expect(live_ask_one("mx.example.com", DNS_T_A), DNS_TIMEOUT, "first try");
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "void.test", .tricks = DNSD_SILENT });
    live_expect(live_ask_one("void.test", DNS_T_A), DNS_TIMEOUT,
                "meanwhile the answer comes");
}

static void truncated_answer_comes_over_tcp(void **state)
{
    struct dnsd_query q;

    (void)state;
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_CUT });
    live_open(PATIENT_MS, 0);
    live_expect_txt(live_ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    assert_int_equal(dnsd_asked(live_server, NULL, 0), 2);
    assert_true(dnsd_query(live_server, 0, &q) && !q.tcp);
    assert_true(dnsd_query(live_server, 1, &q) && q.tcp);
}

static void refused_tcp_ends_that_try_alone(void **state)
{
    struct dns_name cut = live_name("cut.test");
    struct dns_name slow = live_name("example.com");
    struct dns_event events[2];

    (void)state;
    dnsd_free(live_server);
    live_server = dnsd_new(DNSD_NO_TCP);
    dnsd_zone(live_server, live_zone);
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "cut.test", .tricks = DNSD_CUT });
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "example.com", .delay_ms = 300 });
    live_open(PATIENT_MS, 0);
    live_ask(&slow, DNS_T_TXT, 0, &slow);
    live_ask(&cut, DNS_T_TXT, 0, &cut);
    live_wait(2, events);
    assert_ptr_equal(events[0].ticket, &cut);
    live_expect(events[0].answer, DNS_UNREACHABLE, "RFC 7766, 5");
    assert_ptr_equal(events[1].ticket, &slow);
    live_expect_txt(events[1].answer, "v=spf1 -all");
}

static void lost_tcp_connection_is_opened_once_more(void **state)
{
    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){
                               .name = "example.com", .tricks = DNSD_CUT, .times = 1 });
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "example.com",
                                                .tricks = DNSD_HANG_UP,
                                                .times = 1 });
    live_open(PATIENT_MS, 0);
    live_expect_txt(live_ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    assert_int_equal(dnsd_asked(live_server, "example.com", 0), 3);
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "mx.example.com",
                                                .tricks = DNSD_CUT | DNSD_HANG_UP });
    live_expect(live_ask_one("mx.example.com", DNS_T_A), DNS_UNREACHABLE,
                "and no more");
}

static void silence_over_tcp_is_timeout(void **state)
{
    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){
                               .name = "example.com", .tricks = DNSD_CUT, .times = 1 });
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_SILENT });
    live_open(SHORT_MS, 0);
    live_expect(live_ask_one("example.com", DNS_T_TXT), DNS_TIMEOUT,
                "one patience for both");
}

static void forged_and_broken_datagrams_do_not_end_a_try(void **state)
{
    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "example.com",
                                                .tricks = DNSD_GARBAGE | DNSD_WRONG_ID |
                                                          DNSD_OTHER_NAME });
    live_open(PATIENT_MS, 0);
    live_expect_txt(live_ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
}

static void wrong_ids_alone_are_timeout(void **state)
{
    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "example.com",
                                                .tricks = DNSD_WRONG_ID | DNSD_GARBAGE |
                                                          DNSD_SILENT });
    live_open(SHORT_MS, 0);
    live_expect(live_ask_one("example.com", DNS_T_TXT), DNS_TIMEOUT, "RFC 5452, 9.1");
}

static void broken_records_are_malformed(void **state)
{
    (void)state;
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_BROKEN });
    live_open(PATIENT_MS, 0);
    live_expect(live_ask_one("example.com", DNS_T_TXT), DNS_MALFORMED,
                "RFC 1035, 4.1.3");
}

static void second_copy_of_an_answer_is_dropped(void **state)
{
    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .tricks = DNSD_TWICE });
    live_open(PATIENT_MS, 0);
    live_expect_txt(live_ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    live_expect(live_ask_one("mx.example.com", DNS_T_A), DNS_ANSWER, "next question");
    live_expect(live_ask_one("example.com", DNS_T_MX), DNS_ANSWER, "and next");
}

static void cname_loop_is_malformed(void **state)
{
    (void)state;
    live_open(PATIENT_MS, 0);
    live_expect(live_ask_one("one.example.com", DNS_T_A), DNS_MALFORMED,
                "RFC 1034, 3.6.2");
}

static void cname_without_its_end_is_unfinished(void **state)
{
    const struct dns_answer *a;

    (void)state;
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "alias.example.com", .tricks = DNSD_SHORT });
    live_open(PATIENT_MS, 0);
    a = live_ask_one("alias.example.com", DNS_T_A);
    assert_true(a->unfinished);
    assert_int_equal(a->n_cname, 1);
}

static void sixty_four_kib_of_txt_come_over_tcp(void **state)
{
    enum {
        RECORDS = 240
    };
    char rdata[256];
    const struct dns_answer *a;

    (void)state;
    for (unsigned i = 0; i < RECORDS; i++) {
        memset(rdata, 'x', sizeof rdata);
        rdata[0] = (char)255;
        snprintf(rdata + 1, 5, "%04u", i);
        rdata[5] = 'x';
        dnsd_record(live_server, "big.test", DNS_T_TXT, 60,
                    span_make(rdata, sizeof rdata));
    }
    live_open(PATIENT_MS, 0);
    a = live_ask_one("big.test", DNS_T_TXT);
    live_expect(a, DNS_ANSWER, "RFC 1035, 4.2.2");
    assert_int_equal(a->n, RECORDS);
    assert_memory_equal(a->rr[RECORDS - 1].rdata.p + 1, "0239x", 5);
}

/* c-ares takes the OPT record off the question, and from then on cuts what is longer
 * than 512 octets. */
static void server_without_edns_is_still_read(void **state)
{
    char rdata[256];
    const struct dns_answer *a;

    (void)state;
    memset(rdata, 'x', sizeof rdata);
    rdata[0] = (char)255;
    for (unsigned i = 0; i < 4; i++)
        dnsd_record(live_server, "big.test", DNS_T_TXT, 60,
                    span_make(rdata, sizeof rdata));
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "example.com",
                                                .tricks = DNSD_FORMERR,
                                                .times = 1 });
    live_open(PATIENT_MS, 0);
    live_expect_txt(live_ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    a = live_ask_one("big.test", DNS_T_TXT);
    live_expect(a, DNS_ANSWER, "RFC 6891, 7");
    assert_int_equal(a->n, 4);
}

static void closed_port_is_unreachable(void **state)
{
    const char *servers[1];
    char address[DNSD_ADDRESS_MAX];
    const struct net_options options = { servers, 1, PATIENT_MS, 0 };
    enum {
        BURST = 7
    };
    struct dns_name name = live_name("example.com");
    struct dns_event events[BURST];
    char error[NET_ERROR_MAX];

    (void)state;
    memcpy(address, dnsd_address(live_server), sizeof address);
    dnsd_free(live_server);
    live_server = NULL;
    servers[0] = address;
    live_source = net_source_new(&options, error);
    assert_non_null(live_source);
    live_expect(live_ask_one("example.com", DNS_T_TXT), DNS_UNREACHABLE,
                "ICMP: RFC 1122");
    live_expect(live_ask_one("example.com", DNS_T_TXT), DNS_UNREACHABLE, "again");
    /* The refusal of one is told at the sending of the next: none of them waits. */
    for (size_t i = 0; i < BURST; i++)
        live_ask(&name, DNS_T_TXT, 0, &name);
    live_wait(BURST, events);
    for (size_t i = 0; i < BURST; i++)
        live_expect(events[i].answer, DNS_UNREACHABLE, "at once, all of them");
}

static void ipv6_server_is_asked(void **state)
{
    (void)state;
    dnsd_free(live_server);
    live_server = dnsd_new(DNSD_V6);
    if (!live_server) {
        print_message("skipped: this host has no address ::1\n");
        skip();
    }
    dnsd_zone(live_server, live_zone);
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_CUT });
    live_open(PATIENT_MS, 0);
    live_expect(live_ask_one("mx.example.com", DNS_T_A), DNS_ANSWER, "UDP");
    live_expect_txt(live_ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
}

static void questions_have_opt_and_flags(void **state)
{
    struct dnsd_query q;

    (void)state;
    live_open(PATIENT_MS, 0);
    live_expect(live_ask_one("example.com", DNS_T_TXT), DNS_ANSWER, "RFC 6891, 6.2.5");
    assert_true(dnsd_query(live_server, 0, &q));
    assert_int_equal(q.edns, 1232);
    assert_true(q.opt_last);
    assert_true(q.rd);
    assert_true(q.ad);
}

static void wait_ends_when_told(void **state)
{
    struct dns_name name = live_name("example.com");
    struct dns_event event;
    size_t n = 7;

    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .tricks = DNSD_SILENT });
    live_open(PATIENT_MS, 0);
    assert_int_equal(
        live_source->ops->wait(live_source, INT64_MAX, &live_arena, &event, 1, &n),
        AC_OK);
    assert_int_equal(n, 0); /* nothing is open: nothing to wait for */
    live_ask(&name, DNS_T_TXT, 0, &name);
    n = 7;
    assert_int_equal(live_source->ops->wait(live_source, clock_us() + 20000,
                                            &live_arena, &event, 1, &n),
                     AC_OK);
    assert_int_equal(n, 0);
    assert_int_equal(live_source->ops->wait(live_source, 0, &live_arena, &event, 1, &n),
                     AC_OK);
    assert_int_equal(n, 0);
}

static void cancelled_tries_are_not_reported(void **state)
{
    struct dns_name names[] = { live_name("a.test"), live_name("b.test"),
                                live_name("c.test") };
    struct dns_event event;
    size_t n;

    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "a.test", .delay_ms = 50 });
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "b.test", .tricks = DNSD_SILENT });
    live_open(PATIENT_MS, 2);
    for (size_t i = 0; i < 3; i++)
        live_ask(&names[i], DNS_T_A, 0, &names[i]);
    live_source->ops->cancel(live_source);
    assert_int_equal(live_source->ops->wait(live_source, 0, &live_arena, &event, 1, &n),
                     AC_OK);
    assert_int_equal(n, 0);
    live_expect_txt(live_ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    assert_int_equal(dnsd_asked(live_server, "c.test", 0), 0); /* it was queued */
}

/* With open, queued and finished tries; a leak is seen by the sanitizer. */
static void free_with_open_tries_leaks_nothing(void **state)
{
    struct dns_name names[] = { live_name("a.test"), live_name("example.com"),
                                live_name("c.test") };
    struct dns_event event;
    size_t n;

    (void)state;
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "a.test", .tricks = DNSD_SILENT });
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "c.test", .tricks = DNSD_CUT });
    live_open(PATIENT_MS, 2);
    for (size_t i = 0; i < 3; i++)
        live_ask(&names[i], DNS_T_TXT, 0, &names[i]);
    assert_int_equal(live_source->ops->wait(live_source, clock_us() + 1000, &live_arena,
                                            &event, 1, &n),
                     AC_OK);
}

/* As timed-out tries pile up within c-ares, the room for new ones must not shrink. */
static void timed_out_tries_make_room(void **state)
{
    (void)state;
    dnsd_rule(live_server,
              &(struct dnsd_rule){ .name = "void.test", .tricks = DNSD_SILENT });
    live_open(50, 1);
    for (unsigned i = 0; i < 5; i++)
        live_expect(live_ask_one("void.test", DNS_T_A), DNS_TIMEOUT, "silence");
}

static void system_servers_are_used_when_none_is_given(void **state)
{
    char error[NET_ERROR_MAX] = "";

    (void)state;
    live_source = net_source_new(&(struct net_options){ NULL, 0, 0, 0 }, error);
    if (!live_source)
        fail_msg("%s", error);
    assert_true(net_source_servers(live_source) >= 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, live_set_up, live_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answer_comes_with_its_records),
        TEST(nodata_and_nxdomain_have_the_soa_ttl),
        TEST(error_codes_are_kept),
        TEST(second_attempt_goes_to_the_second_server),
        TEST(silence_is_timeout_and_one_question),
        TEST(a_dropped_question_is_answered_when_asked_again),
        TEST(a_late_answer_is_dropped),
        TEST(truncated_answer_comes_over_tcp),
        TEST(refused_tcp_ends_that_try_alone),
        TEST(lost_tcp_connection_is_opened_once_more),
        TEST(silence_over_tcp_is_timeout),
        TEST(forged_and_broken_datagrams_do_not_end_a_try),
        TEST(wrong_ids_alone_are_timeout),
        TEST(broken_records_are_malformed),
        TEST(second_copy_of_an_answer_is_dropped),
        TEST(cname_loop_is_malformed),
        TEST(cname_without_its_end_is_unfinished),
        TEST(sixty_four_kib_of_txt_come_over_tcp),
        TEST(server_without_edns_is_still_read),
        TEST(closed_port_is_unreachable),
        TEST(ipv6_server_is_asked),
        TEST(questions_have_opt_and_flags),
        TEST(wait_ends_when_told),
        TEST(cancelled_tries_are_not_reported),
        TEST(free_with_open_tries_leaks_nothing),
        TEST(timed_out_tries_make_room),
        TEST(system_servers_are_used_when_none_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
