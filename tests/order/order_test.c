/* SPDX-License-Identifier: MIT */
/*
 * order_test.c - the theorem behind re-execution: an audit says the same whatever the
 * order in which answers come, whatever hints were given, and when some names never
 * answer (docs/decisions/0001). Whole audits, compared by their report in JSON.
 */
#include "base/buf.h"
#include "support/play.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    CASES = 10000,      /* audits in another order, compared with the first */
    FAULT_VARIANTS = 4, /* of each world: none, and three with names that fail */
    GENERATED = 100,    /* worlds made by chance */
    BUDGETS = 3,        /* of hints */
};

static const size_t budget[BUDGETS] = { 64, 8, 0 };

#define POLICY \
    "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; rua=mailto:a@shop.example\"\n"
#define KEY "v=DKIM1; k=ed25519; p=" ED25519

/* clang-format off */
static const struct play_row world[] = {
    { .why = "nothing at all", .zone = "", .domain = "shop.example", .ip = "192.0.2.1" },
    { .why = "nothing at all, no address", .zone = "", .domain = "shop.example",
      .discover = 20 },
    { .why = "a plain domain with selectors to find",
      .zone = "shop.example. TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
              "shop.example. MX 10 mx.shop.example.\n"
              "mx.shop.example. A 192.0.2.1\n"
              "google._domainkey.shop.example. TXT \"" KEY "\"\n"
              "s1._domainkey.shop.example. CNAME s1.keys.mailer.example.\n"
              "s1.keys.mailer.example. TXT \"" KEY "\"\n" POLICY,
      .domain = "shop.example", .ip = "192.0.2.1 198.51.100.7", .discover = 40 },
    { .why = "names that lead back or not, dead and living lists",
      .zone = "shop.example. TXT \"v=spf1 ip4:198.18.0.0/24 -all\"\n"
              "shop.example. MX 10 mx.shop.example.\n"
              "shop.example. MX 20 gone.shop.example.\n"
              "mx.shop.example. A 198.18.0.1\nother.example. MX 0 .\n"
              "1.0.18.198.in-addr.arpa. PTR mx.shop.example.\n"
              "1.0.18.198.in-addr.arpa. PTR a.shop.example.\n"
              "2.0.0.127.zen.spamhaus.org. A 127.0.0.2\n"
              "1.0.18.198.zen.spamhaus.org. A 127.0.0.4\n"
              "1.0.18.198.zen.spamhaus.org. A 127.0.0.3\n"
              "*.bl.spamcop.net. A 127.0.0.2\n"
              "test.dbl.spamhaus.org. A 127.0.1.2\n"
              "shop.example.dbl.spamhaus.org. A 127.0.1.4\n" POLICY,
      .domain = "shop.example", .ip = "198.18.0.1 198.18.0.2",
      .mail_from = "x@other.example", .guess_helo = true, .reputation = true },
    { .why = "the same of a bounce, with a name said in EHLO",
      .zone = "shop.example. MX 10 mx.shop.example.\nmx.shop.example. A 198.18.0.1\n"
              "1.0.18.198.in-addr.arpa. PTR a.shop.example.\n" POLICY,
      .domain = "shop.example", .ip = "198.18.0.1", .mail_from = "<>",
      .helo = "mx.shop.example", .reputation = true },
    { .why = "an include tree",
      .zone = "shop.example. TXT \"v=spf1 include:a.test include:b.test mx a:h.test "
              "-all\"\n"
              "a.test. TXT \"v=spf1 include:c.test include:d.test ?all\"\n"
              "b.test. TXT \"v=spf1 a mx ip4:203.0.113.9 ~all\"\n"
              "c.test. TXT \"v=spf1 exists:%{i}.ok.test -all\"\n"
              "d.test. TXT \"v=spf1 ptr:shop.example redirect=e.test\"\n"
              "e.test. TXT \"v=spf1 a:h.test/24 -all\"\n"
              "b.test. A 198.51.100.1\nb.test. MX 5 m1.b.test.\n"
              "b.test. MX 6 m2.b.test.\n"
              "m1.b.test. A 198.51.100.2\nm2.b.test. AAAA 2001:db8::2\n"
              "h.test. A 198.51.100.77\n"
              "192.0.2.4.ok.test. A 127.0.0.2\n"
              "4.2.0.192.in-addr.arpa. PTR mail.shop.example.\n"
              "4.2.0.192.in-addr.arpa. PTR other.test.\n"
              "mail.shop.example. A 192.0.2.4\nother.test. A 192.0.2.4\n" POLICY,
      .domain = "shop.example", .ip = "192.0.2.4 198.51.100.7 2001:db8::2",
      .guess_helo = true },
    { .why = "too many look-ups, a loop, voids",
      .zone = "shop.example. TXT \"v=spf1 include:l.test a:v1.test a:v2.test a:v3.test "
              "include:m.test -all\"\n"
              "l.test. TXT \"v=spf1 include:shop.example ?all\"\n"
              "m.test. TXT \"v=spf1 a:1.test a:2.test a:3.test a:4.test a:5.test "
              "a:6.test a:7.test a:8.test a:9.test a:10.test a:11.test ?all\"\n" POLICY,
      .domain = "shop.example", .ip = "192.0.2.4" },
    { .why = "the eleventh look-up",
      .zone = "shop.example. TXT \"v=spf1 a:1.test a:2.test include:i.test a:5.test "
              "a:6.test a:7.test a:8.test a:9.test mx -all\"\n"
              "i.test. TXT \"v=spf1 a:3.test a:4.test ?all\"\n"
              "1.test. A 198.51.100.1\n2.test. A 198.51.100.1\n3.test. A 198.51.100.1\n"
              "4.test. A 198.51.100.1\n5.test. A 198.51.100.1\n6.test. A 198.51.100.1\n"
              "7.test. A 198.51.100.1\n8.test. A 198.51.100.1\n9.test. A 198.51.100.1\n"
              "shop.example. MX 1 1.test.\n" POLICY,
      .domain = "shop.example", .ip = "198.51.100.9" },
    { .why = "redirect, exp and macros of the sender",
      .zone = "shop.example. TXT \"v=spf1 exists:%{l}._u.%{d} redirect=_r.%{d2}\"\n"
              "_r.shop.example. TXT \"v=spf1 ip4:203.0.113.1 exp=why.%{d2} -all\"\n"
              "why.shop.example. TXT \"%{i} may not send as %{s}, says %{p}\"\n"
              "bob._u.shop.example. A 127.0.0.2\n"
              "7.100.51.198.in-addr.arpa. PTR out.shop.example.\n"
              "out.shop.example. A 198.51.100.7\n" POLICY,
      .domain = "shop.example", .ip = "198.51.100.7", .mail_from = "eve@shop.example",
      .helo = "out.shop.example", .is_unsigned = true },
    { .why = "a bounce whose HELO name is guessed",
      .zone = "out.shop.example. TXT \"v=spf1 a -all\"\nout.shop.example. A 192.0.2.9\n"
              "9.2.0.192.in-addr.arpa. PTR out.shop.example.\n"
              "9.2.0.192.in-addr.arpa. PTR a.shop.example.\n" POLICY,
      .domain = "shop.example", .ip = "192.0.2.9", .mail_from = "<>",
      .guess_helo = true },
    { .why = "a HELO name with a tree of its own",
      .zone = "shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
              "out.mailer.test. TXT \"v=spf1 a:x.test include:i.test mx -all\"\n"
              "i.test. TXT \"v=spf1 a:y.test a:z.test ip4:192.0.2.1 a:w.test ~all\"\n"
              "x.test. A 192.0.2.7\nz.test. A 192.0.2.1\n"
              "out.mailer.test. MX 1 x.test.\n" POLICY,
      .domain = "shop.example", .ip = "192.0.2.1 192.0.2.7",
      .helo = "out.mailer.test" },
    { .why = "a tree walk that psd=n ends",
      .zone = "_dmarc.b.shop.example. TXT \"v=DMARC1; p=quarantine; psd=n\"\n"
              "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; sp=none; np=reject\"\n"
              "_dmarc.example. TXT \"v=DMARC1; p=none; psd=y\"\n"
              "a.b.shop.example. TXT \"v=spf1 ip4:192.0.2.0/28 ~all\"\n",
      .domain = "a.b.shop.example", .ip = "192.0.2.3 192.0.2.99",
      .mail_from = "x@c.b.shop.example",
      .selector = "s1 k1._domainkey.shop.example k2._domainkey.mailer.test" },
    { .why = "nine labels",
      .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; sp=quarantine; t=y\"\n"
              "a.b.c.d.e.f.g.shop.example. TXT \"v=spf1 mx -all\"\n"
              "a.b.c.d.e.f.g.shop.example. MX 10 mx.shop.example.\n"
              "mx.shop.example. A 192.0.2.1\n",
      .domain = "a.b.c.d.e.f.g.shop.example", .ip = "192.0.2.1 192.0.2.2",
      .selector = "s1._domainkey.shop.example" },
    { .why = "strict alignment, signatures of three domains",
      .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; adkim=s; aspf=s; pct=0\"\n"
              "mail.shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
              "s1._domainkey.shop.example. TXT \"v=DKIM1; p=\"\n"
              "s2._domainkey.mail.shop.example. TXT \"" KEY "\"\n"
              "s3._domainkey.mailer.test. CNAME s3.elsewhere.test.\n",
      .domain = "shop.example", .ip = "192.0.2.1",
      .mail_from = "bounce@mail.shop.example",
      .selector = "s1 s2._domainkey.mail.shop.example s3._domainkey.mailer.test" },
    { .why = "reports to strangers",
      .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; "
              "rua=mailto:a@one.test,mailto:b@two.test,mailto:c@three.test; "
              "ruf=mailto:d@one.test\"\n"
              "shop.example._report._dmarc.one.test. TXT \"v=DMARC1\"\n"
              "*._report._dmarc.two.test. TXT \"v=DMARC1\"\n",
      .domain = "shop.example", .ip = "192.0.2.1" },
    { .why = "CNAME chains and loops",
      .zone = "shop.example. TXT \"v=spf1 include:c1.test include:loop.test -all\"\n"
              "c1.test. CNAME c2.test.\nc2.test. CNAME c3.test.\n"
              "c3.test. TXT \"v=spf1 ip4:192.0.2.0/24 ?all\"\n"
              "loop.test. CNAME pool.test.\npool.test. CNAME loop.test.\n"
              "_dmarc.shop.example. CNAME d.test.\nd.test. TXT \"v=DMARC1; p=reject\"\n",
      .domain = "shop.example", .ip = "192.0.2.1 198.51.100.1", .discover = 12 },
    { .why = "names that fail",
      .zone = "shop.example. TXT \"v=spf1 include:dead.test ip4:192.0.2.1 -all\"\n"
              POLICY,
      .fault = "dead.test TXT servfail; s1._domainkey.shop.example * timeout; "
               "_dmarc.example TXT bogus",
      .domain = "shop.example", .ip = "192.0.2.1 192.0.2.2", .selector = "s1 s2" },
    { .why = "the policy does not answer",
      .zone = "shop.example. TXT \"v=spf1 -all\"\n" POLICY,
      .fault = "_dmarc.shop.example TXT unreachable",
      .domain = "mail.shop.example", .ip = "192.0.2.1", .is_unsigned = true },
    { .why = "no address: a tree with everything, MX hosts",
      .zone = "shop.example. TXT \"v=spf1 include:a.test mx exists:%{i}.x.test ptr "
              "redirect=b.test\"\n"
              "a.test. TXT \"v=spf1 mx:shop.example a ~all\"\n"
              "b.test. TXT \"v=spf1 ip6:2001:db8::/32 -all\"\n"
              "shop.example. MX 10 m1.test.\nshop.example. MX 20 m2.test.\n"
              "m1.test. A 192.0.2.1\nm1.test. AAAA 2001:db8::1\nm2.test. A 192.0.2.2\n"
              POLICY,
      .domain = "shop.example", .discover = 12 },
    { .why = "a wildcard that answers every selector",
      .zone = "*.shop.example. TXT \"v=spf1 -all\"\n"
              "shop.example. TXT \"v=spf1 a:any.shop.example -all\"\n" POLICY,
      .domain = "shop.example", .ip = "192.0.2.1", .discover = 12 },
};
/* clang-format on */

