/* SPDX-License-Identifier: MIT */
/*
 * spf_audit_test.c - the tree of an SPF record, counted and judged. RFC
 * 7208, 4.6.4, 10.
 */
#include "spf/audit.h"

#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct call {
    struct spf_request request;
    struct spf_tree out;
};

static enum ac_status step(struct ac_env *env, void *context)
{
    struct call *call = context;

    return spf_audit(env, &call->request, &call->out);
}

/* ip may be NULL: no client is known. */
static struct spf_tree audit(struct world *w, const char *ip)
{
    struct call call = { .request = { .sender = SPAN("postmaster@a.test"),
                                      .domain = SPAN("a.test"),
                                      .helo = SPAN("h.test") } };

    if (ip)
        assert_true(ip_parse(span_of(ip), &call.request.client));
    assert_int_equal(world_run(w, step, &call), AC_OK);
    return call.out;
}

/* Ids of all findings, with blanks between, each once. */
static void ids(const struct world *w, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < w->findings.n; i++) {
        const char *name = finding_kind(w->findings.row[i].id)->name;

        if (!strstr(out, name))
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? " " : "", name);
    }
}

#define MANY(s) s s s s s
#define FILLER  MANY(MANY("0123456789"))

static const struct {
    const char *zone;
    const char *ids;   /* all of them, in order */
    const char *about; /* of the first */
    const char *says;  /* part of the first message */
    const char *clause;
} judged[] = {
    { "a.test TXT \"v=spf1 ip4:192.0.2.0/24 -all\"", "", NULL, NULL, "RFC 7208" },
    { "a.test A 192.0.2.1", "spf-record-missing", "a.test", "no TXT record",
      "RFC 7208, 4.5" },
    { "a.test TXT \"v=spf1 -all\"\na.test SPF \"v=spf1 +all\"", "spf-type-99", "a.test",
      "nobody reads", "RFC 7208, 3.1" },
    { "a.test SPF \"v=spf1 +all\"", "spf-type-99 spf-record-missing", "a.test",
      "nobody reads", "RFC 7208, 3.1" },
    { "b.test A 192.0.2.1", "spf-record-missing", "a.test", "does not exist",
      "RFC 7208, 4.3" },
    { "a.test TXT \"spf1 -all\"", "spf-record-missing spf-not-a-record", "a.test",
      "none of them", "RFC 7208, 4.5" },
    { "a.test TXT \" v=spf1 -all\"\na.test TXT \"v=spf1 -all\"", "spf-not-a-record",
      "a.test", "\" v=spf1 -all\"", "RFC 7208, 4.5" },
    { "a.test TXT \"v = spf1 -all\"\na.test TXT \"v=spf1 -all\"", "spf-not-a-record",
      "a.test", "not taken for SPF", "RFC 7208, 4.5" },
    { "a.test TXT \"v = DKIM1\"\na.test TXT \"spf2.0/pra -all\"\n"
      "a.test TXT \"v=spf1 -all\"",
      "", NULL, NULL, "RFC 7208, 4.5" },
    { "a.test TXT \"v=spf1 -all\"\na.test TXT \"v=spf1 ~all\"", "spf-multiple-records",
      "a.test", "2 SPF records", "RFC 7208, 4.5" },
    { "a.test TXT \"v=spf1 ipv4:192.0.2.1 -all\"", "spf-syntax-error", "a.test",
      "byte 8, \"ipv4:192.0.2.1\"", "RFC 7208, 4.6" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\nb.test TXT \"v=spf1 bad -all\"",
      "spf-syntax-error", "b.test", "\"bad\"", "RFC 7208, 5.2" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\nb.test A 192.0.2.1",
      "spf-include-missing", "a.test", "points to \"b.test\"", "RFC 7208, 5.2" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\nb.test TXT \"v=spf1; -all\"",
      "spf-include-missing spf-not-a-record", "a.test", "points to \"b.test\"",
      "RFC 7208, 5.2" },
    { "a.test TXT \"v=spf1 redirect=x..test.\"", "spf-include-missing", "a.test",
      "x..test", "RFC 7208, 6.1" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\n"
      "b.test TXT \"v=spf1 redirect=a.test\"",
      "spf-include-loop", "b.test", "redirect=a.test", "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 +all\"", "spf-pass-all", "a.test", "\"+all\"",
      "RFC 7208, 5.1" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\nb.test TXT \"v=spf1 all\"",
      "spf-pass-all", "b.test", "\"all\"", "RFC 7208, 5.1" },
    { "a.test TXT \"v=spf1 ip4:10.0.0.0/15 -all\"", "spf-wide-range", "a.test",
      "/15 of IPv4", "RFC 7208, 5.6" },
    { "a.test TXT \"v=spf1 ip6:2001:db8::/31 -all\"", "spf-wide-range", "a.test",
      "/31 of IPv6", "RFC 7208, 5.6" },
    { "a.test TXT \"v=spf1 a/0 -all\"\na.test A 192.0.2.1", "spf-wide-range", "a.test",
      "/0 of IPv4", "RFC 7208, 5.3" },
    { "a.test TXT \"v=spf1 -ip4:10.0.0.0/8 include:b.test -all\"\n"
      "b.test TXT \"v=spf1 ip4:10.0.0.0/9 ip6:2001::/16 ?all\"",
      "", NULL, NULL, "RFC 7208, 5.6" },
    { "a.test TXT \"v=spf1 include:b.test -all\"\n"
      "b.test TXT \"v=spf1 ip4:0.0.0.0/1 ?all\"",
      "spf-wide-range", "b.test", "/1 of IPv4", "RFC 7208, 5.6" },
    { "a.test TXT \"v=spf1 ptr -all\"", "spf-ptr-used", "a.test", "\"ptr\"",
      "RFC 7208, 5.5" },
    { "a.test TXT \"v=spf1 -all a mx:x.test exp=e.test\"", "spf-unreachable-term",
      "a.test", "2 terms after \"-all\"", "RFC 7208, 5.1" },
    { "a.test TXT \"v=spf1 -all -all\"", "spf-unreachable-term", "a.test",
      "1 term after \"-all\"", "RFC 7208, 5.1" },
    { "a.test TXT \"v=spf1 redirect=b.test -all\"", "spf-redirect-ignored", "a.test",
      "redirect=b.test", "RFC 7208, 6.1" },
    { "a.test TXT \"v=spf1 ip4:192.0.2.1\"", "spf-no-default", "a.test", "neither",
      "RFC 7208, 4.7" },
    { "a.test TXT \"v=spf1 redirect=b.test\"\nb.test TXT \"v=spf1 ?all\"",
      "spf-neutral-default", "b.test", "?all", "RFC 7208, 8.2" },
    { "a.test TXT \"v=spf1 ~all\"", "spf-softfail-default", "a.test", "~all",
      "RFC 7208, 8.5" },
    { "a.test TXT \"v=spf1 ip4:192.0.2.1 ~IP4:192.0.2.1 -all\"", "spf-duplicate-term",
      "a.test", "\"~IP4:192.0.2.1\"", "RFC 7208, 4.6.2" },
    { "a.test TXT \"v=spf1 foo=bar -all\"", "spf-unknown-modifier", "a.test", "skip",
      "RFC 7208, 6" },
    { "a.test TXT \"v=spf1 include=b.test -all\"", "spf-unknown-modifier", "a.test",
      "takes \":\"", "RFC 7208, 6" },
    { "a.test TXT \"v=spf1 a:x.test -all\"", "spf-void-lookup", "a.test",
      "x.test does not exist", "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 a -all\"\na.test AAAA 2001:db8::1", "spf-void-lookup",
      "a.test", "a.test has no A record", "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 mx -all\"", "spf-void-lookup", "a.test", "no MX record",
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 mx -all\"\na.test MX 1 m.test", "spf-void-lookup", "a.test",
      "m.test does not exist", "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 a:x.test a:y.test a:z.test -all\"",
      "spf-void-lookup spf-too-many-voids", "a.test", "x.test", "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 " MANY("a ") "mx ptr exists:x.test -all\"\n"
                                        "a.test A 192.0.2.1\na.test MX 1 a.test",
      "spf-ptr-used spf-duplicate-term spf-lookups-near-limit", "a.test", "ptr",
      "RFC 7208, 4.6.4" },
    { "a.test TXT \"v=spf1 exp=\" \"" FILLER "\" \"" FILLER "\" \".test -all\"",
      "spf-answer-large spf-record-long", "a.test", "over 512", "RFC 7208, 3.4" },
};

