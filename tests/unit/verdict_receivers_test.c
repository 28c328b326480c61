/* SPDX-License-Identifier: MIT */
/*
 * verdict_receivers_test.c - the rules of the large mailbox providers, each row with
 * the documented requirement it comes from; what is open; what is chance; causes.
 */
#include "base/buf.h"
#include "support/play.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* One mail, in letters, so that a table fits on a page. */
struct mail {
    const char *spf;    /* what stands behind "v=spf1 ip4:192.0.2.1", or NULL: none */
    const char *policy; /* the DMARC record behind "v=DMARC1; ", or NULL: none */
    bool is_signed;
    bool spf_elsewhere; /* MAIL FROM of another organization, where SPF passes */
    bool bulk;
    const char *ip; /* NULL: 192.0.2.9, which no record holds */
    const char *fault;
};

static void play_mail(struct play *p, const struct mail *m)
{
    struct play_row row = { .why = "a mail", .domain = "shop.test" };
    struct buf zone;

    buf_init(&zone, 1 << 16);
    if (m->spf)
        buf_printf(&zone, "shop.test. TXT \"v=spf1 ip4:192.0.2.1 %s\"\n", m->spf);
    if (m->policy)
        buf_printf(&zone, "_dmarc.shop.test. TXT \"v=DMARC1; %s\"\n", m->policy);
    buf_puts(&zone, "shop.test. MX 10 mx.shop.test.\nmx.shop.test. A 192.0.2.1\n"
                    "mailer.test. MX 10 mx.shop.test.\n"
                    "mailer.test. TXT \"v=spf1 +ip4:192.0.2.0/24 -all\"\n"
                    "s1._domainkey.shop.test. TXT \"v=DKIM1; p=" RSA_1024 "\"\n");
    assert_int_equal(zone.status, AC_OK);
    row.zone = buf_text(&zone);
    row.ip = m->ip ? m->ip : "192.0.2.9";
    row.selector = m->is_signed ? "s1" : NULL;
    row.is_unsigned = !m->is_signed;
    row.mail_from = m->spf_elsewhere ? "x@mailer.test" : NULL;
    row.helo = "out.mailer.test";
    row.fault = m->fault;
    play_init(p, &row);
    p->options.bulk = m->bulk;
    buf_free(&zone);
}

/* The prediction of one receiver; the caller ends it with play_end. */
static const struct audit_result *predict(struct play *p, struct audit **a,
                                          const char *receiver, const struct mail *m)
{
    play_mail(p, m);
    p->receiver[0] = receiver_find(span_of(receiver));
    assert_non_null(p->receiver[0]);
    *a = play_run(p, 0);
    return audit_result(*a);
}

#define FAILS      .spf = "-all"
#define SOFTFAILS  .spf = "~all"
#define PASSES     .spf = "-all", .ip = "192.0.2.1"
#define REJECTS    .policy = "p=reject"
#define QUARANTINE .policy = "p=quarantine"
#define MONITORS   .policy = "p=none"
#define SIGNED     .is_signed = true
#define BULK       .bulk = true
#define V6         .ip = "2001:db8::9"
#define APART      .spf = "-all", .spf_elsewhere = true

#define DEAD_PTR .fault = "9.2.0.192.in-addr.arpa * servfail"

struct row {
    const char *receiver, *source;
    struct mail mail;
    enum verdict verdict;
    unsigned code;
    const char *enhanced;
    enum certainty certainty;
};