/* What is compared, so that a failure can name it. */
struct found {
    const struct play_row *row;
    char fault[400];
};

static size_t compared;

/* Fails with what stands where the two texts part. */
static void same_text(const struct found *f, const char *what, uint64_t order,
                      size_t hints, const char *got, const char *expected, size_t n)
{
    size_t at = 0, from;

    if (strncmp(got, expected, n) == 0)
        return;
    while (at < n && got[at] == expected[at])
        at++;
    from = at > 200 ? at - 200 : 0;
    print_error(
        "%s: %s differs (order %llu, hint budget %zu, faults \"%s\", domain %s, "
        "addresses %s)\nzone:\n",
        f->row->why, what, (unsigned long long)order, hints, f->fault, f->row->domain,
        f->row->ip);
    fprintf(stderr, "%s\n", f->row->zone);
    fail_msg("got: ...%.400s\nexpected: ...%.400s", got + from, expected + from);
}

/* One world with one set of faults: `runs` orders under each budget. All that a report
 * tells is the same, the counts of questions included. */
static void compare(struct play *p, const struct found *f, size_t runs,
                    uint64_t *chance)
{
    char *first = NULL;

    for (size_t b = 0; b < BUDGETS; b++) {
        p->options.limits.hints = budget[b];
        for (size_t i = 0; i <= runs; i++) {
            uint64_t order = i ? play_next(chance) | 1 : 0;
            char *other = play_json(p, order);

            if (!first)
                first = strdup(other);
            same_text(f, "the report", order, budget[b], other, first,
                      strlen(first) + 1);
            compared++;
            free(other);
        }
    }
    free(first);
}

