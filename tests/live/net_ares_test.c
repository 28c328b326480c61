/* SPDX-License-Identifier: MIT */
/*
 * net_ares_test.c - the live source against a server that misbehaves on demand.
 *
 * No test depends on speed: where an answer must come the patience is long, and where
 * none can come it is short.
 */
#include "net/ares.h"

#include "base/clock.h"
#include "support/dnsd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    PATIENT_MS = 30000, /* an answer comes */
    SHORT_MS = 200      /* none comes */
};

static struct dnsd *server, *second;
static struct dns_source *source;
static struct arena arena;
static struct dns_name asked;

static struct dns_name name_of(const char *text)
{
    struct dns_name name;

    assert_true(dns_name_parse(span_of(text), &name));
    return name;
}

static void open_source(unsigned timeout_ms, unsigned in_flight)
{
    const char *servers[] = { dnsd_address(server),
                              second ? dnsd_address(second) : NULL };
    const struct net_options options = { servers, second ? 2 : 1, timeout_ms,
                                         in_flight };
    char error[NET_ERROR_MAX];

    source = net_source_new(&options, error);
    if (!source)
        fail_msg("net_source_new: %s", error);
}

static void ask(const struct dns_name *name, uint16_t type, unsigned attempt,
                void *ticket)
{
    const struct dns_try t = { name, type, attempt, ticket };

    assert_int_equal(source->ops->ask(source, &t), AC_OK);
}

/* Events until n have come. */
static void wait_for(size_t n, struct dns_event *events)
{
    size_t have = 0;

    while (have < n) {
        size_t got;

        assert_int_equal(source->ops->wait(source, clock_us() + INT64_C(60000000),
                                           &arena, events + have, n - have, &got),
                         AC_OK);
        assert_true(got > 0);
        have += got;
    }
}

static const struct dns_answer *ask_attempt(const char *name, uint16_t type,
                                            unsigned attempt)
{
    struct dns_event event;
    int ticket;

    asked = name_of(name);
    ask(&asked, type, attempt, &ticket);
    wait_for(1, &event);
    assert_ptr_equal(event.ticket, &ticket);
    return event.answer;
}

static const struct dns_answer *ask_one(const char *name, uint16_t type)
{
    return ask_attempt(name, type, 0);
}

static void expect(const struct dns_answer *a, enum dns_outcome outcome,
                   const char *clause)
{
    if (a->outcome != outcome)
        fail_msg("%s: expected %s, got %s", clause, dns_outcome_print(outcome),
                 dns_outcome_print(a->outcome));
}

static void expect_txt(const struct dns_answer *a, const char *text)
{
    expect(a, DNS_ANSWER, text);
    assert_int_equal(a->n, 1);
    assert_true(span_eq(dns_txt_join(&arena, a->rr), span_of(text)));
}

static const char zone[] = "example.com. 3600 IN SOA ns.example.com. h. 1 2 3 4 77\n"
                           "example.com. 300 IN TXT \"v=spf1 -all\"\n"
                           "example.com. 300 IN MX 10 mx.example.com.\n"
                           "mx.example.com. 300 IN A 192.0.2.1\n"
                           "alias.example.com. 100 IN CNAME mx.example.com.\n"
                           "one.example.com. 100 IN CNAME two.example.com.\n"
                           "two.example.com. 100 IN CNAME one.example.com.\n"
                           "lost.example.com. 100 IN CNAME gone.example.com.\n";

