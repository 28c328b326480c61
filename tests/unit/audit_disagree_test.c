/* SPDX-License-Identifier: MIT */
/*
 * audit_disagree_test.c - who would disagree, told only where the outcome of this very
 * mail depends on it; and all receivers at once, in any order of answers.
 */
#include "support/play.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define POLICY "_dmarc.shop.test. TXT \"v=DMARC1; p=reject\"\n"

/* "who: what; who: what". */
static const char *say(const struct audit_result *r, char out[static 2000])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < r->n_disagreements; i++)
        at += (size_t)snprintf(out + at, 2000 - at, "%s%s: %s", i ? "; " : "",
                               r->disagreement[i].who, r->disagreement[i].what);
    return out;
}

static void disagreements_are_told_where_they_matter(void **state)
{
    static const struct {
        struct play_row row;
        const char *said;
    } test[] = {
        { { .why = "everybody agrees",
            .zone = "shop.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" POLICY,
            .domain = "shop.test",
            .ip = "192.0.2.9" },
          "" },
        { { .why = "three void look-ups (RFC 7208, 4.6.4)",
            .zone = "shop.test. TXT \"v=spf1 a:a.test a:b.test a:c.test ?all\"\n",
            .domain = "shop.test",
            .ip = "192.0.2.9" },
          "Exim, OpenDMARC by itself, Stalwart, rspamd: SPF is neutral, where RFC 7208 "
          "has permerror" },
        { { .why = "two records (RFC 7489, 6.6.3)",
            .zone = POLICY "_dmarc.shop.test. TXT \"v=DMARC1; p=reject; aspf=s\"\n",
            .domain = "shop.test",
            .ip = "192.0.2.9" },
          "OpenDMARC, Exim: DMARC asks for reject, where RFC 9989 has none" },
        { { .why = "a record in the middle (RFC 9989, 4.10)",
            .zone = "_dmarc.b.shop.test. TXT \"v=DMARC1; p=reject\"\n",
            .domain = "c.b.shop.test",
            .ip = "192.0.2.9" },
          "RFC 7489, OpenDMARC, Exim, rspamd, Mail::DMARC: DMARC asks for none, where "
          "RFC 9989 has reject" },
        { { .why = "the same for mail that passes",
            .zone = "_dmarc.b.shop.test. TXT \"v=DMARC1; p=reject\"\n"
                    "c.b.shop.test. TXT \"v=spf1 ip4:192.0.2.9 -all\"\n",
            .domain = "c.b.shop.test",
            .ip = "192.0.2.9" },
          "" },
        { { .why = "pct (RFC 7489, 6.6.4)",
            .zone = "_dmarc.shop.test. TXT \"v=DMARC1; p=reject; pct=20\"\n",
            .domain = "shop.test",
            .ip = "192.0.2.9" },
          "OpenDMARC, rspamd, Mail::DMARC: apply the policy to 20 in 100 such mails "
          "(pct=20); receivers by RFC 9989, and Exim, to all" },
        { { .why = "a null sender (RFC 7208, 2.4)",
            .zone = "out.shop.test. TXT \"v=spf1 ip4:192.0.2.9 -all\"\n" POLICY,
            .domain = "shop.test",
            .mail_from = "<>",
            .helo = "out.shop.test",
            .ip = "192.0.2.9" },
          "OpenDMARC fed by policyd-spf, Exim's DMARC, Mail::DMARC: take no HELO name in "
          "place of the null sender: DMARC asks for reject, where RFC 9989 has none" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof test / sizeof *test; i++) {
        char text[2000];
        struct audit *a;
        struct play p;

        play_init(&p, &test[i].row);
        p.options.disagree = true;
        a = play_run(&p, 0);
        if (strcmp(say(audit_result(a), text), test[i].said) != 0)
            fail_msg("%s: %s\nexpected: %s", test[i].row.why, text, test[i].said);
        play_end(&p, a);
    }
}

static void receivers_all_at_once_say_the_same_in_any_order(void **state)
{
    static const struct play_row row = {
        .zone = "shop.test. TXT \"v=spf1 include:a.test a:b.test a:c.test a:d.test "
                "ipv4:192.0.2.9 +all\"\n"
                "a.test. TXT \"v=spf1 include:dead.test exists:%{i}.e.test ?all\"\n"
                "_dmarc.shop.test. TXT \"v=DMARC1; p=reject; sp=oops\"\n" POLICY
                "out.shop.test. TXT \"v=spf1 mx -all\"\n",
        .domain = "news.shop.test",
        .mail_from = "x@shop.test",
        .helo = "out.shop.test",
        .selector = "s1 s2._domainkey.mailer.test",
        .fault = "dead.test TXT timeout; s1._domainkey.news.shop.test TXT servfail",
        .ip = "192.0.2.9 2001:db8::9",
    };
    const struct receiver *all[100], *list;
    uint64_t chance = 7;
    struct play p;
    char *first;
    size_t n;

    (void)state;
    list = receiver_list(&n);
    assert_true(n <= 100);
    for (size_t i = 0; i < n; i++)
        all[i] = &list[i];
    play_init(&p, &row);
    p.options.receiver = all;
    p.options.n_receivers = n;
    p.options.disagree = true;
    first = play_json(&p, 0);
    for (size_t i = 0; i < 60; i++) {
        char *other;

        p.options.limits.hints = i % 2 ? 64 : 0;
        other = play_json(&p, play_next(&chance) | 1);
        assert_string_equal(other, first);
        free(other);
    }
    free(first);
    play_free(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(disagreements_are_told_where_they_matter),
        cmocka_unit_test(receivers_all_at_once_say_the_same_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
