/* SPDX-License-Identifier: MIT */
/*
 * reputation_host_test.c - the names of the host that connects. RFC 8601, 2.7.3, 3;
 * RFC 6890; RFC 5321, 2.3.5, 4.1.1.1, 4.1.3, 4.1.4.
 */
#include "reputation/host.h"

#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ip address(const char *text)
{
    struct ip ip;

    assert_true(ip_parse(span_of(text), &ip));
    return ip;
}

struct question {
    struct ip ip;
    struct span helo;
    struct host_client out;
    struct host_helo helo_out;
};

static enum ac_status ask(struct ac_env *env, void *context)
{
    struct question *q = context;

    return host_client_audit(env, &q->ip, &q->out);
}

static enum ac_status ask_helo(struct ac_env *env, void *context)
{
    struct question *q = context;

    return host_helo_audit(env, q->helo, &q->ip, &q->helo_out);
}

#define PTR "25.0.18.198.in-addr.arpa. PTR mail.shop.example.\n"
#define PTR_V6                                                                   \
    "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.2.ip6.arpa. " \
    "PTR mail.shop.example.\n"
#define ELEVEN                                                                       \
    "25.0.18.198.in-addr.arpa. PTR h01.test.\n25.0.18.198.in-addr.arpa. PTR "        \
    "h02.test.\n25.0.18.198.in-addr.arpa. PTR h03.test.\n25.0.18.198.in-addr.arpa. " \
    "PTR h04.test.\n25.0.18.198.in-addr.arpa. PTR h05.test.\n"                       \
    "25.0.18.198.in-addr.arpa. PTR h06.test.\n25.0.18.198.in-addr.arpa. PTR "        \
    "h07.test.\n25.0.18.198.in-addr.arpa. PTR h08.test.\n25.0.18.198.in-addr.arpa. " \
    "PTR h09.test.\n25.0.18.198.in-addr.arpa. PTR h10.test.\n"                       \
    "25.0.18.198.in-addr.arpa. PTR h11.test.\n"

/* fault: a name whose questions fail with SERVFAIL. findings: those there must be, with
 * blanks between, and no other of host-ptr-*, host-name-*. */
