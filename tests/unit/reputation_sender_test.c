/* SPDX-License-Identifier: MIT */
/*
 * reputation_sender_test.c - can mail be sent back to a domain? RFC 5321, 5.1;
 * RFC 7505; RFC 2181, 10.3; RFC 2308, 2.2.
 */
#include "reputation/sender.h"

#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct question {
    struct dns_name name;
    struct sender_domain out;
};

static enum ac_status ask(struct ac_env *env, void *context)
{
    struct question *q = context;

    return sender_domain_audit(env, &q->name, &q->out);
}

#define Y AC_YES
#define N AC_NO
#define M AC_MAYBE

/* fault: "NAME TYPE", whose question fails; TYPE 0 for all. findings: with blanks
 * between. facts: exists, soa, mx, address, null MX, deliverable. */
static const struct {
    const char *why, *zone;
    const char *fault;
    uint16_t fault_type;
    enum ac_tri exists, soa, mx, address, null_mx, deliverable;
    const char *findings;
} row[] = {
    { "MX and its host",
      "shop.example. MX 10 mx.shop.example.\nmx.shop.example. A 192.0.2.1\n", NULL, 0,
      Y, Y, Y, N, N, Y, "" },
    { "a SOA of its own",
      "shop.example. SOA ns. root. 1 2 3 4 5\nshop.example. A 192.0.2.1\n", NULL, 0, Y,
      Y, N, Y, N, Y, "sender-no-mx" },
    { "no MX: the domain's own address", "shop.example. AAAA 2001:db8::1\n", NULL, 0, Y,
      Y, N, Y, N, Y, "sender-no-mx" },
    { "the domain does not exist", "", NULL, 0, N, N, N, N, N, N,
      "sender-domain-missing" },
    { "it exists, and that is all", "shop.example. TXT \"v=spf1 -all\"\n", NULL, 0, Y,
      Y, N, N, N, N, "sender-no-mail-host" },
    { "null MX", "shop.example. MX 0 .\n", NULL, 0, Y, Y, Y, N, Y, N,
      "sender-null-mx" },
    { "null MX beside an address", "shop.example. MX 0 .\nshop.example. A 192.0.2.1\n",
      NULL, 0, Y, Y, Y, Y, Y, N, "sender-null-mx" },
    { "null MX of another preference", "shop.example. MX 10 .\n", NULL, 0, Y, Y, Y, N,
      Y, N, "sender-null-mx" },
    { "null MX among others",
      "shop.example. MX 0 .\nshop.example. MX 10 mx.shop.example.\n"
      "mx.shop.example. A 192.0.2.1\n",
      NULL, 0, Y, Y, Y, N, N, Y, "sender-null-mx-mixed" },
    { "an MX that leads nowhere", "shop.example. MX 10 gone.shop.example.\n", NULL, 0,
      Y, Y, Y, N, N, N, "sender-mx-dead" },
    { "no fallback to the address with an MX that leads nowhere",
      "shop.example. MX 10 gone.shop.example.\nshop.example. A 192.0.2.1\n", NULL, 0, Y,
      Y, Y, Y, N, N, "sender-mx-dead" },
    { "one of two leads nowhere",
      "shop.example. MX 10 gone.shop.example.\nshop.example. MX 20 mx.shop.example.\n"
      "mx.shop.example. AAAA 2001:db8::1\n",
      NULL, 0, Y, Y, Y, N, N, Y, "sender-mx-dangling" },
    { "an address in the place of a host",
      "shop.example. MX 10 192.0.2.1.\nshop.example. MX 20 mx.shop.example.\n"
      "mx.shop.example. A 192.0.2.1\n",
      NULL, 0, Y, Y, Y, N, N, Y, "sender-mx-address" },
    { "nothing but an address in the place of a host",
      "shop.example. MX 10 192.0.2.1.\n", NULL, 0, Y, Y, Y, N, N, N,
      "sender-mx-address sender-mx-dead" },
    { "an alias in the place of a host",
      "shop.example. MX 10 alias.shop.example.\nalias.shop.example. CNAME "
      "mx.shop.example.\nmx.shop.example. A 192.0.2.1\n",
      NULL, 0, Y, Y, Y, N, N, Y, "sender-mx-alias" },
    { "an alias that leads nowhere",
      "shop.example. MX 10 alias.shop.example.\nalias.shop.example. CNAME "
      "gone.shop.example.\n",
      NULL, 0, Y, Y, Y, N, N, N, "sender-mx-alias sender-mx-dead" },
    /* What was not answered is not missing. */
    { "MX fails", "shop.example. A 192.0.2.1\n", "shop.example", DNS_T_MX, Y, Y, M, Y,
      M, M, "" },
    { "everything fails", "", "shop.example", 0, M, M, M, M, M, M, "" },
    { "SOA fails", "shop.example. A 192.0.2.1\n", "shop.example", DNS_T_SOA, Y, M, N, Y,
      N, Y, "sender-no-mx" },
    { "A fails, and there is no AAAA", "shop.example. TXT \"x\"\n", "shop.example",
      DNS_T_A, Y, Y, N, M, N, M, "" },
    { "A fails, and there is an AAAA", "shop.example. AAAA 2001:db8::1\n",
      "shop.example", DNS_T_A, Y, Y, N, Y, N, Y, "sender-no-mx" },
    { "the MX host fails",
      "shop.example. MX 10 mx.shop.example.\nmx.shop.example. A 192.0.2.1\n",
      "mx.shop.example", 0, Y, Y, Y, N, N, M, "" },
    { "A of the MX host fails, its AAAA is there",
      "shop.example. MX 10 mx.shop.example.\nmx.shop.example. AAAA 2001:db8::1\n",
      "mx.shop.example", DNS_T_A, Y, Y, Y, N, N, Y, "" },
};

