/* SPDX-License-Identifier: MIT */
/*
 * spf_check_test.c - check_host() in a world of one zone. RFC 7208, 4 to 6.
 */
#include "spf/check.h"

#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct call {
    struct spf_request request;
    struct spf_outcome out;
};

static enum ac_status step(struct ac_env *env, void *context)
{
    struct call *call = context;

    return spf_check(env, &call->request, &call->out);
}

/* mail_from may be an address or a domain. */
static struct spf_outcome check(struct world *w, const char *ip, const char *mail_from)
{
    struct call call = { .request = { .receiver = SPAN("rx.example") } };

    assert_true(ip_parse(span_of(ip), &call.request.client));
    assert_int_equal(spf_request_mailfrom(&call.request, span_of(mail_from),
                                          SPAN("helo.example.net"), &w->answers),
                     AC_OK);
    assert_int_equal(world_run(w, step, &call), AC_OK);
    return call.out;
}

/* A fault of the DNS in a row of a table. */
struct fault {
    const char *name;
    uint16_t type;
    enum dns_outcome outcome;
};

struct row {
    const char *zone;
    struct fault fault[2];
    const char *ip, *mail_from;
    enum spf_result result;
    const char *reason; /* public id; NULL: pass */
    const char *clause;
};

#define MANY(s) s s s s s

