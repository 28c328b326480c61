/* SPDX-License-Identifier: MIT */
/*
 * spf_could_test.c - what a failed look-up leaves possible. RFC 7208, 4.6.2, 5.2.
 */
#include "unit/spf_world.h"

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
        { "a.test TXT \"v=spf1 -a:dead.test include:%{l}.b.test -all\"",
          { { "dead.test", DNS_T_A, DNS_TIMEOUT } },
          true },
        { "a.test TXT \"v=spf1 ip4:192.0.2.2 -all\"", { { 0 } }, false },
    };
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct spf_outcome out;
        struct world w;

        world_with(&w, row[i].zone, row[i].fault);
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

/* RFC 7208, 5.5: a PTR that fails matches nothing, so that no temperror tells of it. */
static void spf_check_says_whether_a_dead_ptr_could_have_failed_it(void **state)
{
    static const struct {
        const char *zone;
        bool could;
    } row[] = {
        { "a.test TXT \"v=spf1 -ptr +all\"", true },
        { "a.test TXT \"v=spf1 ?ptr +all\"", true },
        { "a.test TXT \"v=spf1 ptr +all\"", false },
        { "a.test TXT \"v=spf1 -a:%{p} +all\"", true },
        { "a.test TXT \"v=spf1 ip4:192.0.2.1 -ptr +all\"", false },
        { "a.test TXT \"v=spf1 include:b.test +all\"\nb.test TXT \"v=spf1 ptr -all\"",
          false },
        { "a.test TXT \"v=spf1 include:b.test -all\"\nb.test TXT \"v=spf1 -ptr +all\"",
          true },
        { "a.test TXT \"v=spf1 include:b.test include:none.test -all\"\n"
          "b.test TXT \"v=spf1 -ptr +all\"",
          true },
        { "a.test TXT \"v=spf1 +all\"", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct spf_outcome out;
        struct world w;

        world_init(&w, row[i].zone);
        world_fault(&w, "1.2.0.192.in-addr.arpa", 0, DNS_TIMEOUT, false);
        out = check(&w, "192.0.2.1", "u@a.test");
        assert_int_equal(out.result, SPF_PASS);
        if (!out.could_pass || out.could_fail != row[i].could)
            fail_msg("%s\nexpected %d", row[i].zone, row[i].could);
        world_free(&w);
    }
}

static void spf_check_could_not_pass_behind_too_many_mx_hosts(void **state)
{
    char zone[4096];
    struct world w;

    (void)state;
    for (unsigned hosts = 10; hosts <= 11; hosts++) {
        zone_of_mx(zone, sizeof zone, hosts);
        strcat(zone, "b.test TXT \"v=spf1 -a:dead.test -mx:a.test +all\"\n");
        world_init(&w, zone);
        world_fault(&w, "dead.test", DNS_T_A, DNS_TIMEOUT, false);
        assert_int_equal(check(&w, "192.0.2.1", "u@b.test").could_pass, hosts == 10);
        world_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_check_says_whether_a_failed_lookup_could_have_given_pass),
        cmocka_unit_test(spf_check_says_whether_a_dead_ptr_could_have_failed_it),
        cmocka_unit_test(spf_check_could_not_pass_behind_too_many_mx_hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