/* clang-format off */
static const struct row rules[] = {
    { "gmail", "matrix gmail 1", { FAILS, V6, MONITORS }, VERDICT_REJECT, 550, "5.7.1", CERTAINTY_MEDIUM },
    { "gmail", "matrix gmail 4", { APART, REJECTS }, VERDICT_REJECT, 550, "5.7.26", CERTAINTY_HIGH },
    { "gmail", "matrix gmail 5", { FAILS }, VERDICT_REJECT, 550, "5.7.26", CERTAINTY_MEDIUM },
    { "gmail", "matrix gmail 6", { SOFTFAILS, MONITORS }, VERDICT_REJECT, 550, "5.7.26", CERTAINTY_MEDIUM },
    { "gmail", "matrix gmail 6: one is enough", { FAILS, SIGNED, REJECTS }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "gmail", "matrix gmail 6: aligned or not", { APART, MONITORS }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "gmail", "matrix gmail 8", { APART, QUARANTINE }, VERDICT_SPAM, 0, NULL, CERTAINTY_HIGH },
    { "gmail", "matrix gmail 9", { FAILS, SIGNED, MONITORS, BULK }, VERDICT_REJECT, 550, "5.7.27", CERTAINTY_MEDIUM },
    { "gmail", "matrix gmail 10", { PASSES, MONITORS, BULK }, VERDICT_REJECT, 550, "5.7.30", CERTAINTY_MEDIUM },
    { "gmail", "matrix gmail 12", { PASSES, SIGNED, BULK }, VERDICT_REJECT, 550, "5.7.40", CERTAINTY_LOW },
    { "gmail", "matrix gmail 15", { PASSES, SIGNED, MONITORS, BULK }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "yahoo", "matrix yahoo 4", { FAILS, REJECTS }, VERDICT_REJECT, 550, "5.7.9", CERTAINTY_HIGH },
    { "yahoo", "matrix yahoo 5", { APART, REJECTS }, VERDICT_REJECT, 554, "5.7.9", CERTAINTY_HIGH },
    { "yahoo", "matrix yahoo 6", { APART, QUARANTINE }, VERDICT_SPAM, 0, NULL, CERTAINTY_MEDIUM },
    { "yahoo", "matrix yahoo 7", { PASSES, MONITORS, BULK }, VERDICT_REJECT, 554, "5.7.9", CERTAINTY_MEDIUM },
    { "yahoo", "matrix yahoo 7: no record", { PASSES, SIGNED, BULK }, VERDICT_REJECT, 554, "5.7.9", CERTAINTY_MEDIUM },
    { "yahoo", "matrix yahoo 11", { PASSES }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "outlook", "matrix microsoft-consumer 3: DMARC passes", { FAILS, SIGNED, REJECTS, BULK }, VERDICT_REJECT, 550, "5.7.515", CERTAINTY_MEDIUM },
    { "outlook", "matrix microsoft-consumer 3: no record", { PASSES, SIGNED, BULK }, VERDICT_REJECT, 550, "5.7.515", CERTAINTY_MEDIUM },
    { "outlook", "matrix microsoft-consumer 5", { APART, REJECTS }, VERDICT_REJECT, 550, "5.7.509", CERTAINTY_LOW },
    { "outlook", "matrix microsoft-consumer 6", { APART, QUARANTINE }, VERDICT_SPAM, 0, NULL, CERTAINTY_MEDIUM },
    { "outlook", "matrix microsoft-consumer 9", { FAILS }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "exchange-online", "matrix exchange-online 2", { FAILS, V6 }, VERDICT_DEFER, 450, "4.7.26", CERTAINTY_HIGH },
    { "exchange-online", "matrix exchange-online 4", { APART, REJECTS }, VERDICT_REJECT, 550, "5.7.509", CERTAINTY_HIGH },
    { "exchange-online", "matrix exchange-online 5", { APART, QUARANTINE }, VERDICT_SPAM, 0, NULL, CERTAINTY_HIGH },
    { "exchange-online", "matrix exchange-online 6", { APART, MONITORS }, VERDICT_SPAM, 0, NULL, CERTAINTY_LOW },
    { "icloud", "matrix apple 1", { APART, REJECTS }, VERDICT_REJECT, 550, "5.7.1", CERTAINTY_HIGH },
    { "icloud", "matrix apple 2", { APART, QUARANTINE }, VERDICT_SPAM, 0, NULL, CERTAINTY_MEDIUM },
    { "icloud", "matrix apple 3", { PASSES, MONITORS, BULK }, VERDICT_REJECT, 550, "5.7.1", CERTAINTY_LOW },
    { "rfc9989-strict", "RFC 9989 7.4", { FAILS, REJECTS }, VERDICT_SPAM, 0, NULL, CERTAINTY_HIGH },
    { "mail-ru", "row mailru-dmarc", { FAILS, REJECTS }, VERDICT_REJECT, 550, "5.7.1", CERTAINTY_HIGH },
    { "gmx", "row gmx-spf", { FAILS, SIGNED, REJECTS }, VERDICT_REJECT, 550, NULL, CERTAINTY_HIGH },
    { "gmx", "row gmx-dmarc", { APART, REJECTS }, VERDICT_REJECT, 554, NULL, CERTAINTY_HIGH },
    { "cisco-esa", "row esa-dmarc-reject", { FAILS, REJECTS }, VERDICT_REJECT, 550, "5.7.1", CERTAINTY_MEDIUM },
    { "mimecast", "row mimecast-dmarc", { FAILS, REJECTS }, VERDICT_REJECT, 550, NULL, CERTAINTY_MEDIUM },
    { "mimecast", "row mimecast-spf", { FAILS }, VERDICT_REJECT, 550, NULL, CERTAINTY_LOW },
    { "proofpoint", "row proofpoint-dmarc", { FAILS, REJECTS }, VERDICT_REJECT, 550, "5.7.0", CERTAINTY_MEDIUM },
    { "gmail", "pct is chance", { APART, .policy = "p=reject; pct=50" }, VERDICT_REJECT, 550, "5.7.26", CERTAINTY_MEDIUM },
    { "gmail", "pct=0 is the next lower policy", { APART, .policy = "p=reject; pct=0" }, VERDICT_SPAM, 0, NULL, CERTAINTY_HIGH },
    { "gmail", "matrix gmail 3: the DNS fails, p=reject", { FAILS, REJECTS, .fault = "shop.test TXT servfail" }, VERDICT_DEFER, 451, "4.7.26", CERTAINTY_HIGH },
    { "gmail", "the DNS fails, no policy: no rule", { FAILS, MONITORS, .fault = "shop.test TXT timeout" }, VERDICT_UNKNOWN, 0, NULL, CERTAINTY_HIGH },
    { "gmail", "the DNS fails, nothing hangs on it", { FAILS, SIGNED, REJECTS, .fault = "shop.test TXT timeout" }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "yahoo", "matrix yahoo 3", { FAILS, MONITORS, .fault = "shop.test TXT timeout" }, VERDICT_DEFER, 451, NULL, CERTAINTY_HIGH },
    { "icloud", "no rule for failed DNS", { FAILS, REJECTS, .fault = "shop.test TXT servfail" }, VERDICT_UNKNOWN, 0, NULL, CERTAINTY_HIGH },
    { "icloud", "refused in every world", { FAILS, REJECTS, .fault = "out.mailer.test TXT servfail" }, VERDICT_REJECT, 550, "5.7.1", CERTAINTY_HIGH },
    { "generic", "RFC 7208 5.5: a dead PTR may have passed it", { .spf = "ptr -all", REJECTS, DEAD_PTR }, VERDICT_UNKNOWN, 0, NULL, CERTAINTY_HIGH },
    { "generic", "... or have failed it", { .spf = "-ptr +all", REJECTS, DEAD_PTR }, VERDICT_UNKNOWN, 0, NULL, CERTAINTY_HIGH },
    { "generic", "... or have made no difference", { .spf = "?ptr -all", REJECTS, DEAD_PTR }, VERDICT_REJECT, 550, "5.7.1", CERTAINTY_HIGH },
    { "gmx", "... but for neutral in the place of fail", { .spf = "ptr ~all", DEAD_PTR }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "postfix-default", "who goes on has a name that does not match", { .spf = "ptr -all", DEAD_PTR }, VERDICT_REJECT, 550, "5.7.23", CERTAINTY_HIGH },
    { "postfix-default", "... and lets it pass", { .spf = "-ptr +all", REJECTS, DEAD_PTR }, VERDICT_ACCEPT, 0, NULL, CERTAINTY_HIGH },
    { "postfix-strict", "measured: it meets failed DNS", { FAILS, REJECTS, .fault = "shop.test TXT servfail" }, VERDICT_DEFER, 450, "4.7.24", CERTAINTY_HIGH },
    { "sendmail", "measured: a milter that waits", { FAILS, REJECTS, .fault = "_dmarc.shop.test TXT timeout" }, VERDICT_DEFER, 451, "4.3.2", CERTAINTY_HIGH },
};
/* clang-format on */

