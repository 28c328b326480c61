/* SPDX-License-Identifier: MIT */
/*
 * spf_result_test.c - zone in, result and reason out, in any order of answers. RFC
 * 7208, 4 to 6.
 */
#include "unit/spf_world.h"

struct row {
    const char *zone;
    struct fault fault[2];
    const char *ip, *mail_from;
    enum spf_result result;
    const char *reason; /* public id; NULL: pass */
    const char *clause;
};

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

static void spf_check_gives_the_result_and_its_reason(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct spf_outcome out;
        const char *reason;
        struct world w;

        world_with(&w, row->zone, row->fault);
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

            world_with(&w, rows[i].zone, rows[i].fault);
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

        world_with(&w, rows[i].zone, rows[i].fault);
        w.env.limits = &no_hints;
        out = check(&w, rows[i].ip, rows[i].mail_from);
        assert_int_equal(out.result, rows[i].result);
        world_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_check_gives_the_result_and_its_reason),
        cmocka_unit_test(spf_check_does_not_depend_on_the_order_of_answers),
        cmocka_unit_test(spf_check_without_hints_gives_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