static void spf_audit_finds_what_is_wrong_and_nothing_else(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
        const struct finding *first;
        struct world w;
        char got[1024];
        bool right;

        world_init(&w, judged[i].zone);
        audit(&w, "192.0.2.1");
        ids(&w, got, sizeof got);
        first = w.findings.n ? &w.findings.row[0] : NULL;
        right = strcmp(got, judged[i].ids) == 0;
        if (first && judged[i].says)
            right = right && strstr(first->message, judged[i].says) &&
                    strcmp(first->about, judged[i].about) == 0;
        if (!right) {
            print_error("%s\n%s: expected \"%s\", got \"%s\" (%s: %s)\n",
                        judged[i].zone, judged[i].clause, judged[i].ids, got,
                        first ? first->about : "-", first ? first->message : "-");
            wrong++;
        }
        world_free(&w);
    }
    assert_int_equal(wrong, 0);
}

static const char SEVENTEEN[] =
    "a.test TXT \"v=spf1 mx include:b.test include:c.test a -all\"\n"
    "b.test TXT \"v=spf1 include:d.test a a a -all\"\n"
    "c.test TXT \"v=spf1 exists:%{i}.x.test a a a a -all\"\n"
    "d.test TXT \"v=spf1 a a a redirect=e.test\"\ne.test TXT \"v=spf1 ?all\"\n"
    "a.test MX 1 a.test\na.test A 192.0.2.1\nb.test A 192.0.2.1\nc.test A 192.0.2.1\n"
    "d.test A 192.0.2.1";