static void receivers_answer_by_the_first_rule_that_applies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct row *row = &rules[i];
        struct audit *a;
        struct play p;
        const struct prediction *got =
            &predict(&p, &a, row->receiver, &row->mail)->prediction[0];
        const char *enhanced = got->enhanced ? got->enhanced : "";

        if (got->verdict != row->verdict || got->code != row->code ||
            strcmp(enhanced, row->enhanced ? row->enhanced : "") != 0 ||
            got->certainty != row->certainty)
            fail_msg("%s, %s: %s %u %s, certainty %s", row->receiver, row->source,
                     verdict_print(got->verdict), got->code, enhanced,
                     certainty_print(got->certainty));
        assert_true((got->reply != NULL) == (got->code != 0));
        play_end(&p, a);
    }
}

static void receivers_replies_hold_no_placeholder_and_their_code(void **state)
{
    static const struct mail mail = { FAILS, REJECTS, BULK };
    const struct receiver *r;
    size_t n;

    (void)state;
    r = receiver_list(&n);
    assert_true(n >= 33);
    for (size_t i = 0; i < n; i++) {
        struct audit *a;
        struct play p;
        const struct prediction *got =
            &predict(&p, &a, r[i].name, &mail)->prediction[0];
        char code[8];

        snprintf(code, sizeof code, "%u", got->code);
        if (got->reply &&
            (strchr(got->reply, '{') || strncmp(got->reply, code, 3) != 0))
            fail_msg("%s: %s", r[i].name, got->reply);
        assert_true(r[i].what[0] && r[i].source[0]);
        play_end(&p, a);
    }
}