static int set_up(void **state)
{
    (void)state;
    server = dnsd_new(0);
    assert_non_null(server);
    dnsd_zone(server, zone);
    arena_init(&arena, 64 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (source)
        source->ops->free(source);
    source = NULL;
    dnsd_free(server);
    dnsd_free(second);
    server = second = NULL;
    arena_free(&arena);
    return 0;
}

static void answer_comes_with_its_records(void **state)
{
    const struct dns_answer *a;
    struct dns_name host;
    uint16_t preference;

    (void)state;
    open_source(PATIENT_MS, 0);
    expect_txt(ask_one("Example.com", DNS_T_TXT), "v=spf1 -all");
    a = ask_one("example.com", DNS_T_MX);
    expect(a, DNS_ANSWER, "RFC 1035, 4");
    assert_true(dns_mx_read(a->rr, &preference, &host));
    assert_int_equal(preference, 10);
    a = ask_one("alias.example.com", DNS_T_A);
    expect(a, DNS_ANSWER, "RFC 1034, 3.6.2");
    assert_int_equal(a->n_cname, 1);
    assert_int_equal(a->ttl, 100);
    assert_int_equal(net_source_servers(source), 1);
}

static void nodata_and_nxdomain_have_the_soa_ttl(void **state)
{
    const struct dns_answer *a;

    (void)state;
    open_source(PATIENT_MS, 0);
    a = ask_one("example.com", DNS_T_AAAA);
    expect(a, DNS_NODATA, "RFC 2308, 2.2");
    assert_int_equal(a->ttl, 77);
    a = ask_one("gone.example.com", DNS_T_A);
    expect(a, DNS_NXDOMAIN, "RFC 2308, 2.1");
    assert_int_equal(a->ttl, 77);
    a = ask_one("lost.example.com", DNS_T_A);
    expect(a, DNS_NXDOMAIN, "RFC 2308, 2.1: at the end of a chain");
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
    open_source(PATIENT_MS, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct dns_answer *a;

        dnsd_rule(server, &(struct dnsd_rule){ .name = rows[i].name,
                                               .rcode = rows[i].rcode,
                                               .ede = rows[i].ede });
        a = ask_one(rows[i].name, DNS_T_TXT);
        expect(a, rows[i].outcome, rows[i].name);
        assert_int_equal(a->rcode, rows[i].rcode);
    }
    assert_int_equal(dnsd_asked(server, NULL, 0), 4);
}

static void second_attempt_goes_to_the_second_server(void **state)
{
    (void)state;
    second = dnsd_new(0);
    dnsd_zone(second, "example.com. 300 IN TXT \"second\"\n");
    open_source(PATIENT_MS, 0);
    assert_int_equal(net_source_servers(source), 2);
    expect_txt(ask_attempt("example.com", DNS_T_TXT, 0), "v=spf1 -all");
    expect_txt(ask_attempt("example.com", DNS_T_TXT, 1), "second");
    expect_txt(ask_attempt("example.com", DNS_T_TXT, 2), "v=spf1 -all");
    assert_int_equal(dnsd_asked(server, NULL, 0), 2);
    assert_int_equal(dnsd_asked(second, NULL, 0), 1);
}

static void silence_is_timeout_and_one_question(void **state)
{
    (void)state;
    dnsd_rule(server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_SILENT });
    open_source(SHORT_MS, 0);
    expect(ask_one("example.com", DNS_T_TXT), DNS_TIMEOUT, "RFC 1035, 4.2.1");
    assert_int_equal(dnsd_asked(server, NULL, 0), 1);
}

static void a_dropped_question_is_answered_when_asked_again(void **state)
{
    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){
                          .name = "example.com", .tricks = DNSD_SILENT, .times = 2 });
    open_source(SHORT_MS, 0);
    expect(ask_attempt("example.com", DNS_T_TXT, 0), DNS_TIMEOUT, "first try");
    expect(ask_attempt("example.com", DNS_T_TXT, 1), DNS_TIMEOUT, "second try");
    expect_txt(ask_attempt("example.com", DNS_T_TXT, 2), "v=spf1 -all");
}

/* The answer to the first try comes after its time: it must neither be reported nor
 * taken for that of the second. */
static void a_late_answer_is_dropped(void **state)
{
    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .name = "mx.example.com",
                                           .type = DNS_T_A,
                                           .delay_ms = SHORT_MS + 100 });
    open_source(SHORT_MS, 0);
    expect(ask_one("mx.example.com", DNS_T_A), DNS_TIMEOUT, "first try");
    dnsd_rule(server,
              &(struct dnsd_rule){ .name = "void.test", .tricks = DNSD_SILENT });
    expect(ask_one("void.test", DNS_T_A), DNS_TIMEOUT, "meanwhile the answer comes");
}