static void spf_audit_tells_the_true_number_and_who_needs_it(void **state)
{
    const struct finding *f;
    struct spf_tree tree;
    struct world w;

    (void)state;
    world_init(&w, SEVENTEEN);
    tree = audit(&w, "198.51.100.1");
    assert_true(tree.found);
    assert_true(tree.complete);
    assert_int_equal(tree.lookups, 17);
    assert_int_equal(tree.voids, 0);
    assert_int_equal(tree.node[1].lookups, 9); /* include:b.test */
    assert_string_equal(tree.node[1].target, "b.test");
    assert_int_equal(tree.node[0].names, 1);
    f = world_finding(&w, "spf-too-many-lookups");
    assert_non_null(f);
    assert_string_equal(f->about, "a.test");
    assert_non_null(strstr(f->message, "needs 17 DNS look-ups where 10 are allowed"));
    assert_non_null(strstr(f->message, "\"include:b.test\" (9)"));
    assert_non_null(strstr(f->message, "\"include:c.test\" (6)"));
    assert_non_null(strstr(f->message,
                           "\"include:c.test\" in the record of a.test is the "
                           "first one too many"));
    assert_int_equal(tree.n_includes, 4);
    for (size_t i = 0; i < tree.n_includes; i++) {
        struct dns_name expected =
            world_name((const char *[]){ "b.test", "d.test", "e.test", "c.test" }[i]);

        assert_true(dns_name_eq(&tree.include[i], &expected));
    }
    world_free(&w);
}

static void spf_audit_says_the_same_whatever_the_order_of_answers(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct spf_tree tree;
        struct world w;

        world_init(&w, SEVENTEEN);
        w.shuffle = seed;
        tree = audit(&w, "198.51.100.1");
        assert_int_equal(tree.lookups, 17);
        assert_int_equal(w.findings.n, 1);
        world_free(&w);
    }
}

/* The longest chain of questions, hinted ones included. */
static unsigned deepest(const struct world *w)
{
    unsigned depth = 0;

    for (size_t i = 0; i < w->view.n; i++)
        if (w->view.list[i]->depth > depth)
            depth = w->view.list[i]->depth;
    return depth;
}

static void spf_audit_asks_side_by_side(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, SEVENTEEN);
    audit(&w, "198.51.100.1");
    assert_int_equal(deepest(&w), 4); /* a, b, d, e */
    assert_int_equal(w.runs, 5);
    world_free(&w);
}