static void receivers_low_certainty_never_sets_the_verdict(void **state)
{
    static const struct mail mail = { APART, REJECTS };
    struct audit *a;
    struct play p;
    const struct audit_result *r = predict(&p, &a, "outlook", &mail);

    (void)state;
    assert_int_equal(r->prediction[0].verdict, VERDICT_REJECT);
    assert_int_equal(r->verdict, VERDICT_ACCEPT);
    assert_int_equal(r->n_causes, 0);
    assert_true(r->because[0].n > 0);
    play_end(&p, a);
}

/* Ids of all causes in their order: "spf-ip-not-authorized dkim-unsigned, ...". */
static const char *cause_ids(const struct audit_causes *all, char out[static 400])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < all->cause[i].n; k++)
            at += (size_t)snprintf(out + at, 400 - at, "%s%s",
                                   k   ? " "
                                   : i ? ", "
                                       : "",
                                   finding_kind(all->cause[i].reason[k].id)->name);
    return out;
}

static void receivers_causes_are_those_of_their_own_rules(void **state)
{
    static const struct {
        const char *receiver;
        struct mail mail;
        const char *helo_record, *causes;
    } row[] = {
        { "generic", { FAILS, REJECTS }, NULL, "spf-ip-not-authorized dkim-unsigned" },
        { "chasquid", { FAILS, SIGNED, REJECTS }, NULL, "spf-ip-not-authorized" },
        { "outlook",
          { FAILS, BULK },
          NULL,
          "spf-ip-not-authorized, dkim-unsigned, dmarc-record-missing" },
        { "courier", { PASSES }, "v=spf1 -all", "spf-helo-fails" },
        { "postfix-default",
          { FAILS },
          "v=spf1 -all",
          "spf-ip-not-authorized, spf-helo-fails" },
        { "postfix-strict",
          { FAILS, .fault = "shop.test TXT servfail" },
          NULL,
          "spf-dns-error" },
        { "exim-debian",
          { FAILS, .fault = "shop.test * servfail" },
          NULL,
          "dns-not-answered" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct audit *a;
        struct play p;
        char text[400];

        play_mail(&p, &row[i].mail);
        if (row[i].helo_record) {
            struct play_row again = { .why = "HELO", .domain = "shop.test" };
            struct buf zone;

            play_free(&p);
            buf_init(&zone, 1000);
            buf_printf(&zone,
                       "shop.test. TXT \"v=spf1 ip4:192.0.2.1 %s\"\n"
                       "shop.test. A 192.0.2.1\n"
                       "out.mailer.test. TXT \"%s\"\n",
                       row[i].mail.spf, row[i].helo_record);
            again.zone = buf_text(&zone);
            again.ip = row[i].mail.ip ? row[i].mail.ip : "192.0.2.9";
            again.is_unsigned = true;
            again.helo = "out.mailer.test";
            play_init(&p, &again);
            buf_free(&zone);
        }
        p.receiver[0] = receiver_find(span_of(row[i].receiver));
        a = play_run(&p, 0);
        if (strcmp(cause_ids(&audit_result(a)->because[0], text), row[i].causes) != 0)
            fail_msg("%s: %s, expected %s", row[i].receiver, text, row[i].causes);
        play_end(&p, a);
    }
}

static void receivers_guessed_helo_sets_no_verdict(void **state)
{
    static const struct play_row row = {
        .zone = "shop.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\nshop.test. A 192.0.2.1\n"
                "out.shop.test. TXT \"v=spf1 -all\"\nout.shop.test. A 192.0.2.1\n"
                "1.2.0.192.in-addr.arpa. PTR out.shop.test.\n",
        .domain = "shop.test",
        .ip = "192.0.2.1",
        .guess_helo = true,
        .is_unsigned = true,
    };
    struct audit *a;
    struct play p;

    (void)state;
    play_init(&p, &row);
    p.receiver[0] = receiver_find(SPAN("courier"));
    a = play_run(&p, 0);
    assert_int_equal(audit_result(a)->spf[0].helo_check.result, SPF_FAIL);
    assert_int_equal(audit_result(a)->verdict, VERDICT_ACCEPT);
    play_end(&p, a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(receivers_answer_by_the_first_rule_that_applies),
        cmocka_unit_test(receivers_replies_hold_no_placeholder_and_their_code),
        cmocka_unit_test(receivers_low_certainty_never_sets_the_verdict),
        cmocka_unit_test(receivers_causes_are_those_of_their_own_rules),
        cmocka_unit_test(receivers_guessed_helo_sets_no_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