static void truncated_answer_comes_over_tcp(void **state)
{
    struct dnsd_query q;

    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_CUT });
    open_source(PATIENT_MS, 0);
    expect_txt(ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    assert_int_equal(dnsd_asked(server, NULL, 0), 2);
    assert_true(dnsd_query(server, 0, &q) && !q.tcp);
    assert_true(dnsd_query(server, 1, &q) && q.tcp);
}

static void refused_tcp_ends_that_try_alone(void **state)
{
    struct dns_name cut = name_of("cut.test");
    struct dns_name slow = name_of("example.com");
    struct dns_event events[2];

    (void)state;
    dnsd_free(server);
    server = dnsd_new(DNSD_NO_TCP);
    dnsd_zone(server, zone);
    dnsd_rule(server, &(struct dnsd_rule){ .name = "cut.test", .tricks = DNSD_CUT });
    dnsd_rule(server, &(struct dnsd_rule){ .name = "example.com", .delay_ms = 300 });
    open_source(PATIENT_MS, 0);
    ask(&slow, DNS_T_TXT, 0, &slow);
    ask(&cut, DNS_T_TXT, 0, &cut);
    wait_for(2, events);
    assert_ptr_equal(events[0].ticket, &cut);
    expect(events[0].answer, DNS_UNREACHABLE, "RFC 7766, 5");
    assert_ptr_equal(events[1].ticket, &slow);
    expect_txt(events[1].answer, "v=spf1 -all");
}

static void lost_tcp_connection_is_opened_once_more(void **state)
{
    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){
                          .name = "example.com", .tricks = DNSD_CUT, .times = 1 });
    dnsd_rule(server, &(struct dnsd_rule){
                          .name = "example.com", .tricks = DNSD_HANG_UP, .times = 1 });
    open_source(PATIENT_MS, 0);
    expect_txt(ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    assert_int_equal(dnsd_asked(server, "example.com", 0), 3);
    dnsd_rule(server, &(struct dnsd_rule){ .name = "mx.example.com",
                                           .tricks = DNSD_CUT | DNSD_HANG_UP });
    expect(ask_one("mx.example.com", DNS_T_A), DNS_UNREACHABLE, "and no more");
}

static void silence_over_tcp_is_timeout(void **state)
{
    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){
                          .name = "example.com", .tricks = DNSD_CUT, .times = 1 });
    dnsd_rule(server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_SILENT });
    open_source(SHORT_MS, 0);
    expect(ask_one("example.com", DNS_T_TXT), DNS_TIMEOUT, "one patience for both");
}

static void forged_and_broken_datagrams_do_not_end_a_try(void **state)
{
    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .name = "example.com",
                                           .tricks = DNSD_GARBAGE | DNSD_WRONG_ID |
                                                     DNSD_OTHER_NAME });
    open_source(PATIENT_MS, 0);
    expect_txt(ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
}

static void wrong_ids_alone_are_timeout(void **state)
{
    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .name = "example.com",
                                           .tricks = DNSD_WRONG_ID | DNSD_GARBAGE |
                                                     DNSD_SILENT });
    open_source(SHORT_MS, 0);
    expect(ask_one("example.com", DNS_T_TXT), DNS_TIMEOUT, "RFC 5452, 9.1");
}

static void broken_records_are_malformed(void **state)
{
    (void)state;
    dnsd_rule(server,
              &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_BROKEN });
    open_source(PATIENT_MS, 0);
    expect(ask_one("example.com", DNS_T_TXT), DNS_MALFORMED, "RFC 1035, 4.1.3");
}

static void second_copy_of_an_answer_is_dropped(void **state)
{
    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .tricks = DNSD_TWICE });
    open_source(PATIENT_MS, 0);
    expect_txt(ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    expect(ask_one("mx.example.com", DNS_T_A), DNS_ANSWER, "next question");
    expect(ask_one("example.com", DNS_T_MX), DNS_ANSWER, "and next");
}

static void cname_loop_is_malformed(void **state)
{
    (void)state;
    open_source(PATIENT_MS, 0);
    expect(ask_one("one.example.com", DNS_T_A), DNS_MALFORMED, "RFC 1034, 3.6.2");
}