/* Names by chance among those that the audit asks about do not answer. */
static void add_faults(struct play *p, struct found *f, uint64_t *chance)
{
    static const enum dns_outcome outcome[] = { DNS_SERVFAIL, DNS_TIMEOUT, DNS_BOGUS,
                                                DNS_REFUSED, DNS_MALFORMED };
    struct audit *a = play_run(p, 0);
    const struct dns_view *v = audit_view(a);
    size_t n = 1 + play_next(chance) % 3, used = 0;

    for (size_t i = 0; i < n && v->n; i++) {
        const struct dns_entry *e = v->list[play_next(chance) % v->n];
        enum dns_outcome what = outcome[play_next(chance) % 5];
        char text[DNS_TEXT_MAX];

        world_fault(&p->world, dns_name_print(&e->name, text),
                    play_next(chance) % 2 ? e->type : 0, what, false);
        if (used < sizeof f->fault)
            used += (size_t)snprintf(f->fault + used, sizeof f->fault - used,
                                     "%s: %s; ", text, dns_outcome_print(what));
    }
    audit_free(a);
}

static void play_world(const struct play_row *row, size_t runs, uint64_t *chance)
{
    for (size_t variant = 0; variant < FAULT_VARIANTS; variant++) {
        struct found f = { .row = row };
        struct play p;

        play_init(&p, row);
        if (variant) {
            size_t n;
            const struct receiver *list = receiver_list(&n);

            p.receiver[0] = &list[play_next(chance) % n];
            add_faults(&p, &f, chance);
        }
        compare(&p, &f, runs, chance);
        play_free(&p);
    }
}