static const struct {
    const char *why, *zone, *fault, *ip;
    enum host_iprev iprev;
    size_t names;
    const char *confirmed; /* NULL: none */
    const char *findings;
} hosts[] = {
    { "a name that leads back", PTR "mail.shop.example. A 198.18.0.25\n", NULL,
      "198.18.0.25", HOST_IPREV_PASS, 1, "mail.shop.example", "host-address-special" },
    { "no name at all", "", NULL, "198.18.0.25", HOST_IPREV_NONE, 0, NULL,
      "host-ptr-missing host-address-special" },
    { "PTR of the root is no name", "25.0.18.198.in-addr.arpa. PTR .\n", NULL,
      "198.18.0.25", HOST_IPREV_NONE, 0, NULL,
      "host-ptr-missing host-address-special" },
    { "a name with another address", PTR "mail.shop.example. A 198.18.0.26\n", NULL,
      "198.18.0.25", HOST_IPREV_FAIL, 1, NULL,
      "host-ptr-not-confirmed host-address-special" },
    { "a name that does not exist", PTR, NULL, "198.18.0.25", HOST_IPREV_FAIL, 1, NULL,
      "host-ptr-not-confirmed host-address-special" },
    { "one of two leads back",
      PTR "25.0.18.198.in-addr.arpa. PTR other.shop.example.\n"
          "other.shop.example. A 198.18.0.25\n",
      NULL, "198.18.0.25", HOST_IPREV_PASS, 2, "other.shop.example",
      "host-ptr-partly host-address-special" },
    { "the first in byte order is the name",
      PTR "25.0.18.198.in-addr.arpa. PTR a.shop.example.\n"
          "a.shop.example. A 198.18.0.25\nmail.shop.example. A 198.18.0.25\n",
      NULL, "198.18.0.25", HOST_IPREV_PASS, 2, "a.shop.example",
      "host-address-special" },
    { "PTR fails: not known", "", "25.0.18.198.in-addr.arpa", "198.18.0.25",
      HOST_IPREV_TEMPERROR, 0, NULL, "host-address-special" },
    { "the name fails: not known", PTR, "mail.shop.example", "198.18.0.25",
      HOST_IPREV_TEMPERROR, 1, NULL, "host-address-special" },
    { "one name fails, another leads back",
      PTR "25.0.18.198.in-addr.arpa. PTR other.shop.example.\n"
          "other.shop.example. A 198.18.0.25\n",
      "mail.shop.example", "198.18.0.25", HOST_IPREV_PASS, 2, "other.shop.example",
      "host-address-special" },
    { "families apart: A does not confirm IPv6",
      PTR_V6 "mail.shop.example. A 198.18.0.25\n", NULL, "2600::25", HOST_IPREV_FAIL, 1,
      NULL, "host-ptr-not-confirmed" },
    { "families apart: AAAA does", PTR_V6 "mail.shop.example. AAAA 2600::25\n", NULL,
      "2600::25", HOST_IPREV_PASS, 1, "mail.shop.example", "" },
    { "families apart: AAAA does not confirm IPv4",
      PTR "mail.shop.example. AAAA 2600::25\n", NULL, "198.18.0.25", HOST_IPREV_FAIL, 1,
      NULL, "host-ptr-not-confirmed host-address-special" },
    { "ten names are followed", ELEVEN "h10.test. A 198.18.0.25\n", NULL, "198.18.0.25",
      HOST_IPREV_PASS, 10, "h10.test",
      "host-ptr-many host-ptr-partly host-address-special" },
    { "the eleventh is not", ELEVEN "h11.test. A 198.18.0.25\n", NULL, "198.18.0.25",
      HOST_IPREV_FAIL, 10, NULL,
      "host-ptr-many host-ptr-not-confirmed host-address-special" },
    { "a generic name that leads back",
      "25.0.18.198.in-addr.arpa. PTR dsl-198-18-0-25.pool.isp.example.\n"
      "dsl-198-18-0-25.pool.isp.example. A 198.18.0.25\n",
      NULL, "198.18.0.25", HOST_IPREV_PASS, 1, "dsl-198-18-0-25.pool.isp.example",
      "host-name-generic host-address-special" },
    { "a generic name beside a good one",
      PTR "mail.shop.example. A 198.18.0.25\n"
          "25.0.18.198.in-addr.arpa. PTR dsl-198-18-0-25.pool.isp.example.\n"
          "dsl-198-18-0-25.pool.isp.example. A 198.18.0.25\n",
      NULL, "198.18.0.25", HOST_IPREV_PASS, 2, "dsl-198-18-0-25.pool.isp.example",
      "host-address-special" },
    { "an address for documentation: told, and nothing said of its names", "", NULL,
      "192.0.2.1", HOST_IPREV_NONE, 0, NULL, "host-address-special" },
    { "... where somebody gave it one: it is judged",
      "1.2.0.192.in-addr.arpa. PTR mail.shop.example.\n", NULL, "192.0.2.1",
      HOST_IPREV_FAIL, 1, NULL, "host-ptr-not-confirmed host-address-special" },
    { "a private address", "", NULL, "10.1.2.3", HOST_IPREV_NONE, 0, NULL,
      "host-address-private" },
    { "a public address", "", NULL, "8.8.8.8", HOST_IPREV_NONE, 0, NULL,
      "host-ptr-missing" },
};

static bool is_listed(const char *ids, const char *id)
{
    struct span rest = span_of(ids);

    while (rest.p)
        if (span_eq(span_cut(&rest, ' '), span_of(id)))
            return true;
    return false;
}

static void check_findings(const char *why, const struct world *w, const char *ids)
{
    size_t expected = 0;
    struct span rest = span_of(ids);

    while (rest.n) {
        span_cut(&rest, ' ');
        expected++;
    }
    for (size_t i = 0; i < w->findings.n; i++)
        if (!is_listed(ids, finding_kind(w->findings.row[i].id)->name))
            fail_msg("%s: finding %s, expected %s", why,
                     finding_kind(w->findings.row[i].id)->name, ids);
    if (w->findings.n != expected)
        fail_msg("%s: %zu findings, expected %s", why, w->findings.n, ids);
}

