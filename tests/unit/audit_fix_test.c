/* SPDX-License-Identifier: MIT */
/*
 * audit_fix_test.c - a small world in, the record to publish out.
 */
#include "base/buf.h"
#include "support/play.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DOMAIN  "shop.example"
#define SPF     DOMAIN ". TXT \"v=spf1 "
#define REJECT  "_dmarc." DOMAIN ". TXT \"v=DMARC1; p=reject\"\n"
#define A_TEST  "a.test. TXT \"v=spf1 ip4:198.51.100.0/25 ~all\"\n"
#define KEY     "v=DKIM1; k=ed25519; p=" ED25519
#define AT_S1   "s1._domainkey." DOMAIN ". TXT "
#define NAME_S1 "s1._domainkey." DOMAIN

struct row {
    const char *rule, *zone;
    const char *cause;  /* that the fix mends */
    const char *expect; /* "NAME: NEW" of each change, "NAME - OLD" of what is taken
                           away, " | " between; NULL: advice and no fix */
    const char *ip, *selector, *mail_from;
    bool guess_helo, with_key;
};

/* clang-format off */
static const struct row spf_rows[] = {
    { .rule = "an address comes before the all", .zone = SPF "ip4:192.0.2.0/24 -all\"\n" REJECT,
      .cause = "spf-ip-not-authorized",
      .expect = DOMAIN ": v=spf1 ip4:192.0.2.0/24 ip4:203.0.113.9 -all" },
    { .rule = "an IPv6 address is ip6", .zone = SPF "-all\"\n" REJECT, .cause = "spf-ip-not-authorized",
      .expect = DOMAIN ": v=spf1 ip6:2001:db8::1 -all", .ip = "2001:db8::1" },
    { .rule = "a record without an end gets it at the end", .zone = SPF "mx\"\n" REJECT,
      .cause = "spf-ip-not-authorized", .expect = DOMAIN ": v=spf1 mx ip4:203.0.113.9" },
    { .rule = "an empty record is filled", .zone = DOMAIN ". TXT \"v=spf1\"\n" REJECT,
      .cause = "spf-ip-not-authorized", .expect = DOMAIN ": v=spf1 ip4:203.0.113.9" },
    { .rule = "before a redirect", .zone = SPF "redirect=a.test\"\n" A_TEST REJECT,
      .cause = "spf-ip-not-authorized", .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 redirect=a.test" },
    { .rule = "before the term that fails it, everything else as written",
      .zone = SPF "mx:a.test  -ip4:203.0.113.0/24 a:a.test -ALL exp=x.test\"\n" REJECT,
      .cause = "spf-ip-not-authorized",
      .expect = DOMAIN ": v=spf1 mx:a.test  ip4:203.0.113.9 -ip4:203.0.113.0/24 a:a.test -ALL "
      "exp=x.test" },
    { .rule = "no qualifier is weakened: neutral stays, the address comes before it",
      .zone = SPF "?include:a.test -all\"\n" A_TEST REJECT, .cause = "spf-ip-not-authorized",
      .expect = DOMAIN ": v=spf1 ip4:198.51.100.7 ?include:a.test -all", .ip = "198.51.100.7" },
    { .rule = "an include behind all comes before it",
      .zone = SPF "mx -all include:a.test\"\n" A_TEST REJECT, .cause = "spf-ip-not-authorized",
      .expect = DOMAIN ": v=spf1 mx include:a.test -all", .ip = "198.51.100.7" },
    { .rule = "no record is mended into one that lets the whole Internet pass: merged",
      .zone = SPF "ip4:192.0.2.1\"\n" SPF "+all\"\n" REJECT, .cause = "spf-multiple-records" },
    { .rule = "... or with its syntax put right", .zone = SPF "ipv4:192.0.2.1 all\"\n" REJECT,
      .cause = "spf-syntax-error" },
    { .rule = "... or without the include that is missing",
      .zone = SPF "include:gone.test +all\"\n" REJECT, .cause = "spf-include-missing" },
    { .rule = "an include written with = is one",
      .zone = SPF "include=a.test -all\"\n" A_TEST REJECT, .cause = "spf-ip-not-authorized",
      .expect = DOMAIN ": v=spf1 include:a.test -all", .ip = "198.51.100.7" },
    { .rule = "the include of the service that the PTR names",
      .zone = SPF "mx -all\"\n" REJECT "9.113.0.203.in-addr.arpa. PTR a9.smtp.sendgrid.net.\n"
      "sendgrid.net. TXT \"v=spf1 ip4:203.0.113.0/24 ~all\"\n",
      .cause = "spf-ip-not-authorized", .expect = DOMAIN ": v=spf1 mx include:sendgrid.net -all",
      .guess_helo = true },
    { .rule = "the service's include is not taken where the address is not in it",
      .zone = SPF "mx -all\"\n" REJECT "9.113.0.203.in-addr.arpa. PTR a9.smtp.sendgrid.net.\n"
      "sendgrid.net. TXT \"v=spf1 ip4:192.0.2.0/24 ~all\"\n",
      .cause = "spf-ip-not-authorized", .expect = DOMAIN ": v=spf1 mx ip4:203.0.113.9 -all",
      .guess_helo = true },
    { .rule = "a first record ends in softfail", .zone = REJECT, .cause = "spf-record-missing",
      .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 ~all" },
    { .rule = "a first record of the MAIL FROM domain", .zone = SPF "-all\"\n" REJECT,
      .cause = "spf-record-missing", .expect = "mail." DOMAIN ": v=spf1 ip4:203.0.113.9 ~all",
      .mail_from = "x@mail." DOMAIN },
    { .rule = "a blank in front of a record is taken away",
      .zone = DOMAIN ". TXT \" v=spf1 ip4:203.0.113.9 -all\"\n" REJECT, .cause = "spf-record-missing",
      .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 -all" },
    { .rule = "two records become one with the stricter end",
      .zone = SPF "mx ip4:203.0.113.9 ~all\"\n" SPF "mx include:a.test -all\"\n" A_TEST REJECT,
      .cause = "spf-multiple-records",
      .expect = DOMAIN ": v=spf1 mx include:a.test ip4:203.0.113.9 -all | "
      DOMAIN " - v=spf1 mx ip4:203.0.113.9 ~all" },
    { .rule = "two records merged that do not name the address: both mends in one",
      .zone = SPF "mx ~all\"\n" SPF "a redirect=a.test\"\n" A_TEST REJECT,
      .cause = "spf-multiple-records",
      .expect = DOMAIN ": v=spf1 a include:a.test mx ip4:203.0.113.9 ~all | "
      DOMAIN " - v=spf1 mx ~all" },
    { .rule = "two records of which one redirects keep the redirect at the end",
      .zone = SPF "ip4:203.0.113.9\"\n" SPF "redirect=a.test\"\n" A_TEST REJECT,
      .cause = "spf-multiple-records",
      .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 redirect=a.test | "
      DOMAIN " - v=spf1 redirect=a.test" },
    { .rule = "ipv4 is ip4, a comma goes, a lost colon is found",
      .zone = SPF "ipv4:203.0.113.9, include: a.test 192.0.2.1 a:192.0.2.2 -all;\"\n" A_TEST
      REJECT, .cause = "spf-syntax-error",
      .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 include:a.test ip4:192.0.2.1 ip4:192.0.2.2 "
      "-all" },
    { .rule = "a long dash is a minus, ip4 of an IPv6 address is ip6",
      .zone = SPF "ip4:2001:db8::1 \\226\\128\\147all\"\n" REJECT, .cause = "spf-syntax-error",
      .expect = DOMAIN ": v=spf1 ip6:2001:db8::1 -all", .ip = "2001:db8::1" },
    { .rule = "what was meant is not certain", .zone = SPF "ip4:203.0.113.9/33 -all\"\n" REJECT,
      .cause = "spf-syntax-error", .expect = NULL },
    { .rule = "an include of nothing goes",
      .zone = SPF "include:gone.test ip4:203.0.113.9 -all\"\n" REJECT, .cause = "spf-include-missing",
      .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 -all" },
    { .rule = "an include of nothing goes, and the address comes",
      .zone = SPF "include:gone.test -all\"\n" REJECT, .cause = "spf-include-missing",
      .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 -all" },
    { .rule = "a redirect to nothing becomes softfail", .zone = SPF "redirect=gone.test\"\n" REJECT,
      .cause = "spf-include-missing", .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 ~all" },
    { .rule = "a fault in somebody else's record: the address comes before it",
      .zone = SPF "include:b.test -all\"\nb.test. TXT \"v=spf1 ip9:1 -all\"\n" REJECT,
      .cause = "spf-syntax-error", .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 include:b.test -all" },
    { .rule = "an include of itself goes",
      .zone = SPF "include:" DOMAIN " ip4:203.0.113.9 -all\"\n" REJECT, .cause = "spf-include-loop",
      .expect = DOMAIN ": v=spf1 ip4:203.0.113.9 -all" },
    { .rule = "void terms go",
      .zone = SPF "a:v1.test a:v2.test a:h.test a:v3.test ip4:203.0.113.9 -all\"\n"
      "h.test. A 192.0.2.1\n" REJECT,
      .cause = "spf-too-many-voids", .expect = DOMAIN ": v=spf1 a:h.test ip4:203.0.113.9 -all" },
    { .rule = "the cheapest term that saves enough is replaced by its addresses",
      .zone = SPF "a:1.test a:2.test a:3.test a:4.test a:5.test a:6.test a:7.test "
      "include:big.test include:two.test -all\"\n"
      "1.test. A 192.0.2.1\n2.test. A 192.0.2.2\n3.test. A 192.0.2.3\n"
      "4.test. A 192.0.2.4\n5.test. A 192.0.2.5\n6.test. A 192.0.2.6\n"
      "7.test. A 192.0.2.7\n7.test. AAAA 2001:db8::7\n"
      "two.test. TXT \"v=spf1 a:1.test a:7.test/24//64 -all\"\n"
      "big.test. TXT \"v=spf1 ip4:203.0.113.0/28 ip4:203.0.113.64/28 "
      "ip4:203.0.113.128/28 a:2.test a:3.test ~all\"\n" REJECT,
      .cause = "spf-too-many-lookups",
      .expect = DOMAIN ": v=spf1 a:1.test a:2.test a:3.test a:4.test a:5.test a:6.test a:7.test "
      "include:big.test ip4:192.0.2.1 ip4:192.0.2.7/24 ip6:2001:db8::7/64 "
      "ip4:203.0.113.200 -all", .ip = "203.0.113.200" },
    { .rule = "a term that stands twice goes first, as often as needed",
      .zone = SPF "mx mx mx mx mx mx mx mx mx mx mx ip4:203.0.113.9 -all\"\n"
      DOMAIN ". MX 5 h.test.\nh.test. A 192.0.2.1\n" REJECT,
      .cause = "spf-too-many-lookups", .expect = DOMAIN ": v=spf1 mx mx mx mx mx mx mx mx mx mx ip4:203.0.113.9 -all" },
    { .rule = "another domain in MAIL FROM is no matter of records",
      .zone = SPF "-all\"\n" REJECT "b.test. TXT \"v=spf1 ip4:203.0.113.9 -all\"\n",
      .cause = "spf-not-aligned", .expect = NULL, .mail_from = "x@b.test" },
    { .rule = "an unsigned mail is no matter of records", .zone = SPF "-all\"\n" REJECT,
      .cause = "dkim-unsigned", .expect = NULL },
};

static const struct row dkim_rows[] = {
    { .rule = "the key of --key at a name without one", .zone = REJECT, .cause = "dkim-key-missing",
      .expect = NAME_S1 ": " KEY, .selector = "s1", .with_key = true },
    { .rule = "without --key there is advice", .zone = REJECT, .cause = "dkim-key-missing", .expect = NULL,
      .selector = "s1" },
    { .rule = "a revoked key is replaced", .zone = AT_S1 "\"v=DKIM1; p=\"\n" REJECT,
      .cause = "dkim-key-revoked", .expect = NAME_S1 ": " KEY, .selector = "s1", .with_key = true },
    { .rule = "a delegation that leads nowhere is taken away",
      .zone = "s1._domainkey." DOMAIN ". CNAME s1.gone.test.\n" REJECT,
      .cause = "dkim-delegation-dangling",
      .expect = NAME_S1 " - s1.gone.test | " NAME_S1 ": " KEY, .selector = "s1",
      .with_key = true },
    { .rule = "of several keys one is left",
      .zone = AT_S1 "\"v=DKIM1; p=\"\n" AT_S1 "\"" KEY "\"\n" AT_S1 "\"other\"\n" REJECT,
      .cause = "dkim-key-duplicate", .expect = NULL, .selector = "s1" },
    { .rule = "the key of another domain is not ours to publish", .zone = REJECT, .cause = "dkim-key-missing",
      .expect = NULL, .selector = "s1._domainkey.mailer.test", .with_key = true },
    { .rule = "v= comes first", .zone = AT_S1 "\"k=ed25519; v=DKIM1; p=" ED25519 "\"\n" REJECT,
      .cause = "dkim-key-version", .expect = NAME_S1 ": v=DKIM1; k=ed25519; p=" ED25519, .selector = "s1" },
    { .rule = "sha1 alone becomes sha256, other tags stay",
      .zone = AT_S1 "\"v=DKIM1; h=sha1; k=ed25519; t=s; p=" ED25519 "\"\n" REJECT,
      .cause = "dkim-key-hash", .expect = NAME_S1 ": v=DKIM1; k=ed25519; h=sha256; t=s; p=" ED25519,
      .selector = "s1" },
    { .rule = "a key of the other type", .zone = AT_S1 "\"v=DKIM1; k=ed25519; p=" RSA_1024 "\"\n" REJECT,
      .cause = "dkim-key-mismatch", .expect = NAME_S1 ": v=DKIM1; k=rsa; p=" RSA_1024, .selector = "s1" },
    { .rule = "quotes within the key go",
      .zone = AT_S1 "\"v=DKIM1; k=ed25519; p=\\\"" ED25519 "\\\"\"\n" REJECT,
      .cause = "dkim-key-base64", .expect = NAME_S1 ": " KEY, .selector = "s1" },
};
/* clang-format on */

static void print_changes(const struct fix_changes *c, struct buf *b)
{
    char name[DNS_TEXT_MAX];

    for (size_t i = 0; i < c->n; i++) {
        const struct fix_change *row = &c->row[i];
        struct span text = row->new.p ? row->new : row->old;

        buf_printf(b, "%s%s%s%.*s", i ? " | " : "", dns_name_print(&row->name, name),
                   row->new.p ? ": " : " - ", SPAN_ARG(text));
    }
}

static const struct audit_fix *fix_of(const struct audit_result *r, const char *cause)
{
    enum finding_id id = finding_by_name(span_of(cause));

    for (size_t i = 0; i < r->n_fixes; i++)
        for (size_t k = 0; k < r->fix[i].n_causes; k++)
            if (r->fix[i].cause[k] == id)
                return &r->fix[i];
    return NULL;
}

static const char *advice_of(const struct audit_result *r, const char *cause)
{
    enum finding_id id = finding_by_name(span_of(cause));

    for (size_t i = 0; i < r->n_advice; i++)
        if (r->advice[i].cause == id)
            return r->advice[i].text;
    return NULL;
}

static void check_row(const struct row *row)
{
    struct play_row world = {
        .why = row->rule,
        .zone = row->zone,
        .domain = DOMAIN,
        .ip = row->ip ? row->ip : "203.0.113.9",
        .selector = row->selector,
        .mail_from = row->mail_from,
        .guess_helo = row->guess_helo,
    };
    const struct audit_fix *fix;
    struct play p;
    struct audit *a;
    struct buf got;

    play_init(&p, &world);
    if (row->with_key)
        p.options.key_record = SPAN(KEY);
    a = play_run(&p, 0);
    fix = fix_of(audit_result(a), row->cause);
    buf_init(&got, 1 << 16);
    if (fix)
        print_changes(&fix->changes, &got);
    if (!row->expect ? fix != NULL || !advice_of(audit_result(a), row->cause)
                     : strcmp(buf_text(&got), row->expect) != 0)
        fail_msg("%s: %s\nzone:\n%sgot:      %s\nexpected: %s", row->rule, row->cause,
                 row->zone, buf_text(&got), row->expect ? row->expect : "advice");
    if (fix)
        assert_int_equal(fix->verdict_after, VERDICT_ACCEPT);
    buf_free(&got);
    audit_free(a);
    play_free(&p);
}

static void fix_spf_is_the_smallest_change_that_turns_the_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spf_rows / sizeof *spf_rows; i++)
        check_row(&spf_rows[i]);
}

static void fix_dkim_publishes_a_key_or_puts_its_tags_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dkim_rows / sizeof *dkim_rows; i++)
        check_row(&dkim_rows[i]);
}

/* One word of the advice for each kind of cause. */
struct advice_row {
    struct play_row world;
    const char *cause, *says;
    bool with_key;
};

static const struct advice_row advice_rows[] = {
    { { .zone = REJECT AT_S1 "\"" KEY "\"\n", .discover = 5 },
      "dkim-unsigned",
      "the key at " NAME_S1 " is in order",
      false },
    { { .zone = REJECT }, "dkim-unsigned", "publish the key of --key", true },
    { { .zone = REJECT }, "dkim-unsigned", "turn DKIM signing on", false },
    { { .zone = REJECT "s1._domainkey.b.test. TXT \"" KEY "\"\n",
        .selector = "s1._domainkey.b.test" },
      "dkim-not-aligned",
      "sign with d=" DOMAIN,
      false },
    { { .zone = REJECT, .mail_from = "<>", .helo = "localhost" },
      "spf-domain-invalid",
      "a full domain name",
      false },
    { { .zone = REJECT "s1._domainkey." DOMAIN ". CNAME s1.gone.test.\n",
        .selector = "s1" },
      "dkim-delegation-dangling",
      "is delegated to s1.gone.test",
      false },
    { { .zone = REJECT, .selector = "s1" },
      "dkim-key-missing",
      "Name its file with --key",
      false },
    { { .zone = REJECT, .selector = "s1._domainkey.b.test" },
      "dkim-key-missing",
      "does not turn the verdict",
      true },
    { { .zone = SPF "-all\"\n" REJECT, .mail_from = "x@b.test" },
      "spf-not-aligned",
      "must not be weakened",
      false },
};

static void advice_says_who_can_do_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof advice_rows / sizeof *advice_rows; i++) {
        const struct advice_row *row = &advice_rows[i];
        struct play_row world = row->world;
        const char *text;
        struct audit *a;
        struct play p;

        world.domain = DOMAIN;
        world.ip = "203.0.113.9";
        play_init(&p, &world);
        if (row->with_key)
            p.options.key_record = SPAN(KEY);
        a = play_run(&p, 0);
        text = advice_of(audit_result(a), row->cause);
        if (!text || !strstr(text, row->says))
            fail_msg("%s: \"%s\", expected \"%s\"", row->cause,
                     text ? text : "no advice", row->says);
        audit_free(a);
        play_free(&p);
    }
}

/* Which row is worst is described; the other's verdict stays what it was. */
static void fix_is_for_the_address_described_and_spares_the_others(void **state)
{
    static const struct play_row world = {
        .zone = SPF "ip4:192.0.2.0/24 -all\"\n" REJECT,
        .domain = DOMAIN,
        .ip = "192.0.2.1 203.0.113.9 203.0.113.10",
    };
    const struct audit_result *r;
    struct audit *a;
    struct play p;

    (void)state;
    r = play_begin(&p, &world, &a);
    assert_int_equal(r->described, 1);
    assert_int_equal(r->n_fixes, 1);
    assert_true(span_eq(r->fix[0].changes.row[0].new,
                        SPAN("v=spf1 ip4:192.0.2.0/24 ip4:203.0.113.9 -all")));
    play_end(&p, a);
}

/* Fixes ask (here for the include of a service), and their questions are not counted.
 */
static void fix_questions_count_neither_as_queries_nor_as_depth(void **state)
{
    static const struct play_row world = {
        .zone = SPF "mx -all\"\n" REJECT
                    "9.113.0.203.in-addr.arpa. PTR a9.smtp.sendgrid.net.\n"
                    "sendgrid.net. TXT \"v=spf1 include:u.test ~all\"\n"
                    "u.test. TXT \"v=spf1 include:v.test ~all\"\n"
                    "v.test. TXT \"v=spf1 ip4:203.0.113.0/24 ~all\"\n",
        .domain = DOMAIN,
        .ip = "203.0.113.9",
        .guess_helo = true,
    };
    size_t queries[2], asked[2];
    unsigned depth[2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct audit *a;
        struct play p;

        play_init(&p, &world);
        p.options.fixes = i == 1;
        a = play_run(&p, 0);
        queries[i] = audit_result(a)->queries;
        depth[i] = audit_result(a)->depth;
        asked[i] = audit_result(a)->n_questions;
        assert_int_equal(audit_result(a)->n_fixes, i);
        audit_free(a);
        play_free(&p);
    }
    assert_int_equal(queries[0], queries[1]);
    assert_int_equal(depth[0], depth[1]);
    assert_true(asked[1] > asked[0]);
}

/* A service whose records do not answer is no fix; the address alone is. */
static void fix_does_not_stand_on_what_did_not_answer(void **state)
{
    static const struct play_row world = {
        .zone = SPF "mx -all\"\n" REJECT
                    "9.113.0.203.in-addr.arpa. PTR a9.smtp.sendgrid.net.\n",
        .fault = "sendgrid.net TXT servfail",
        .domain = DOMAIN,
        .ip = "203.0.113.9",
        .guess_helo = true,
    };
    const struct audit_result *r;
    struct audit *a;
    struct play p;

    (void)state;
    r = play_begin(&p, &world, &a);
    assert_int_equal(r->n_fixes, 1);
    assert_true(
        span_eq(r->fix[0].changes.row[0].new, SPAN("v=spf1 mx ip4:203.0.113.9 -all")));
    assert_null(play_finding(r, "dns-not-answered"));
    play_end(&p, a);
}

static void fix_is_not_looked_for_where_nothing_is_refused(void **state)
{
    static const struct {
        const char *zone, *fault;
    } rows[] = {
        { SPF "ip4:203.0.113.9 -all\"\n" REJECT, NULL },
        { SPF "-all\"\n", NULL },
        { SPF "-all\"\n" REJECT, "_dmarc.shop.example TXT servfail" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct play_row world = { .zone = rows[i].zone,
                                  .fault = rows[i].fault,
                                  .domain = DOMAIN,
                                  .ip = "203.0.113.9" };
        struct audit *a;
        struct play p;

        assert_int_equal(play_begin(&p, &world, &a)->n_fixes, 0);
        assert_int_equal(audit_result(a)->n_advice, 0);
        play_end(&p, a);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fix_spf_is_the_smallest_change_that_turns_the_verdict),
        cmocka_unit_test(fix_dkim_publishes_a_key_or_puts_its_tags_right),
        cmocka_unit_test(advice_says_who_can_do_what),
        cmocka_unit_test(fix_is_for_the_address_described_and_spares_the_others),
        cmocka_unit_test(fix_questions_count_neither_as_queries_nor_as_depth),
        cmocka_unit_test(fix_does_not_stand_on_what_did_not_answer),
        cmocka_unit_test(fix_is_not_looked_for_where_nothing_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