enum {
    WORLDS = sizeof world / sizeof *world,
    RUNS = CASES / ((WORLDS + GENERATED) * FAULT_VARIANTS * BUDGETS)
};

static void order_and_hints_change_nothing_in_known_worlds(void **state)
{
    uint64_t chance = 1;

    (void)state;
    for (size_t i = 0; i < WORLDS; i++)
        play_world(&world[i], RUNS, &chance);
}

/* --- worlds by chance ------------------------------------------------------------- */

static const char *pick(uint64_t *chance, const char *const *list, size_t n)
{
    return list[play_next(chance) % n];
}

#define PICK(chance, list) pick(chance, list, sizeof(list) / sizeof *(list))

static const char *const name[] = {
    "shop.example", "mail.shop.example", "a.b.shop.example", "one.test",
    "two.test",     "h1.one.test",       "h2.two.test",      "three.test",
};

static const char *const address[] = { "192.0.2.4", "192.0.2.5", "198.51.100.7",
                                       "203.0.113.9", "198.18.0.4" };

static void put_spf(struct buf *zone, uint64_t *chance, const char *owner)
{
    static const char *const qualifier[] = { "", "", "", "-", "~", "?" };
    static const char *const term[] = {
        "include:", "include:", "include:",     "include:%{d1r}.", "a:",   "mx:",
        "a:",       "exists:",  "exists:%{i}.", "exists:%{l}.",    "ptr:", "mx:",
    };
    static const char *const end[] = { " -all", " ~all", " ?all", "", " +all", " foo" };
    size_t n = play_next(chance) % 6;

    buf_printf(zone, "%s. TXT \"v=spf1", owner);
    for (size_t i = 0; i < n; i++) {
        const char *q = PICK(chance, qualifier);

        if (play_next(chance) % 5 == 0)
            buf_printf(zone, " %sip4:%s", q, PICK(chance, address));
        else
            buf_printf(zone, " %s%s%s", q, PICK(chance, term), PICK(chance, name));
    }
    if (play_next(chance) % 4 == 0)
        buf_printf(zone, " redirect=%s", PICK(chance, name));
    if (play_next(chance) % 6 == 0)
        buf_printf(zone, " exp=%s", PICK(chance, name));
    buf_printf(zone, "%s\"\n", PICK(chance, end));
}