static void cname_without_its_end_is_unfinished(void **state)
{
    const struct dns_answer *a;

    (void)state;
    dnsd_rule(server,
              &(struct dnsd_rule){ .name = "alias.example.com", .tricks = DNSD_SHORT });
    open_source(PATIENT_MS, 0);
    a = ask_one("alias.example.com", DNS_T_A);
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
        dnsd_record(server, "big.test", DNS_T_TXT, 60, span_make(rdata, sizeof rdata));
    }
    open_source(PATIENT_MS, 0);
    a = ask_one("big.test", DNS_T_TXT);
    expect(a, DNS_ANSWER, "RFC 1035, 4.2.2");
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
        dnsd_record(server, "big.test", DNS_T_TXT, 60, span_make(rdata, sizeof rdata));
    dnsd_rule(server, &(struct dnsd_rule){
                          .name = "example.com", .tricks = DNSD_FORMERR, .times = 1 });
    open_source(PATIENT_MS, 0);
    expect_txt(ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    a = ask_one("big.test", DNS_T_TXT);
    expect(a, DNS_ANSWER, "RFC 6891, 7");
    assert_int_equal(a->n, 4);
}

static void closed_port_is_unreachable(void **state)
{
    const char *servers[1];
    char address[DNSD_ADDRESS_MAX];
    const struct net_options options = { servers, 1, PATIENT_MS, 0 };
    char error[NET_ERROR_MAX];

    (void)state;
    memcpy(address, dnsd_address(server), sizeof address);
    dnsd_free(server);
    server = NULL;
    servers[0] = address;
    source = net_source_new(&options, error);
    assert_non_null(source);
    expect(ask_one("example.com", DNS_T_TXT), DNS_UNREACHABLE, "ICMP: RFC 1122");
    expect(ask_one("example.com", DNS_T_TXT), DNS_UNREACHABLE, "again");
}

static void ipv6_server_is_asked(void **state)
{
    (void)state;
    dnsd_free(server);
    server = dnsd_new(DNSD_V6);
    if (!server) {
        print_message("skipped: this host has no address ::1\n");
        skip();
    }
    dnsd_zone(server, zone);
    dnsd_rule(server, &(struct dnsd_rule){ .name = "example.com", .tricks = DNSD_CUT });
    open_source(PATIENT_MS, 0);
    expect(ask_one("mx.example.com", DNS_T_A), DNS_ANSWER, "UDP");
    expect_txt(ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
}

static int id_cmp(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* What a forger would like to know: RFC 5452, 4.3. */
static void expect_ids_random(size_t many, bool unique)
{
    uint16_t *ids = calloc(many, sizeof *ids);
    struct dnsd_query q;
    size_t steps = 0;

    assert_non_null(ids);
    for (size_t i = 0; i < many; i++) {
        assert_true(dnsd_query(server, i, &q));
        ids[i] = q.id;
        steps += i && (uint16_t)(q.id - ids[i - 1] + 2) <= 4;
    }
    assert_true(steps < many / 20);
    qsort(ids, many, sizeof *ids, id_cmp);
    for (size_t i = 1; unique && i < many; i++)
        assert_true(ids[i] != ids[i - 1]);
    free(ids);
}

static size_t ports_used(size_t many)
{
    uint16_t first = 0;
    struct dnsd_query q;

    for (size_t i = 0; i < many; i++) {
        assert_true(dnsd_query(server, i, &q));
        if (first && q.port != first)
            return 2;
        first = q.port;
    }
    return 1;
}

static void many_lose_nothing(size_t many, unsigned in_flight)
{
    struct dns_name *names = calloc(many, sizeof *names);
    struct dns_event *events = calloc(many, sizeof *events);

    assert_non_null(names);
    assert_non_null(events);
    for (size_t i = 0; i < many; i++) {
        char text[64];

        snprintf(text, sizeof text, "n%zu.test", i);
        names[i] = name_of(text);
        dnsd_record(server, text, DNS_T_A, 60,
                    span_make((uint8_t[]){ 10, 0, (uint8_t)(i >> 8), (uint8_t)i }, 4));
    }
    open_source(PATIENT_MS, in_flight);
    for (size_t i = 0; i < many; i++)
        ask(&names[i], DNS_T_A, 0, &names[i]);
    wait_for(many, events);
    for (size_t i = 0; i < many; i++) {
        size_t k = (size_t)((struct dns_name *)events[i].ticket - names);
        const uint8_t wanted[] = { 10, 0, (uint8_t)(k >> 8), (uint8_t)k };

        expect(events[i].answer, DNS_ANSWER, "nothing is lost");
        assert_memory_equal(events[i].answer->rr[0].rdata.p, wanted, 4);
    }
    assert_int_equal(dnsd_asked(server, NULL, 0), many);
    free(names);
    free(events);
}

static void three_hundred_at_once_lose_nothing(void **state)
{
    (void)state;
    many_lose_nothing(300, 0);
    expect_ids_random(300, false);
    assert_int_equal(ports_used(300), 1);
}

static void ids_of_open_questions_are_unique(void **state)
{
    enum {
        MANY = 100
    };
    struct dns_name name = name_of("void.test");
    struct dns_event event;
    size_t n;

    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .tricks = DNSD_SILENT });
    open_source(PATIENT_MS, MANY);
    for (unsigned i = 0; i < MANY; i++)
        ask(&name, DNS_T_A, 0, &name);
    while (dnsd_asked(server, NULL, 0) < MANY)
        assert_int_equal(
            source->ops->wait(source, clock_us() + 1000, &arena, &event, 1, &n), AC_OK);
    expect_ids_random(MANY, true);
}