static const struct row rows[] = {
    { "a.test TXT \"v=spf1 ip4:192.0.2.0/24 -all\"",
      { { 0 } },
      "192.0.2.9",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 5.6" },
    { "a.test TXT \"v=spf1 ip4:192.0.2.0/24 -all\"",
      { { 0 } },
      "192.0.3.9",
      "u@a.test",
      SPF_FAIL,
      "spf-ip-not-authorized",
      "RFC 7208, 8.4" },
    { "a.test TXT \"v=spf1 ~all\"",
      { { 0 } },
      "192.0.3.9",
      "u@a.test",
      SPF_SOFTFAIL,
      "spf-ip-not-authorized",
      "RFC 7208, 8.5" },
    { "a.test TXT \"v=spf1\"",
      { { 0 } },
      "192.0.3.9",
      "u@a.test",
      SPF_NEUTRAL,
      "spf-ip-not-authorized",
      "RFC 7208, 4.7" },
    { "a.test TXT \"v=spf1 ip4:192.0.2.1 -all\"",
      { { 0 } },
      "::ffff:192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 5" },
    { "a.test TXT \"hello\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_NONE,
      "spf-record-missing",
      "RFC 7208, 4.5" },
    { "a.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_NONE,
      "spf-record-missing",
      "RFC 7208, 4.5" },
    { "b.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_NONE,
      "spf-record-missing",
      "RFC 7208, 4.3" },
    { "a.test TXT \"v=spf1 -all\"\na.test TXT \"v=spf1 +all\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-multiple-records",
      "RFC 7208, 4.5" },
    { "a.test TXT \"v=spf1 +all bogus\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-syntax-error",
      "RFC 7208, 4.6" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\nb.test TXT \"v=spf1 +all bogus\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-syntax-error",
      "RFC 7208, 5.2" },
    { "a.test TXT \"v=spf1 include:b.test +all\"\nb.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-include-missing",
      "RFC 7208, 5.2" },
    { "a.test TXT \"v=spf1 include:%{l}.b.test. +all\"",
      { { 0 } },
      "192.0.2.1",
      "a..b@a.test",
      SPF_PERMERROR,
      "spf-include-missing",
      "RFC 7208, 5.2" },
    { "a.test TXT \"v=spf1 redirect=b.test\"\nb.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-include-missing",
      "RFC 7208, 6.1" },
    { "a.test TXT \"v=spf1 redirect=%{l}\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-include-missing",
      "RFC 7208, 6.1" },
    { "a.test TXT \"v=spf1 ?all redirect=b.test\"\nb.test TXT \"v=spf1 +all\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_NEUTRAL,
      "spf-ip-not-authorized",
      "RFC 7208, 6.1" },
    { "a.test TXT \"v=spf1 redirect=b.test ip4:192.0.2.1\"\n"
      "b.test TXT \"v=spf1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 6.1" },
    { "a.test TXT \"v=spf1 a:b.test mx:b.test -all\"\nb.test A 192.0.2.7\n"
      "b.test MX 10 m.b.test\nm.b.test A 192.0.2.8",
      { { 0 } },
      "192.0.2.8",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 5.4" },
    { "a.test TXT \"v=spf1 mx -all\"\na.test A 192.0.2.8",
      { { 0 } },
      "192.0.2.8",
      "u@a.test",
      SPF_FAIL,
      "spf-ip-not-authorized",
      "RFC 7208, 5.4" },
    { "a.test TXT \"v=spf1 mx -all\"\na.test MX 0 .",
      { { 0 } },
      "192.0.2.8",
      "u@a.test",
      SPF_FAIL,
      "spf-ip-not-authorized",
      "RFC 7505, 3" },
    { "a.test TXT \"v=spf1 a -all\"\na.test A 192.0.2.8\na.test AAAA 2001:db8::8",
      { { 0 } },
      "2001:db8::8",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 5.3" },
    { "a.test TXT \"v=spf1 exists:%{i}.x.test -all\"\n1.2.0.192.x.test A 127.0.0.2\n"
      "192.0.2.1.x.test A 127.0.0.2",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 5.7" },
    { "a.test TXT \"v=spf1 ptr -all\"\n1.2.0.192.in-addr.arpa PTR mail.a.test\n"
      "mail.a.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 5.5" },
    { "a.test TXT \"v=spf1 ptr:b.test -all\"\n1.2.0.192.in-addr.arpa PTR xb.test\n"
      "xb.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_FAIL,
      "spf-ip-not-authorized",
      "RFC 7208, 5.5" },
    { "a.test TXT \"v=spf1 ptr -all\"\n1.2.0.192.in-addr.arpa PTR mail.a.test\n"
      "mail.a.test A 192.0.2.2",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_FAIL,
      "spf-ip-not-authorized",
      "RFC 7208, 5.5" },
    { "a.test TXT \"v=spf1 ptr -all\"",
      { { "1.2.0.192.in-addr.arpa", DNS_T_PTR, DNS_SERVFAIL } },
      "192.0.2.1",
      "u@a.test",
      SPF_FAIL,
      "spf-ip-not-authorized",
      "RFC 7208, 5.5" },
    { "a.test TXT \"v=spf1 ptr -all\"\n1.2.0.192.in-addr.arpa PTR b.a.test\n"
      "1.2.0.192.in-addr.arpa PTR c.a.test\nc.a.test A 192.0.2.1",
      { { "b.a.test", DNS_T_A, DNS_TIMEOUT } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 5.5" },
    { "a.test TXT \"v=spf1 a:%{p2}.x.test -all\"\n"
      "1.2.0.192.in-addr.arpa PTR z.test\n1.2.0.192.in-addr.arpa PTR mail.a.test\n"
      "z.test A 192.0.2.1\nmail.a.test A 192.0.2.1\na.test.x.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 7.3" },
    { "b.test A 192.0.2.1",
      { { "a.test", DNS_T_TXT, DNS_TIMEOUT } },
      "192.0.2.1",
      "u@a.test",
      SPF_TEMPERROR,
      "spf-dns-error",
      "RFC 7208, 4.4" },
    { "a.test TXT \"v=spf1 a:b.test +all\"",
      { { "b.test", DNS_T_A, DNS_REFUSED } },
      "192.0.2.1",
      "u@a.test",
      SPF_TEMPERROR,
      "spf-dns-error",
      "RFC 7208, 5" },
    { "a.test TXT \"v=spf1 ip4:192.0.2.1 a:b.test -all\"",
      { { "b.test", DNS_T_A, DNS_SERVFAIL } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 4.6.2" },
    { "a.test TXT \"v=spf1 include:b.test +all\"",
      { { "b.test", DNS_T_TXT, DNS_SERVFAIL } },
      "192.0.2.1",
      "u@a.test",
      SPF_TEMPERROR,
      "spf-dns-error",
      "RFC 7208, 5.2" },
    { "a.test TXT \"v=spf1 mx +all\"\na.test MX 10 m.test",
      { { "m.test", DNS_T_A, DNS_BOGUS } },
      "192.0.2.1",
      "u@a.test",
      SPF_TEMPERROR,
      "spf-dns-error",
      "RFC 7208, 5.4" },
    { "a.test TXT \"v=spf1 exists:x.a.test +all\"",
      { { "x.a.test", DNS_T_A, DNS_DEADLINE } },
      "192.0.2.1",
      "u@a.test",
      SPF_TEMPERROR,
      "spf-dns-error",
      "RFC 7208, 5.7" },
    { "a.test TXT \"v=spf1 " MANY("a ") MANY("a ") "ip4:192.0.2.1 -all\"\n"
                                                   "a.test A 192.0.2.7",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 " MANY("a ") MANY("a ") "a ip4:192.0.2.1 -all\"\n"
                                                   "a.test A 192.0.2.7",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-too-many-lookups",
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 include:b.test include:b.test -all\"\n"
      "b.test TXT \"v=spf1 " MANY("a ") "\"\nb.test A 192.0.2.7",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-too-many-lookups",
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\n"
      "b.test TXT \"v=spf1 include:a.test -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-include-loop",
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 redirect=a.test\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-include-loop",
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 a:x.test a:y.test ip4:192.0.2.1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PASS,
      NULL,
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 a:x.test a:y.test mx:z.test\"\nz.test A 192.0.2.1",
      { { 0 } },
      "192.0.2.1",
      "u@a.test",
      SPF_PERMERROR,
      "spf-too-many-voids",
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@test",
      SPF_NONE,
      "spf-domain-invalid",
      "RFC 7208, 4.3" },
    { "a.test TXT \"v=spf1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@[192.0.2.1]",
      SPF_NONE,
      "spf-domain-invalid",
      "RFC 7208, 4.3" },
    { "a.test TXT \"v=spf1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@a..test",
      SPF_NONE,
      "spf-domain-invalid",
      "RFC 7208, 4.3" },
    { "a.test TXT \"v=spf1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@\xff\xfe.test",
      SPF_NONE,
      "spf-domain-invalid",
      "RFC 7208, 4.3" },
    { "a.test TXT \"v=spf1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "u@",
      SPF_NONE,
      "spf-domain-invalid",
      "RFC 7208, 4.3" },
    { "a.test TXT \"v=spf1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "a.test.",
      SPF_FAIL,
      "spf-ip-not-authorized",
      "RFC 7208, 4.3" },
    { "a.test TXT \"v=spf1 exists:%{l}.a.test -include:%{l}.a.test ?all\"",
      { { 0 } },
      "192.0.2.1",
      "\xc3\xa4@a.test",
      SPF_NEUTRAL,
      "spf-ip-not-authorized",
      "RFC 8616, 4" },
    { "helo.example.net TXT \"v=spf1 ip4:192.0.2.1 -all\"",
      { { 0 } },
      "192.0.2.1",
      "<>",
      SPF_PASS,
      NULL,
      "RFC 7208, 2.4" },
};

static void world_with(struct world *w, const struct row *row)
{
    world_init(w, row->zone);
    for (size_t i = 0; i < 2 && row->fault[i].name; i++)
        world_fault(w, row->fault[i].name, row->fault[i].type, row->fault[i].outcome,
                    false);
}

static void spf_check_gives_the_result_and_its_reason(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct spf_outcome out;
        const char *reason;
        struct world w;

        world_with(&w, row);
        out = check(&w, row->ip, row->mail_from);
        reason = out.reason == FINDING_NONE ? NULL : finding_kind(out.reason)->name;
        if (out.result != row->result || !reason != !row->reason ||
            (reason && strcmp(reason, row->reason) != 0) ||
            (reason && (!out.about || !out.reason_text))) {
            print_error("%s\n%s from %s (%s): expected %s, %s; got %s, %s (%s)\n",
                        row->zone, row->mail_from, row->ip, row->clause,
                        spf_result_print(row->result), row->reason,
                        spf_result_print(out.result), reason,
                        out.reason_text ? out.reason_text : "-");
            wrong++;
        }
        world_free(&w);
    }
    assert_int_equal(wrong, 0);
}

/* The same rows with answers that come one by one: nothing may change. */
static void spf_check_does_not_depend_on_the_order_of_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint64_t seed = 0; seed < 8; seed++) {
            struct spf_outcome a, b;
            struct world w;

            world_with(&w, &rows[i]);
            a = check(&w, rows[i].ip, rows[i].mail_from);
            world_forget(&w);
            w.shuffle = seed + 1;
            b = check(&w, rows[i].ip, rows[i].mail_from);
            assert_int_equal(a.result, b.result);
            assert_int_equal(a.lookups, b.lookups);
            assert_int_equal(a.void_lookups, b.void_lookups);
            assert_int_equal(a.could_pass, b.could_pass);
            assert_int_equal(a.n_steps, b.n_steps);
            assert_int_equal(a.reason, b.reason);
            world_free(&w);
        }
}

static void spf_check_without_hints_gives_the_same(void **state)
{
    struct ac_limits no_hints = ac_default_limits;

    (void)state;
    no_hints.hints = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct spf_outcome out;
        struct world w;

        world_with(&w, &rows[i]);
        w.env.limits = &no_hints;
        out = check(&w, rows[i].ip, rows[i].mail_from);
        assert_int_equal(out.result, rows[i].result);
        world_free(&w);
    }
}

static void spf_check_counts_terms_and_voids_in_order(void **state)
{
    struct spf_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 include:b.test a:x.test mx -all exp=e.test\"\n"
                   "b.test TXT \"v=spf1 exists:x.test a ?all\"\nb.test A 192.0.2.9\n"
                   "a.test MX 1 m.test\nm.test A 192.0.2.8\ne.test TXT \"no\"");
    out = check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(out.result, SPF_FAIL);
    assert_int_equal(out.lookups, 5);
    assert_int_equal(out.void_lookups, 2);
    assert_true(span_eq(out.mechanism, SPAN("-all")));
    assert_string_equal(out.found_in, "a.test");
    assert_string_equal(out.domain, "a.test");
    assert_string_equal(out.explanation, "no");
    assert_true(span_starts(out.record, SPAN("v=spf1 include")));
    world_free(&w);
}

static void spf_check_names_the_term_that_decided(void **state)
{
    struct spf_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 redirect=b.test\"\n"
                   "b.test TXT \"v=spf1 ip4:192.0.2.1 ~include:c.test\"\n"
                   "c.test TXT \"v=spf1 ip4:192.0.2.2\"");
    out = check(&w, "192.0.2.1", "u@a.test");
    assert_true(span_eq(out.mechanism, SPAN("ip4:192.0.2.1")));
    assert_string_equal(out.found_in, "b.test");
    out = check(&w, "192.0.2.2", "u@a.test");
    assert_int_equal(out.result, SPF_SOFTFAIL);
    assert_true(span_eq(out.mechanism, SPAN("~include:c.test")));
    assert_string_equal(out.found_in, "b.test");
    out = check(&w, "192.0.2.3", "u@a.test");
    assert_int_equal(out.result, SPF_NEUTRAL);
    assert_null(out.mechanism.p);
    assert_null(out.found_in);
    world_free(&w);
}

static void spf_check_explains_a_fail_by_the_record_that_failed(void **state)
{
    static const struct {
        const char *zone, *expected;
    } row[] = {
        { "a.test TXT \"v=spf1 -all exp=e.test\"\n"
          "e.test TXT \"%{i} %{c} %{l} %{r} %{t}\"",
          "192.0.2.1 192.0.2.1 u rx.example 1800000000" },
        { "a.test TXT \"v=spf1 redirect=b.test exp=e.test\"\ne.test TXT \"a\"\n"
          "b.test TXT \"v=spf1 -all exp=f.%{d}\"\nf.b.test TXT \"b %{d}\"",
          "b b.test" },
        { "a.test TXT \"v=spf1 redirect=b.test exp=e.test\"\ne.test TXT \"a\"\n"
          "b.test TXT \"v=spf1 -all\"",
          NULL },
        { "a.test TXT \"v=spf1 include:b.test -all\"\ne.test TXT \"a\"\n"
          "b.test TXT \"v=spf1 -all exp=e.test\"",
          NULL },
        { "a.test TXT \"v=spf1 ~all exp=e.test\"\ne.test TXT \"a\"", NULL },
        { "a.test TXT \"v=spf1 -all exp=e.test\"\ne.test TXT \"a\"\n"
          "e.test TXT \"b\"",
          NULL },
        { "a.test TXT \"v=spf1 -all exp=e.test\"\ne.test TXT \"100%\"", NULL },
        { "a.test TXT \"v=spf1 -all exp=e.test\"\ne.test TXT \"\\255\"", NULL },
        { "a.test TXT \"v=spf1 -all exp=e.test\"", NULL },
        { "a.test TXT \"v=spf1 -all exp=%{l}..test\"", NULL },
        { "a.test TXT \"v=spf1 -all exp=e.test\"\ne.test TXT \"by %{p}\"\n"
          "1.2.0.192.in-addr.arpa PTR h.test\nh.test A 192.0.2.1",
          "by h.test" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct spf_outcome out;
        struct world w;

        world_init(&w, row[i].zone);
        out = check(&w, "192.0.2.1", "u@a.test");
        if (!out.explanation != !row[i].expected ||
            (out.explanation && strcmp(out.explanation, row[i].expected) != 0))
            fail_msg("%s\nexpected %s, got %s (RFC 7208, 6.2)", row[i].zone,
                     row[i].expected, out.explanation);
        world_free(&w);
    }
}

static void spf_check_says_whether_a_failed_lookup_could_have_given_pass(void **state)
{
    static const struct {
        const char *zone;
        struct fault fault[2];
        bool could;
    } row[] = {
        { "a.test TXT \"v=spf1 include:dead.test -all\"",
          { { "dead.test", DNS_T_TXT, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ?include:dead.test -all\"",
          { { "dead.test", DNS_T_TXT, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 -include:dead.test ip4:192.0.2.1 -all\"",
          { { "dead.test", DNS_T_TXT, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 -include:dead.test ip4:192.0.2.2 -all\"",
          { { "dead.test", DNS_T_TXT, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 -a:dead.test include:b.test -all\"\n"
          "b.test TXT \"v=spf1 -ip4:192.0.2.1 +all\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 -a:dead.test include:b.test -all\"\n"
          "b.test TXT \"v=spf1 +all\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 include:b.test -all\"\n"
          "b.test TXT \"v=spf1 a:dead.test -all\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 include:b.test -all\"\n"
          "b.test TXT \"v=spf1 -a:dead.test -all\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          false },
        { "b.test A 192.0.2.1", { { "a.test", DNS_T_TXT, DNS_TIMEOUT } }, true },
        { "a.test TXT \"v=spf1 redirect=dead.test\"",
          { { "dead.test", DNS_T_TXT, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 mx -all\"",
          { { "a.test", DNS_T_MX, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ~mx -all\"",
          { { "a.test", DNS_T_MX, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 mx -all\"\na.test MX 1 m.test\na.test MX 2 n.test\n"
          "n.test A 192.0.2.5",
          { { "m.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 exists:e.test -all\"",
          { { "e.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ?exists:e.test a -all\"\na.test A 192.0.2.1",
          { { "e.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ?exists:e.test exists:a.test\"\na.test A 192.0.2.9",
          { { "e.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ptr -all\"",
          { { "1.2.0.192.in-addr.arpa", DNS_T_PTR, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ?ptr -all\"",
          { { "1.2.0.192.in-addr.arpa", DNS_T_PTR, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 ptr -all\"\n1.2.0.192.in-addr.arpa PTR h.a.test",
          { { "h.a.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ptr:b.test -all\"\n1.2.0.192.in-addr.arpa PTR h.a.test",
          { { "h.a.test", DNS_T_A, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 a:%{p} -all\"",
          { { "1.2.0.192.in-addr.arpa", DNS_T_PTR, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 -a:dead.test redirect=%{p}\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 -a:dead.test include:b.test +all\"\nb.test A 192.0.2.1",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 -a:dead.test redirect=b.test\"\n"
          "b.test TXT \"v=spf1 a\"\nb.test A 192.0.2.1",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 -a:dead.test " MANY("a ")
              MANY("a ") "+all\"\n"
                         "a.test A 192.0.2.9",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 -a:dead.test a:x.test a:x.test +all\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 -a:dead.test a:x.test a:x.test a:x.test +all\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          false },
        { "a.test TXT \"v=spf1 -a:dead.test ip4:192.0.2.1\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ip4:192.0.2.2 -all\"", { { 0 } }, false },
    };
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct row as_row = { .zone = row[i].zone };
        struct spf_outcome out;
        struct world w;

        memcpy(as_row.fault, row[i].fault, sizeof as_row.fault);
        world_with(&w, &as_row);
        out = check(&w, "192.0.2.1", "u@a.test");
        assert_int_not_equal(out.result, SPF_PASS);
        if (out.could_pass != row[i].could) {
            print_error("%s\nexpected %d, got %d (%s)\n", row[i].zone, row[i].could,
                        out.could_pass, out.reason_text);
            wrong++;
        }
        world_free(&w);
    }
    assert_int_equal(wrong, 0);
}

/* Names mN.test with addresses from 192.0.2.100 on, as MX hosts of a.test. */
static void zone_of_mx(char *zone, size_t size, unsigned hosts)
{
    size_t n = (size_t)snprintf(zone, size, "a.test TXT \"v=spf1 mx -all\"\n");

    for (unsigned i = 0; i < hosts; i++)
        n += (size_t)snprintf(zone + n, size - n,
                              "a.test MX %u m%u.test\nm%u.test A 192.0.2.%u\n", i, i, i,
                              100 + i);
}

static void spf_check_eleventh_mx_host_is_permerror_unless_one_before_matches(void **s)
{
    struct spf_outcome out;
    char zone[4096];
    struct world w;

    (void)s;
    zone_of_mx(zone, sizeof zone, 11);
    world_init(&w, zone);
    out = check(&w, "192.0.2.110", "u@a.test");
    assert_int_equal(out.result, SPF_PERMERROR);
    assert_int_equal(out.reason, FINDING_SPF_TOO_MANY_MX);
    out = check(&w, "192.0.2.109", "u@a.test");
    assert_int_equal(out.result, SPF_PASS);
    world_free(&w);
    zone_of_mx(zone, sizeof zone, 10);
    world_init(&w, zone);
    out = check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(out.result, SPF_FAIL);
    world_free(&w);
}

static void spf_check_eleventh_ptr_name_is_ignored(void **state)
{
    char zone[4096];
    size_t n = (size_t)snprintf(zone, sizeof zone, "a.test TXT \"v=spf1 ptr -all\"\n");
    struct spf_outcome out;
    struct world w;

    (void)state;
    for (unsigned i = 0; i < 11; i++)
        n += (size_t)snprintf(zone + n, sizeof zone - n,
                              "1.2.0.192.in-addr.arpa PTR h%u.%s.test\n", i,
                              i == 10 ? "a" : "b");
    snprintf(zone + n, sizeof zone - n, "h10.a.test A 192.0.2.1\n");
    world_init(&w, zone);
    out = check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(out.result, SPF_FAIL);
    world_free(&w);
}

static void spf_check_asks_for_all_terms_at_once(void **state)
{
    struct world w;
    size_t questions;
    unsigned depth;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:h.test mx:m.test include:b.test "
                   "include:c.test exists:%{l}.e.test -all exp=x.test\"\n"
                   "b.test TXT \"v=spf1 include:d.test -all\"\n"
                   "c.test TXT \"v=spf1 a:i.test -all\"\nd.test TXT \"v=spf1 -all\"\n"
                   "m.test MX 1 n.test\nn.test A 192.0.2.9\nh.test A 192.0.2.9\n"
                   "i.test A 192.0.2.9");
    check(&w, "192.0.2.1", "u@a.test");
    dns_view_count(&w.view, &questions, &depth);
    assert_int_equal(questions, 10);
    assert_int_equal(depth, 4); /* a.test, b.test, d.test, and then exists */
    assert_true(w.runs <= 5);
    world_free(&w);
}

static void spf_check_hints_stop_where_a_term_decides(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:h.test ip4:192.0.2.1 a:i.test -all\"");
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 2);
    world_free(&w);
    world_init(&w, "a.test TXT \"v=spf1 a:h.test include:b.test a:i.test -all\"\n"
                   "b.test TXT \"v=spf1 ip4:192.0.2.1 a:j.test -all\"");
    world_fault(&w, "h.test", DNS_T_A, DNS_NODATA, false);
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 4); /* j.test is never reached */
    world_free(&w);
}

static void spf_check_does_not_hint_exists_ptr_and_secret_macros(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:h.test exists:e.test ptr a:%{l}.l.test "
                   "include:%{p}.p.test a:%{s}.test -all\"\nh.test A 192.0.2.1");
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 2);
    world_free(&w);
}

static void spf_check_needs_no_more_than_ten_terms_of_hints(void **state)
{
    char zone[4096];
    size_t n = (size_t)snprintf(zone, sizeof zone, "a.test TXT \"v=spf1");
    struct world w;

    (void)state;
    for (unsigned i = 0; i < 25; i++)
        n += (size_t)snprintf(zone + n, sizeof zone - n, " a:%u.x.z", i);
    snprintf(zone + n, sizeof zone - n, "\"");
    world_init(&w, zone);
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 11);
    world_free(&w);
}

static void spf_check_steps_tell_the_evaluation(void **state)
{
    struct spf_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 include:b.test a:x.test -all\"\n"
                   "b.test TXT \"v=spf1 ip4:192.0.2.2\"");
    out = check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(out.n_steps, 7);
    assert_string_equal(out.step[0].note, "has an SPF record");
    assert_int_equal(out.step[2].level, 1);
    assert_string_equal(out.step[2].domain, "b.test");
    assert_string_equal(out.step[2].note, "does not match");
    assert_non_null(strstr(out.step[5].note, "void"));
    assert_int_equal(out.step[5].voids, 1);
    assert_string_equal(out.step[6].note, "matches");
    assert_int_equal(out.step[6].lookups, 2);
    world_free(&w);
}

static void spf_check_adds_its_reason_to_the_findings(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 ip4:192.0.2.2 -all\"\n"
                   "b.test TXT \"v=spf1 redirect=b.test\"");
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(w.findings.n, 1);
    assert_non_null(world_finding(&w, "spf-ip-not-authorized"));
    check(&w, "192.0.2.2", "u@a.test");
    assert_int_equal(w.findings.n, 0);
    check(&w, "192.0.2.2", "u@b.test"); /* the audit of the tree says this one */
    assert_int_equal(w.findings.n, 0);
    world_free(&w);
}

static void spf_check_takes_u_labels_as_a_labels(void **state)
{
    struct spf_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "xn--bcher-kva.test TXT \"v=spf1 exists:%{d}.e.test -all\"\n"
                   "xn--bcher-kva.test.e.test A 127.0.0.2");
    out = check(&w, "192.0.2.1",
                "u@b\xc3\xbc"
                "cher.test");
    assert_int_equal(out.result, SPF_PASS);
    assert_string_equal(out.domain, "xn--bcher-kva.test");
    world_free(&w);
}

static void spf_check_survives_any_peer(void **state)
{
    static const char *const says[] = {
        "",
        "<>",
        "@",
        "@@",
        "<",
        "<<>>",
        "a@b@c.test",
        "\"a@b\"@a.test",
        "..",
        ".",
        "u@.",
        "u@-",
        "a\x01@a.test",
        "u@a.test\r\n",
        "<@r.test,@s.test:u@a.test>",
        "u@[IPv6:::1]",
        "%{d}@a.test",
        "u@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test",
    };
    char *large = malloc(100001);
    struct world w;

    (void)state;
    assert_non_null(large);
    world_init(&w, "a.test TXT \"v=spf1 a:%{L}.%{h}.%{O} -exists:%{sr.-}.x.test ?all "
                   "exp=%{l}.%{h}.x.test\"");
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        assert_true(check(&w, "192.0.2.1", says[i]).result != SPF_PASS);
    memset(large, 'l', 100000);
    memcpy(large + 99993, "@a.test", 8);
    assert_int_equal(check(&w, "192.0.2.1", large).result, SPF_NEUTRAL);
    memset(large, '.', 100000);
    assert_int_equal(check(&w, "192.0.2.1", large).result, SPF_NONE);
    world_free(&w);
    free(large);
}

static void spf_request_takes_the_identities_apart(void **state)
{
    static const struct {
        const char *mail_from, *sender, *domain;
    } row[] = {
        { "", "postmaster@h.test", "h.test" },
        { "<>", "postmaster@h.test", "h.test" },
        { "u@a.test", "u@a.test", "a.test" },
        { "<u@a.test>", "u@a.test", "a.test" },
        { "@a.test", "postmaster@a.test", "a.test" },
        { "a.test", "postmaster@a.test", "a.test" },
        { "\"x@y\"@a.test", "\"x@y\"@a.test", "a.test" },
        { "<@r.test:u@a.test>", "u@a.test", "a.test" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct spf_request r = { 0 };

        assert_int_equal(
            spf_request_mailfrom(&r, span_of(row[i].mail_from), SPAN("h.test"), &arena),
            AC_OK);
        if (!span_eq(r.sender, span_of(row[i].sender)) ||
            !span_eq(r.domain, span_of(row[i].domain)))
            fail_msg("\"%s\": got %.*s of %.*s (RFC 7208, 2.4)", row[i].mail_from,
                     SPAN_ARG(r.sender), SPAN_ARG(r.domain));
        assert_true(span_eq(r.helo, SPAN("h.test")));
    }
    arena_free(&arena);
    arena_init(&arena, 16);
    assert_int_equal(
        spf_request_helo(&(struct spf_request){ 0 }, SPAN("h.test"), &arena),
        AC_ENOMEM);
}

/* Every allocation may fail: then the answer is AC_ENOMEM, never a crash or a result.
 */
static void spf_check_without_memory_is_enomem(void **state)
{
    struct call call = { .request = { .sender = SPAN("u@a.test"),
                                      .domain = SPAN("a.test"),
                                      .client = { { 192, 0, 2, 1 }, 4 } } };
    enum ac_status status = AC_ENOMEM;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 include:b.test mx ptr -all exp=b.test\"\n"
                   "b.test TXT \"v=spf1 a:%{d} -all\"\nb.test A 192.0.2.9\n"
                   "a.test MX 1 b.test\n1.2.0.192.in-addr.arpa PTR x.a.test");
    check(&w, "192.0.2.1", "u@a.test");
    for (size_t cap = 0; status == AC_ENOMEM; cap += 64) {
        assert_true(cap < 1 << 20);
        arena_free(&w.run);
        arena_init(&w.run, cap);
        dns_wants_init(&w.wants, &w.run, 64);
        findings_init(&w.findings, &w.run);
        status = spf_check(&w.env, &call.request, &call.out);
    }
    assert_int_equal(status, AC_OK);
    assert_int_equal(call.out.result, SPF_FAIL);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_check_gives_the_result_and_its_reason),
        cmocka_unit_test(spf_check_does_not_depend_on_the_order_of_answers),
        cmocka_unit_test(spf_check_without_hints_gives_the_same),
        cmocka_unit_test(spf_check_counts_terms_and_voids_in_order),
        cmocka_unit_test(spf_check_names_the_term_that_decided),
        cmocka_unit_test(spf_check_explains_a_fail_by_the_record_that_failed),
        cmocka_unit_test(spf_check_says_whether_a_failed_lookup_could_have_given_pass),
        cmocka_unit_test(
            spf_check_eleventh_mx_host_is_permerror_unless_one_before_matches),
        cmocka_unit_test(spf_check_eleventh_ptr_name_is_ignored),
        cmocka_unit_test(spf_check_asks_for_all_terms_at_once),
        cmocka_unit_test(spf_check_hints_stop_where_a_term_decides),
        cmocka_unit_test(spf_check_does_not_hint_exists_ptr_and_secret_macros),
        cmocka_unit_test(spf_check_needs_no_more_than_ten_terms_of_hints),
        cmocka_unit_test(spf_check_steps_tell_the_evaluation),
        cmocka_unit_test(spf_check_adds_its_reason_to_the_findings),
        cmocka_unit_test(spf_check_takes_u_labels_as_a_labels),
        cmocka_unit_test(spf_check_survives_any_peer),
        cmocka_unit_test(spf_request_takes_the_identities_apart),
        cmocka_unit_test(spf_check_without_memory_is_enomem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
