/* SPDX-License-Identifier: MIT */
/*
 * spf_check_test.c - counters, limits, explanations and steps of check_host(). RFC
 * 7208, 4.6.4, 6.2.
 */
#include "unit/spf_world.h"

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

static void spf_check_of_a_missing_domain_counts_nothing(void **state)
{
    struct spf_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "b.test A 192.0.2.1");
    out = check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(out.lookups, 0);
    assert_int_equal(out.void_lookups, 0);
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
        cmocka_unit_test(spf_check_counts_terms_and_voids_in_order),
        cmocka_unit_test(spf_check_names_the_term_that_decided),
        cmocka_unit_test(spf_check_explains_a_fail_by_the_record_that_failed),
        cmocka_unit_test(
            spf_check_eleventh_mx_host_is_permerror_unless_one_before_matches),
        cmocka_unit_test(spf_check_of_a_missing_domain_counts_nothing),
        cmocka_unit_test(spf_check_eleventh_ptr_name_is_ignored),
        cmocka_unit_test(spf_check_steps_tell_the_evaluation),
        cmocka_unit_test(spf_check_adds_its_reason_to_the_findings),
        cmocka_unit_test(spf_check_without_memory_is_enomem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