static void host_names_lead_back_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct question q = { .ip = address(hosts[i].ip) };
        const struct host_name *found;
        char text[DNS_TEXT_MAX] = "none";
        struct world w;
        bool open;

        world_init(&w, hosts[i].zone);
        if (hosts[i].fault)
            world_fault(&w, hosts[i].fault, 0, DNS_SERVFAIL, false);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        found = host_confirmed(&q.out, &open);
        if (found)
            dns_name_print(&found->name, text);
        if (q.out.iprev != hosts[i].iprev || q.out.n_names != hosts[i].names ||
            strcmp(text, hosts[i].confirmed ? hosts[i].confirmed : "none") != 0)
            fail_msg("%s: iprev %s, expected %s; %zu names, expected %zu; %s, expected "
                     "%s: RFC 8601, 2.7.3",
                     hosts[i].why, host_iprev_print(q.out.iprev),
                     host_iprev_print(hosts[i].iprev), q.out.n_names, hosts[i].names,
                     text, hosts[i].confirmed ? hosts[i].confirmed : "none");
        assert_int_equal(q.out.more_names, hosts[i].names == 10);
        check_findings(hosts[i].why, &w, hosts[i].findings);
        world_free(&w);
    }
}

/* A guess that stands behind a name which could not be looked up may be the wrong one.
 */
static void host_confirmed_tells_what_is_open_before_it(void **state)
{
    struct question q = { .ip = address("198.18.0.25") };
    const struct host_name *found;
    struct world w;
    bool open;

    (void)state;
    world_init(&w, PTR "25.0.18.198.in-addr.arpa. PTR zz.shop.example.\n"
                       "zz.shop.example. A 198.18.0.25\n");
    world_fault(&w, "mail.shop.example", 0, DNS_TIMEOUT, false);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    found = host_confirmed(&q.out, &open);
    assert_non_null(found);
    assert_true(open);
    world_free(&w);
}

static void host_questions_are_two_deep_and_side_by_side(void **state)
{
    struct question q = { .ip = address("198.18.0.25") };
    size_t questions;
    unsigned depth;
    struct world w;

    (void)state;
    world_init(&w, ELEVEN);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    dns_view_count(&w.view, &questions, &depth);
    assert_int_equal(questions, 11);
    assert_int_equal(depth, 2);
    assert_true(w.runs <= 3);
    world_free(&w);
}

static const struct {
    const char *name, *ip;
    bool generic;
} names[] = {
    /* Octets in any order, decimal, padded or hexadecimal. */
    { "dsl-1-2-3-4.pool.isp.example", "1.2.3.4", true },
    { "4.3.2.1.rev.isp.example", "1.2.3.4", true },
    { "host-203-7-113-9.isp.example", "203.7.113.9", true },
    { "host-9-203-113-7.isp.example", "203.7.113.9", true },
    { "ip203007113009.isp.example", "203.7.113.9", true },
    { "h009113007203.isp.example", "203.7.113.9", true },
    { "cb077109.isp.example", "203.7.113.9", true },
    { "p097107cb.net.isp.example", "203.7.113.9", true },
    { "x097107cb.net.isp.example", "203.7.16.9", false },
    { "9-113.clients.isp.example", "203.7.113.9", true },
    /* Words beside digits in their label. */
    { "dyn66.isp.example", "198.18.66.66", true },
    { "dhcp-17.campus.example.edu", "198.18.66.66", true },
    { "p5.dip0.t-ipconnect.example", "198.18.66.66", false },
    { "adsl.isp.example", "198.18.66.66", false },
    /* Mail servers, with numbers of their own. */
    { "mail.shop.example", "1.2.3.4", false },
    { "mx1.shop.example", "1.2.3.1", false },
    { "mail-ej1-f41.google.example", "209.85.218.41", false },
    { "a8-31.smtp-out.amazonses.example", "54.240.8.31", false },
    { "mta-70-17.sparkpost.example", "192.174.81.70", false },
    { "out7.newsletters.example", "198.51.100.7", false },
    { "mail.cable.co.uk", "1.2.3.4", false },
    { "res1.shop.example", "1.2.3.4", false },
    { "user7.shop.example", "1.2.3.4", false },
    /* The last two labels are the organization's. */
    { "1-2-3-4.example", "1.2.3.4", false },
    { "example", "1.2.3.4", false },
    /* An octet counts once, and the last one must be there. */
    { "a1.b1.isp.example", "1.1.1.1", false },
    { "1-2-3-x.clients.isp.example", "1.2.3.4", false },
    /* IPv6. */
    { "2600-1f18-abc--25.isp.example", "2600:1f18:abc::25", true },
    { "h2600-1f18-abc--25.isp.example", "2600:1f18:abc::25", true },
    { "26001f180abc00000000000000000025.isp.example", "2600:1f18:abc::25", true },
    { "ip-1122-3344-5566-7788.isp.example", "2600::1122:3344:5566:7788", true },
    { "mail.shop.example", "2600:1f18:abc::25", false },
    { "mx25.shop.example", "2600:1f18:abc::25", false },
};