static void spf_audit_with_a_dead_branch_goes_on_and_is_incomplete(void **state)
{
    struct spf_tree tree;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 include:dead.test include:b.test mx a -all\"\n"
                   "b.test TXT \"v=spf1 a -all\"\nb.test A 192.0.2.1");
    world_fault(&w, "dead.test", DNS_T_TXT, DNS_TIMEOUT, false);
    world_fault(&w, "a.test", DNS_T_MX, DNS_SERVFAIL, false);
    world_fault(&w, "a.test", DNS_T_A, DNS_SERVFAIL, false);
    tree = audit(&w, NULL);
    assert_int_equal(tree.lookups, 5);
    assert_false(tree.complete);
    assert_string_equal(tree.node[0].note, "did not answer");
    assert_string_equal(world_finding(&w, "spf-dns-error")->about, "dead.test");
    assert_int_equal(w.findings.n, 3);
    world_free(&w);
    world_init(&w, "");
    world_fault(&w, "a.test", DNS_T_TXT, DNS_TIMEOUT, false);
    tree = audit(&w, NULL);
    assert_false(tree.found);
    assert_false(tree.complete);
    assert_non_null(world_finding(&w, "spf-dns-error"));
    world_free(&w);
}

static void spf_audit_without_a_client_does_not_guess_macros(void **state)
{
    struct spf_tree tree;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 include:%{i}.b.test a:%{v}.test -all\"\n"
                   "192.0.2.1.b.test TXT \"v=spf1 a -all\"\n"
                   "192.0.2.1.b.test A 192.0.2.1");
    tree = audit(&w, NULL);
    assert_false(tree.complete);
    assert_int_equal(tree.lookups, 2);
    assert_int_equal(world_questions(&w), 2); /* TXT, and the type SPF */
    tree = audit(&w, "192.0.2.1");
    assert_true(tree.complete);
    assert_int_equal(tree.lookups, 3);
    world_free(&w);
    world_init(&w, "a.test TXT \"v=spf1 include:%{d1}.%{p}.test a:b.test -all\"\n"
                   "b.test AAAA 2001:db8::1");
    tree = audit(&w, "192.0.2.1");
    assert_false(tree.complete); /* %{p} is never followed */
    tree = audit(&w, NULL);
    assert_int_equal(tree.voids, 0); /* some client would find an address */
    assert_int_equal(tree.node[1].names, 1);
    world_free(&w);
}

static void spf_audit_of_hostile_trees_is_bounded(void **state)
{
    char zone[32768];
    size_t n = 0;
    struct spf_tree tree;
    struct world w;

    (void)state;
    for (unsigned i = 0; i < 60; i++) { /* every record includes the next one 5 times */
        char name[16] = "a.test";

        if (i)
            snprintf(name, sizeof name, "n%u.test", i);
        n += (size_t)snprintf(zone + n, sizeof zone - n, "%s TXT \"v=spf1 ", name);
        for (unsigned k = 0; k < 5; k++)
            n +=
                (size_t)snprintf(zone + n, sizeof zone - n, "include:n%u.test ", i + 1);
        n += (size_t)snprintf(zone + n, sizeof zone - n, "-all\"\n");
    }
    world_init(&w, zone);
    tree = audit(&w, NULL);
    assert_int_equal(tree.lookups, ac_default_limits.spf_tree);
    assert_false(tree.complete);
    assert_true(world_questions(&w) <= 62);
    assert_non_null(
        strstr(world_finding(&w, "spf-too-many-lookups")->message, "at least 200"));
    world_free(&w);
}

static void spf_audit_of_more_than_ten_mx_hosts(void **state)
{
    char zone[4096];
    size_t n = (size_t)snprintf(zone, sizeof zone, "a.test TXT \"v=spf1 mx -all\"\n");
    struct spf_tree tree;
    struct world w;

    (void)state;
    for (unsigned i = 0; i < 12; i++)
        n += (size_t)snprintf(zone + n, sizeof zone - n,
                              "a.test MX %u m%u.test\nm%u.test A 192.0.2.9\n", i, i, i);
    world_init(&w, zone);
    tree = audit(&w, NULL);
    assert_int_equal(tree.node[0].names, 12);
    assert_int_equal(world_questions(&w), 13); /* TXT, SPF, MX, and ten hosts */
    assert_non_null(
        strstr(world_finding(&w, "spf-too-many-mx")->message, "has 12 MX hosts"));
    world_free(&w);
}

static void spf_audit_tells_for_which_clients_look_ups_are_void(void **state)
{
    const struct finding *f;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:x.test a:y.test a:z.test -all\"\n"
                   "x.test A 192.0.2.1\ny.test A 192.0.2.1\nz.test A 192.0.2.1");
    audit(&w, "192.0.2.1");
    assert_int_equal(w.findings.n, 0);
    audit(&w, "2001:db8::1");
    assert_int_equal(w.findings.n, 1); /* an IPv4 host by itself is no fault */
    f = world_finding(&w, "spf-too-many-voids");
    assert_non_null(strstr(f->message, "nothing for an IPv6 client; \"a:z.test\""));
    world_free(&w);
}

