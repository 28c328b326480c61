/* SPDX-License-Identifier: MIT */
/*
 * audit_compare_test.c - worse, better and open: one audit against another of the same
 * addresses, and what --compare prints of them.
 */
#include "audit/compare.h"
#include "report/report.h"
#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SPF(record) "shop.example. TXT \"v=spf1 " record "\"\n"
#define DMARC(p)    "_dmarc.shop.example. TXT \"v=DMARC1; p=" p "\"\n"
#define GOOD        "ip4:192.0.2.0/24 -all"

/* clang-format off */
static const struct {
    const char *why;
    const char *before, *before_fault, *after, *after_fault;
    bool regressed, open;
} row[] = {
    { "nothing changed", SPF(GOOD) DMARC("reject"), NULL, SPF(GOOD) DMARC("reject"),
      NULL, false, false },
    { "mended", SPF("-all") DMARC("reject"), NULL, SPF(GOOD) DMARC("reject"), NULL,
      false, false },
    { "the SPF result is worse, and so is the verdict", SPF(GOOD) DMARC("reject"), NULL,
      SPF("-all") DMARC("reject"), NULL, true, false },
    { "the SPF result alone is worse", SPF(GOOD), NULL, SPF("~all"), NULL, true, false },
    { "the verdict alone is worse", SPF("-all") DMARC("none"), NULL,
      SPF("-all") DMARC("quarantine"), NULL, true, false },
    { "softfail to fail", SPF("~all"), NULL, SPF("-all"), NULL, true, false },
    { "fail to permerror is no worse", SPF("-all"), NULL, SPF("nonsense"), NULL, false,
      false },
    { "none and neutral mean the same (RFC 7208, 2.6.2)", "", NULL, SPF("?all"), NULL,
      false, false },
    { "one address of two", SPF("ip4:192.0.2.1 ip4:192.0.2.2 -all"), NULL,
      SPF("ip4:192.0.2.1 -all"), NULL, true, false },
    { "open afterwards is no regression, but open", SPF(GOOD) DMARC("reject"), NULL,
      SPF(GOOD) DMARC("reject"), "shop.example TXT servfail", false, true },
    { "open before and after", SPF(GOOD) DMARC("reject"), "shop.example TXT servfail",
      SPF(GOOD) DMARC("reject"), "shop.example TXT servfail", false, false },
    { "open before, good afterwards", SPF(GOOD), "shop.example TXT servfail", SPF(GOOD),
      NULL, false, false },
    { "the policy is open afterwards", SPF("-all") DMARC("none"), NULL,
      SPF("-all") DMARC("none"), "_dmarc.shop.example TXT timeout", false, true },
};
/* clang-format on */

static struct play_row mail(const char *zone, const char *fault)
{
    return (struct play_row){ .zone = zone,
                              .fault = fault,
                              .domain = "shop.example",
                              .ip = "192.0.2.1 192.0.2.2",
                              .helo = "helo.test",
                              .is_unsigned = true };
}

static void compare_tells_worse_from_better_and_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct play_row before = mail(row[i].before, row[i].before_fault);
        struct play_row after = mail(row[i].after, row[i].after_fault);
        struct audit *a, *b;
        struct play p, q;
        const struct audit_result *then = play_begin(&p, &before, &a);
        const struct audit_result *now = play_begin(&q, &after, &b);

        if (audit_regressed(then, now) != row[i].regressed ||
            audit_left_open(then, now) != row[i].open)
            fail_msg("%s: regressed %d, open %d", row[i].why,
                     audit_regressed(then, now), audit_left_open(then, now));
        play_end(&q, b);
        play_end(&p, a);
    }
}

/* What may only be sets no verdict, and so is no regression. */
static void compare_counts_low_certainty_as_accept(void **state)
{
    static const struct {
        enum verdict before, after;
        enum certainty certainty;
        bool regressed, open;
    } t[] = {
        { VERDICT_ACCEPT, VERDICT_REJECT, CERTAINTY_LOW, false, false },
        { VERDICT_ACCEPT, VERDICT_REJECT, CERTAINTY_MEDIUM, true, false },
        { VERDICT_ACCEPT, VERDICT_UNKNOWN, CERTAINTY_LOW, false, false },
        { VERDICT_ACCEPT, VERDICT_UNKNOWN, CERTAINTY_HIGH, false, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct prediction then = { .verdict = t[i].before,
                                   .certainty = t[i].certainty };
        struct prediction now = { .verdict = t[i].after, .certainty = t[i].certainty };
        const struct prediction *then_rows[] = { &then }, *now_rows[] = { &now };
        struct audit_spf spf = { .check = { .result = SPF_NONE } };
        struct audit_result before = {
            .spf = &spf, .n_spf = 1, .by_ip = then_rows, .n_predictions = 1
        };
        struct audit_result after = before;

        after.by_ip = now_rows;
        assert_int_equal(audit_regressed(&before, &after), t[i].regressed);
        assert_int_equal(audit_left_open(&before, &after), t[i].open);
    }
}

static void compare_is_printed_side_by_side(void **state)
{
    static const struct report_options options = { .verbose = 0 };
    struct play_row before = mail(SPF(GOOD) DMARC("reject"), NULL);
    struct play_row after = mail(SPF("-all") DMARC("reject"), NULL);
    struct audit *a, *b;
    struct play p, q;
    const struct audit_result *then = play_begin(&p, &before, &a);
    struct audit_result now = *play_begin(&q, &after, &b);
    struct buf text;

    (void)state;
    now.before = then;
    buf_init(&text, 1 << 20);
    report_text(&text, &now, &options);
    for (const char *const *says =
             (const char *const[]){ "as published", "with the changes",
                                    "SPF of 192.0.2.2", "pass, 0 of 10",
                                    "fail, 0 of 10", "new ", NULL };
         *says; says++)
        if (!strstr(buf_text(&text), *says))
            fail_msg("\"%s\" is not in\n%s", *says, buf_text(&text));
    buf_free(&text);
    play_end(&q, b);
    play_end(&p, a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(compare_tells_worse_from_better_and_open),
        cmocka_unit_test(compare_counts_low_certainty_as_accept),
        cmocka_unit_test(compare_is_printed_side_by_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