static void host_generic_names_are_made_of_the_address_or_of_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct dns_name name = world_name(names[i].name);
        struct ip ip = address(names[i].ip);

        if (host_name_is_generic(&name, &ip) != names[i].generic)
            fail_msg("%s for %s is %sgeneric, expected the contrary", names[i].name,
                     names[i].ip, names[i].generic ? "not " : "");
    }
}

#define HELO_ZONE                                                                   \
    "mx.shop.example. A 192.0.2.25\nmx.shop.example. AAAA 2001:db8::25\n"           \
    "other.shop.example. A 192.0.2.99\nmail.shop.example. MX 10 mx.shop.example.\n" \
    "un_der.shop.example. A 192.0.2.25\nlocalhost. A 127.0.0.1\n"

static const struct {
    const char *helo, *ip, *fault;
    bool literal, valid, fqdn;
    enum ac_tri exists, matches;
    const char *finding;
} helos[] = {
    { "mx.shop.example", "192.0.2.25", NULL, false, true, true, AC_YES, AC_YES, "" },
    { "MX.Shop.Example", "192.0.2.25", NULL, false, true, true, AC_YES, AC_YES, "" },
    { "mx.shop.example", "2001:db8::25", NULL, false, true, true, AC_YES, AC_YES, "" },
    { "mx.shop.example", "2001:db8::26", NULL, false, true, true, AC_YES, AC_NO,
      "host-helo-other" },
    { "other.shop.example", "192.0.2.25", NULL, false, true, true, AC_YES, AC_NO,
      "host-helo-other" },
    { "mail.shop.example", "192.0.2.25", NULL, false, true, true, AC_YES, AC_NO,
      "host-helo-other" },
    { "nosuch.shop.example", "192.0.2.25", NULL, false, true, true, AC_NO, AC_NO,
      "host-helo-unknown" },
    { "mx.shop.example", "192.0.2.25", "mx.shop.example", false, true, true, AC_MAYBE,
      AC_MAYBE, "" },
    { "un_der.shop.example", "192.0.2.25", NULL, false, true, true, AC_YES, AC_YES,
      "" },
    { "localhost", "192.0.2.25", NULL, false, true, false, AC_YES, AC_NO,
      "host-helo-not-fqdn" },
    { "[192.0.2.25]", "192.0.2.25", NULL, true, true, false, AC_YES, AC_YES, "" },
    { "[192.0.2.26]", "192.0.2.25", NULL, true, true, false, AC_YES, AC_NO,
      "host-helo-other" },
    { "[IPv6:2001:db8::25]", "2001:db8::25", NULL, true, true, false, AC_YES, AC_YES,
      "" },
    { "[2001:db8::25]", "2001:db8::25", NULL, true, false, false, AC_NO, AC_NO,
      "host-helo-invalid" },
    { "[192.0.2.25", "192.0.2.25", NULL, true, false, false, AC_NO, AC_NO,
      "host-helo-invalid" },
    { "[", "192.0.2.25", NULL, true, false, false, AC_NO, AC_NO, "host-helo-invalid" },
    { "192.0.2.25", "192.0.2.25", NULL, false, false, false, AC_NO, AC_NO,
      "host-helo-invalid" },
    { "", "192.0.2.25", NULL, false, false, false, AC_NO, AC_NO, "host-helo-invalid" },
    { "a..b", "192.0.2.25", NULL, false, false, false, AC_NO, AC_NO,
      "host-helo-invalid" },
    { "-mx.shop.example", "192.0.2.25", NULL, false, false, false, AC_NO, AC_NO,
      "host-helo-invalid" },
    { "my pc.shop.example", "192.0.2.25", NULL, false, false, false, AC_NO, AC_NO,
      "host-helo-invalid" },
    { "m\xc3\xbcller.example", "192.0.2.25", NULL, false, false, false, AC_NO, AC_NO,
      "host-helo-invalid" },
};