static void spf_audit_names_terms_that_are_never_reached(void **state)
{
    struct spf_tree tree;
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:x..test -all include:b.test foo=1\"");
    tree = audit(&w, NULL);
    assert_int_equal(tree.lookups, 1);
    assert_int_equal(tree.n_nodes, 4);
    assert_string_equal(tree.node[0].note, "not a domain name");
    assert_non_null(strstr(tree.node[2].note, "never reached"));
    assert_null(tree.node[3].note);
    assert_int_equal(tree.n_includes, 0);
    world_free(&w);
}

static void spf_audit_of_no_domain_asks_nothing(void **state)
{
    struct call call = { .request = { .domain = SPAN("[192.0.2.1]") } };
    struct world w;

    (void)state;
    world_init(&w, "");
    assert_int_equal(world_run(&w, step, &call), AC_OK);
    assert_false(call.out.found);
    assert_int_equal(world_questions(&w), 0);
    assert_non_null(world_finding(&w, "spf-domain-invalid"));
    world_free(&w);
}

/* What check_host() and the audit both say falls together to one finding. */
static void spf_audit_and_check_name_a_fault_with_the_same_words(void **state)
{
    static const char *const zones[] = {
        "a.test TXT \"v=spf1 bad -all\"",
        "a.test TXT \"v=spf1 -all\"\na.test TXT \"v=spf1 ~all\"",
        "a.test A 192.0.2.1",
        "a.test TXT \"v=spf1 include:b.test -all\"",
        "a.test TXT \"v=spf1 include:b.test -all\"\nb.test TXT \"v=spf1 a/99\"",
        "a.test TXT \"v=spf1 a:x.test a:y.test a:z.test -all\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        struct spf_outcome out;
        struct call call = { .request = { .sender = SPAN("u@a.test"),
                                          .domain = SPAN("a.test"),
                                          .client = { { 192, 0, 2, 1 }, 4 } } };
        struct world w;
        size_t n;

        world_init(&w, zones[i]);
        assert_int_equal(world_run(&w, step, &call), AC_OK);
        n = w.findings.n;
        assert_int_equal(spf_check(&w.env, &call.request, &out), AC_OK);
        if (w.findings.n != n)
            fail_msg("%s\n%s", zones[i], w.findings.row[n].message);
        assert_true(findings_has(&w.findings, out.reason));
        world_free(&w);
    }
}

static void spf_audit_without_memory_is_enomem(void **state)
{
    struct call call = { .request = { .domain = SPAN("a.test") } };
    enum ac_status status = AC_ENOMEM;
    struct world w;

    (void)state;
    world_init(&w, SEVENTEEN);
    audit(&w, NULL);
    for (size_t cap = 0; status == AC_ENOMEM; cap += 256) {
        assert_true(cap < 1 << 20);
        arena_free(&w.run);
        arena_init(&w.run, cap);
        dns_wants_init(&w.wants, &w.run, 64);
        findings_init(&w.findings, &w.run);
        status = spf_audit(&w.env, &call.request, &call.out);
    }
    assert_int_equal(status, AC_OK);
    assert_int_equal(call.out.lookups, 17);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_audit_finds_what_is_wrong_and_nothing_else),
        cmocka_unit_test(spf_audit_tells_the_true_number_and_who_needs_it),
        cmocka_unit_test(spf_audit_says_the_same_whatever_the_order_of_answers),
        cmocka_unit_test(spf_audit_asks_side_by_side),
        cmocka_unit_test(spf_audit_with_a_dead_branch_goes_on_and_is_incomplete),
        cmocka_unit_test(spf_audit_without_a_client_does_not_guess_macros),
        cmocka_unit_test(spf_audit_of_hostile_trees_is_bounded),
        cmocka_unit_test(spf_audit_of_more_than_ten_mx_hosts),
        cmocka_unit_test(spf_audit_tells_for_which_clients_look_ups_are_void),
        cmocka_unit_test(spf_audit_names_terms_that_are_never_reached),
        cmocka_unit_test(spf_audit_of_no_domain_asks_nothing),
        cmocka_unit_test(spf_audit_and_check_name_a_fault_with_the_same_words),
        cmocka_unit_test(spf_audit_without_memory_is_enomem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