/* More than one socket bears at a time: they are spread over several. */
static void two_thousand_on_two_channels_lose_nothing(void **state)
{
    (void)state;
    many_lose_nothing(2000, 150);
    expect_ids_random(2000, false);
    assert_int_equal(ports_used(2000), 2);
}

static void questions_have_opt_and_flags(void **state)
{
    struct dnsd_query q;

    (void)state;
    open_source(PATIENT_MS, 0);
    expect(ask_one("example.com", DNS_T_TXT), DNS_ANSWER, "RFC 6891, 6.2.5");
    assert_true(dnsd_query(server, 0, &q));
    assert_int_equal(q.edns, 1232);
    assert_true(q.opt_last);
    assert_true(q.rd);
    assert_true(q.ad);
}

static void wait_ends_when_told(void **state)
{
    struct dns_name name = name_of("example.com");
    struct dns_event event;
    size_t n = 7;

    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .tricks = DNSD_SILENT });
    open_source(PATIENT_MS, 0);
    assert_int_equal(source->ops->wait(source, INT64_MAX, &arena, &event, 1, &n),
                     AC_OK);
    assert_int_equal(n, 0); /* nothing is open: nothing to wait for */
    ask(&name, DNS_T_TXT, 0, &name);
    n = 7;
    assert_int_equal(
        source->ops->wait(source, clock_us() + 20000, &arena, &event, 1, &n), AC_OK);
    assert_int_equal(n, 0);
    assert_int_equal(source->ops->wait(source, 0, &arena, &event, 1, &n), AC_OK);
    assert_int_equal(n, 0);
}

static void cancelled_tries_are_not_reported(void **state)
{
    struct dns_name names[] = { name_of("a.test"), name_of("b.test"),
                                name_of("c.test") };
    struct dns_event event;
    size_t n;

    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .name = "a.test", .delay_ms = 50 });
    dnsd_rule(server, &(struct dnsd_rule){ .name = "b.test", .tricks = DNSD_SILENT });
    open_source(PATIENT_MS, 2);
    for (size_t i = 0; i < 3; i++)
        ask(&names[i], DNS_T_A, 0, &names[i]);
    source->ops->cancel(source);
    assert_int_equal(source->ops->wait(source, 0, &arena, &event, 1, &n), AC_OK);
    assert_int_equal(n, 0);
    expect_txt(ask_one("example.com", DNS_T_TXT), "v=spf1 -all");
    assert_int_equal(dnsd_asked(server, "c.test", 0), 0); /* it was queued */
}