static void helo_names_are_judged_by_syntax_and_by_the_dns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof helos / sizeof *helos; i++) {
        struct question q = { .ip = address(helos[i].ip),
                              .helo = span_of(helos[i].helo) };
        const struct host_helo *h = &q.helo_out;
        struct world w;

        world_init(&w, HELO_ZONE);
        if (helos[i].fault)
            world_fault(&w, helos[i].fault, 0, DNS_TIMEOUT, false);
        assert_int_equal(world_run(&w, ask_helo, &q), AC_OK);
        if (h->literal != helos[i].literal || h->valid != helos[i].valid ||
            h->fqdn != helos[i].fqdn || h->exists != helos[i].exists ||
            h->matches != helos[i].matches)
            fail_msg(
                "EHLO %s from %s: literal %d, valid %d, fqdn %d, exists %d, matches "
                "%d: RFC 5321, 4.1.1.1, 4.1.3",
                helos[i].helo, helos[i].ip, h->literal, h->valid, h->fqdn, h->exists,
                h->matches);
        check_findings(helos[i].helo, &w, helos[i].finding);
        world_free(&w);
    }
}

static void helo_name_is_a_whole_name_alone(void **state)
{
    static const struct {
        const char *helo;
        bool is;
    } t[] = {
        { "mx.shop.example", true }, { "localhost", false }, { "192.0.2.25", false },
        { "[192.0.2.25]", false },   { "", false },          { "a b.example", false }
    };
    struct dns_name name;

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (host_helo_name(span_of(t[i].helo), &name) != t[i].is)
            fail_msg("%s is %staken as a host name", t[i].helo, t[i].is ? "not " : "");
}

static void helo_that_is_endless_is_shown_cut(void **state)
{
    char helo[2001];
    struct question q = { .ip = address("192.0.2.25"), .helo = { helo, 2000 } };
    struct world w;

    (void)state;
    memset(helo, 'a', 2000);
    helo[2000] = '\0';
    world_init(&w, "");
    assert_int_equal(world_run(&w, ask_helo, &q), AC_OK);
    assert_int_equal(w.findings.n, 1);
    assert_true(strlen(w.findings.row[0].message) < 300);
    world_free(&w);
}

static void host_words(void **state)
{
    (void)state;
    assert_string_equal(host_iprev_print(HOST_IPREV_PASS), "pass");
    assert_string_equal(host_iprev_print(HOST_IPREV_FAIL), "fail");
    assert_string_equal(host_iprev_print(HOST_IPREV_NONE), "none");
    assert_string_equal(host_iprev_print(HOST_IPREV_TEMPERROR), "temperror");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_names_lead_back_or_not),
        cmocka_unit_test(host_confirmed_tells_what_is_open_before_it),
        cmocka_unit_test(host_questions_are_two_deep_and_side_by_side),
        cmocka_unit_test(host_generic_names_are_made_of_the_address_or_of_words),
        cmocka_unit_test(helo_names_are_judged_by_syntax_and_by_the_dns),
        cmocka_unit_test(helo_name_is_a_whole_name_alone),
        cmocka_unit_test(helo_that_is_endless_is_shown_cut),
        cmocka_unit_test(host_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