static void put_name(struct buf *zone, uint64_t *chance, const char *owner)
{
    static const char *const dmarc[] = {
        "p=reject",
        "p=none; sp=reject",
        "p=quarantine; psd=n",
        "p=reject; psd=y",
        "p=oops",
        "p=reject; t=y; np=none",
        "p=reject; aspf=s",
        "p=reject; pct=0",
        "sp=none",
        "p=none; rua=mailto:a@one.test",
    };

    if (play_next(chance) % 3)
        put_spf(zone, chance, owner);
    for (size_t i = play_next(chance) % 3; i > 0; i--)
        buf_printf(zone, "%s. A %s\n", owner, PICK(chance, address));
    for (size_t i = play_next(chance) % 3; i > 0; i--)
        buf_printf(zone, "%s. MX %zu %s.\n", owner, i, PICK(chance, name));
    if (play_next(chance) % 3 == 0)
        buf_printf(zone, "_dmarc.%s. TXT \"v=DMARC1; %s\"\n", owner,
                   PICK(chance, dmarc));
    if (play_next(chance) % 3 == 0)
        buf_printf(zone, "s1._domainkey.%s. TXT \"%s\"\n", owner, KEY);
}

static void put_world(struct buf *zone, uint64_t *chance)
{
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        if (play_next(chance) % 10 == 0)
            buf_printf(zone, "%s. CNAME %s.\n", name[i], PICK(chance, name));
        else if (play_next(chance) % 8)
            put_name(zone, chance, name[i]);
    }
    if (play_next(chance) % 2)
        buf_printf(zone, "4.2.0.192.in-addr.arpa. PTR %s.\n", PICK(chance, name));
    for (uint64_t n = play_next(chance) % 3; n; n--)
        buf_printf(zone, "4.0.18.198.in-addr.arpa. PTR %s.\n", PICK(chance, name));
    if (play_next(chance) % 3 == 0)
        buf_printf(zone, "_dmarc.example. TXT \"v=DMARC1; p=reject; psd=y\"\n");
}

static void order_and_hints_change_nothing_in_worlds_by_chance(void **state)
{
    static const char *const client[] = {
        "192.0.2.4",  "192.0.2.4 198.51.100.7", "203.0.113.9 2001:db8::1",
        "198.18.0.4", "198.18.0.4 2001:2::4",   ""
    };
    static const char *const sender[] = { NULL, "<>", "joe@one.test",
                                          "joe@mail.shop.example" };
    static const char *const helo[] = { NULL, "h1.one.test", "two.test" };
    static const char *const key[] = { NULL, "s1", "s1 s1._domainkey.one.test" };
    uint64_t chance = 20261122;

    (void)state;
    for (size_t i = 0; i < GENERATED; i++) {
        struct play_row row = {
            .why = "a world by chance",
            .domain = PICK(&chance, name),
            .ip = PICK(&chance, client),
            .mail_from = PICK(&chance, sender),
            .helo = PICK(&chance, helo),
            .selector = PICK(&chance, key),
            .guess_helo = play_next(&chance) % 2,
            .discover = play_next(&chance) % 4 ? 0 : 8,
            .reputation = i % 2,
        };
        struct buf zone;

        buf_init(&zone, 1 << 16);
        put_world(&zone, &chance);
        assert_int_equal(zone.status, AC_OK);
        row.zone = buf_text(&zone);
        play_world(&row, RUNS, &chance);
        buf_free(&zone);
    }
    assert_true(compared >= CASES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_hints_change_nothing_in_known_worlds),
        cmocka_unit_test(order_and_hints_change_nothing_in_worlds_by_chance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