/* With open, queued and finished tries; a leak is seen by the sanitizer. */
static void free_with_open_tries_leaks_nothing(void **state)
{
    struct dns_name names[] = { name_of("a.test"), name_of("example.com"),
                                name_of("c.test") };
    struct dns_event event;
    size_t n;

    (void)state;
    dnsd_rule(server, &(struct dnsd_rule){ .name = "a.test", .tricks = DNSD_SILENT });
    dnsd_rule(server, &(struct dnsd_rule){ .name = "c.test", .tricks = DNSD_CUT });
    open_source(PATIENT_MS, 2);
    for (size_t i = 0; i < 3; i++)
        ask(&names[i], DNS_T_TXT, 0, &names[i]);
    assert_int_equal(
        source->ops->wait(source, clock_us() + 1000, &arena, &event, 1, &n), AC_OK);
}

/* As timed-out tries pile up within c-ares, the room for new ones must not shrink. */
static void timed_out_tries_make_room(void **state)
{
    (void)state;
    dnsd_rule(server,
              &(struct dnsd_rule){ .name = "void.test", .tricks = DNSD_SILENT });
    open_source(50, 1);
    for (unsigned i = 0; i < 5; i++)
        expect(ask_one("void.test", DNS_T_A), DNS_TIMEOUT, "silence");
}

static void servers_are_read_in_all_their_forms(void **state)
{
    static const char *const good[] = { "192.0.2.1",         "192.0.2.1:5353",
                                        "2001:db8::1",       "[2001:db8::1]",
                                        "[2001:db8::1]:53",  "::1",
                                        "[::ffff:1.2.3.4]:1" };
    static const char *const bad[] = { "",
                                       "ns.example.com",
                                       "192.0.2",
                                       "192.0.2.1:",
                                       "192.0.2.1:0",
                                       "192.0.2.1:65536",
                                       "192.0.2.1:5x",
                                       "[2001:db8::1",
                                       "[2001:db8::1]5353",
                                       "[2001:db8::1]:",
                                       "[192.0.2.1]:53",
                                       "fe80::1%eth0",
                                       ":53",
                                       "192.0.2.1 " };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!net_server_valid(good[i]))
            fail_msg("\"%s\" is a nameserver", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (net_server_valid(bad[i]))
            fail_msg("\"%s\" is no nameserver", bad[i]);
}

static void bad_servers_are_named_in_one_line(void **state)
{
    const char *servers[] = { "192.0.2.1", "not\none" };
    const char *many[NET_SERVERS_MAX + 1];
    char error[NET_ERROR_MAX] = "";

    (void)state;
    for (size_t i = 0; i < NET_SERVERS_MAX + 1; i++)
        many[i] = "192.0.2.1";
    assert_null(net_source_new(&(struct net_options){ servers, 2, 1, 0 }, error));
    assert_non_null(strstr(error, "\"not?one\""));
    assert_non_null(strstr(error, "expected"));
    assert_null(net_source_new(&(struct net_options){ many, NET_SERVERS_MAX + 1, 1, 0 },
                               error));
    assert_non_null(strstr(error, "9 nameservers"));
}

static void system_servers_are_used_when_none_is_given(void **state)
{
    char error[NET_ERROR_MAX] = "";

    (void)state;
    source = net_source_new(&(struct net_options){ NULL, 0, 0, 0 }, error);
    if (!source)
        fail_msg("%s", error);
    assert_true(net_source_servers(source) >= 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

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
        TEST(three_hundred_at_once_lose_nothing),
        TEST(ids_of_open_questions_are_unique),
        TEST(two_thousand_on_two_channels_lose_nothing),
        TEST(questions_have_opt_and_flags),
        TEST(wait_ends_when_told),
        TEST(cancelled_tries_are_not_reported),
        TEST(free_with_open_tries_leaks_nothing),
        TEST(timed_out_tries_make_room),
        TEST(servers_are_read_in_all_their_forms),
        TEST(bad_servers_are_named_in_one_line),
        TEST(system_servers_are_used_when_none_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