static void check_findings(size_t i, const struct world *w)
{
    struct span rest = span_of(row[i].findings);
    char id[64];
    size_t n = 0;

    while (rest.n) {
        struct span one = span_cut(&rest, ' ');

        snprintf(id, sizeof id, "%.*s", SPAN_ARG(one));
        if (!world_finding(w, id))
            fail_msg("%s: no finding %s\n%s", row[i].why, id, row[i].zone);
        n++;
    }
    if (w->findings.n != n)
        fail_msg("%s: %zu findings, expected %s\n%s", row[i].why, w->findings.n,
                 row[i].findings, row[i].zone);
}

static void sender_domain_can_be_answered_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct question q = { .name = world_name("shop.example") };
        const struct sender_domain *d = &q.out;
        struct world w;

        world_init(&w, row[i].zone);
        if (row[i].fault)
            world_fault(&w, row[i].fault, row[i].fault_type, DNS_SERVFAIL, false);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        if (d->exists != row[i].exists || d->soa != row[i].soa ||
            d->has_mx != row[i].mx || d->has_address != row[i].address ||
            d->null_mx != row[i].null_mx || d->deliverable != row[i].deliverable)
            fail_msg(
                "%s: exists %d, soa %d, mx %d, address %d, null_mx %d, deliverable "
                "%d: RFC 5321, 5.1; RFC 7505, 3\n%s",
                row[i].why, d->exists, d->soa, d->has_mx, d->has_address, d->null_mx,
                d->deliverable, row[i].zone);
        check_findings(i, &w);
        world_free(&w);
    }
}

static void sender_mx_hosts_are_the_ten_most_preferred(void **state)
{
    struct question q = { .name = world_name("shop.example") };
    char zone[4096];
    char text[DNS_TEXT_MAX];
    struct world w;
    size_t n = 0;

    (void)state;
    for (int i = 12; i; i--)
        n += (size_t)snprintf(zone + n, sizeof zone - n,
                              "shop.example. MX %d m%02d.shop.example.\n", i * 10, i);
    world_init(&w, zone);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(q.out.n_hosts, SENDER_MX_MAX);
    assert_true(q.out.more_hosts);
    assert_int_equal(q.out.deliverable, AC_MAYBE); /* the others may have addresses */
    for (size_t i = 0; i < q.out.n_hosts; i++) {
        assert_int_equal(q.out.host[i].preference, 10 * (i + 1));
        snprintf(zone, sizeof zone, "m%02zu.shop.example", i + 1);
        assert_string_equal(dns_name_print(&q.out.host[i].host, text), zone);
    }
    assert_int_equal(world_questions(&w), 4 + 2 * SENDER_MX_MAX);
    world_free(&w);
}

static void sender_questions_are_two_deep(void **state)
{
    struct question q = { .name = world_name("shop.example") };
    size_t questions;
    unsigned depth;
    struct world w;

    (void)state;
    world_init(&w, "shop.example. MX 10 a.example.\nshop.example. MX 10 b.example.\n");
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    dns_view_count(&w.view, &questions, &depth);
    assert_int_equal(questions, 8);
    assert_int_equal(depth, 2);
    assert_true(w.runs <= 3);
    world_free(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sender_domain_can_be_answered_or_not),
        cmocka_unit_test(sender_mx_hosts_are_the_ten_most_preferred),
        cmocka_unit_test(sender_questions_are_two_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
