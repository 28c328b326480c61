/* SPDX-License-Identifier: MIT */
/*
 * verdict_evidence_test.c - DMARC of one mail out of three-valued legs, what a receiver
 * answers, and the causes. RFC 9989, 4.4, 5.3, 5.4, 7.2; RFC 7489, 6.6.
 */
#include "support/play.h"
#include "verdict/causes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NO    AC_NO
#define MAYBE AC_MAYBE
#define YES   AC_YES

static const struct dmarc_discovery reject = { .found = DMARC_FOUND,
                                               .policy = DMARC_REJECT,
                                               .pct = 100,
                                               .possible = DMARC_CAN_BE_REJECT };

static struct verdict_identifier leg(enum ac_tri pass, enum ac_tri relaxed, bool same)
{
    return (struct verdict_identifier){
        .pass = pass,
        .same_name = same,
        .relaxed = { relaxed, relaxed },
        .fails = { pass == YES ? FINDING_NONE : FINDING_SPF_IP_NOT_AUTHORIZED, "a",
                   "x" },
        .not_aligned = { same || relaxed == YES ? FINDING_NONE
                                                : FINDING_SPF_NOT_ALIGNED,
                         "a", "y" },
    };
}

/* SPF as every evaluator has it, from the leg alone. */
static void spf_from_leg(struct verdict_evidence *e)
{
    for (size_t i = 0; i < SPF_EVALUATORS_N; i++)
        e->mail[i] = (struct verdict_spf){
            .result = e->spf.pass == YES  ? SPF_PASS
                      : e->spf.pass == NO ? SPF_FAIL
                                          : SPF_TEMPERROR,
            .could_pass = e->spf.pass != NO,
            .fails = e->spf.fails,
        };
    e->helo_check.fails.id = FINDING_NONE;
}

static void dmarc_legs_combine_in_three_values(void **state)
{
    /* AND within a leg, OR over legs (RFC 9989, 4.4): every pair. */
    static const enum ac_tri value[] = { NO, MAYBE, YES };
    static const enum dmarc_result result[] = { DMARC_RESULT_FAIL,
                                                DMARC_RESULT_TEMPERROR,
                                                DMARC_RESULT_PASS };

    (void)state;
    for (int i = 0; i < 81; i++) {
        struct verdict_identifier dkim = leg(value[i / 3 % 3], value[i % 3], false);
        struct verdict_evidence e = { .spf =
                                          leg(value[i / 27], value[i / 9 % 3], false),
                                      .dkim = &dkim,
                                      .n_dkim = 1,
                                      .dmarc = { reject, reject } };
        enum ac_tri spf = e.spf.pass < e.spf.relaxed[0] ? e.spf.pass : e.spf.relaxed[0];
        enum ac_tri sig = dkim.pass < dkim.relaxed[0] ? dkim.pass : dkim.relaxed[0];
        enum ac_tri any = spf > sig ? spf : sig;
        struct verdict_dmarc d;

        spf_from_leg(&e);
        verdict_dmarc(&e, &verdict_rfc_eyes[DMARC_RFC9989], &d);
        if (d.authenticated != any || d.result != result[any] ||
            d.disposition_known != (any != MAYBE))
            fail_msg("spf %d/%d dkim %d/%d: authenticated %d, result %s", e.spf.pass,
                     e.spf.relaxed[0], dkim.pass, dkim.relaxed[0], d.authenticated,
                     dmarc_result_print(d.result));
    }
}

static void dmarc_alignment_by_mode(void **state)
{
    static const struct {
        const char *why;
        bool same, strict;
        enum ac_tri relaxed;
        enum dmarc_found found;
        enum ac_tri aligned;
    } row[] = {
        { "the same name, relaxed", true, false, NO, DMARC_FOUND, YES },
        { "the same name, strict", true, true, NO, DMARC_FOUND, YES },
        { "the same name, whatever the policy", true, true, NO, DMARC_TEMPERROR, YES },
        { "same organization, relaxed", false, false, YES, DMARC_FOUND, YES },
        { "same organization, strict", false, true, YES, DMARC_FOUND, NO },
        { "open organization, relaxed", false, false, MAYBE, DMARC_FOUND, MAYBE },
        { "open organization, strict", false, true, MAYBE, DMARC_FOUND, NO },
        { "another organization", false, false, NO, DMARC_FOUND, NO },
        { "mode not known: relaxed may count", false, false, YES, DMARC_TEMPERROR,
          MAYBE },
        { "mode not known, another organization", false, false, NO, DMARC_TEMPERROR,
          NO },
        { "no policy", false, false, YES, DMARC_ABSENT, YES },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct verdict_identifier id = leg(YES, row[i].relaxed, row[i].same);
        struct dmarc_discovery p = { .found = row[i].found };

        if (verdict_aligned(&id, &p, row[i].strict, DMARC_READER_RFC9989) !=
            row[i].aligned)
            fail_msg("%s (RFC 9989, 4.4)", row[i].why);
    }
}

static void dmarc_disposition_of_mail_that_fails(void **state)
{
    static const struct {
        const char *why;
        struct dmarc_discovery p;
        enum dmarc_result result;
        enum dmarc_policy disposition;
    } row[] = {
        { "p=none",
          { .found = DMARC_FOUND, .policy = DMARC_NONE, .pct = 100 },
          DMARC_RESULT_FAIL,
          DMARC_NONE },
        { "p=quarantine",
          { .found = DMARC_FOUND, .policy = DMARC_QUARANTINE, .pct = 100 },
          DMARC_RESULT_FAIL,
          DMARC_QUARANTINE },
        { "p=reject",
          { .found = DMARC_FOUND, .policy = DMARC_REJECT, .pct = 100 },
          DMARC_RESULT_FAIL,
          DMARC_REJECT },
        { "t=y is one level lower (RFC 9989, 5.4)",
          { .found = DMARC_FOUND, .policy = DMARC_REJECT, .pct = 100, .testing = true },
          DMARC_RESULT_FAIL,
          DMARC_QUARANTINE },
        { "t=y of quarantine",
          { .found = DMARC_FOUND,
            .policy = DMARC_QUARANTINE,
            .pct = 100,
            .testing = true },
          DMARC_RESULT_FAIL,
          DMARC_NONE },
        { "t=y of none stays none",
          { .found = DMARC_FOUND, .policy = DMARC_NONE, .pct = 100, .testing = true },
          DMARC_RESULT_FAIL,
          DMARC_NONE },
        { "pct=0 is one level lower (RFC 7489, 6.6.4)",
          { .found = DMARC_FOUND, .policy = DMARC_REJECT, .pct = 0 },
          DMARC_RESULT_FAIL,
          DMARC_QUARANTINE },
        { "pct=1 is not",
          { .found = DMARC_FOUND, .policy = DMARC_REJECT, .pct = 1 },
          DMARC_RESULT_FAIL,
          DMARC_REJECT },
        { "no record", { .found = DMARC_ABSENT }, DMARC_RESULT_NONE, DMARC_NONE },
        { "an unusable record",
          { .found = DMARC_UNUSABLE },
          DMARC_RESULT_NONE,
          DMARC_NONE },
        { "no answer: anything",
          { .found = DMARC_TEMPERROR, .possible = DMARC_CAN_BE_ANY },
          DMARC_RESULT_TEMPERROR,
          DMARC_NONE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct verdict_evidence e = { .spf = leg(NO, NO, false),
                                      .dmarc = { row[i].p, row[i].p } };
        struct verdict_dmarc d;

        verdict_dmarc(&e, &verdict_rfc_eyes[DMARC_RFC9989], &d);
        if (d.result != row[i].result || d.disposition != row[i].disposition)
            fail_msg("%s: %s, disposition %s", row[i].why, dmarc_result_print(d.result),
                     dmarc_policy_print(d.disposition));
    }
}

static void receiver_answers_what_every_possible_disposition_says(void **state)
{
    static const struct {
        const char *why;
        enum ac_tri pass;
        struct dmarc_discovery p;
        enum verdict verdict;
    } row[] = {
        { "pass",
          YES,
          { .found = DMARC_FOUND, .policy = DMARC_REJECT },
          VERDICT_ACCEPT },
        { "fail, reject",
          NO,
          { .found = DMARC_FOUND, .policy = DMARC_REJECT, .pct = 100 },
          VERDICT_REJECT },
        { "fail, quarantine",
          NO,
          { .found = DMARC_FOUND, .policy = DMARC_QUARANTINE, .pct = 100 },
          VERDICT_SPAM },
        { "fail, none",
          NO,
          { .found = DMARC_FOUND, .policy = DMARC_NONE },
          VERDICT_ACCEPT },
        { "fail, no record", NO, { .found = DMARC_ABSENT }, VERDICT_ACCEPT },
        { "fail, no answer, rejected in every world",
          NO,
          { .found = DMARC_TEMPERROR, .possible = DMARC_CAN_BE_REJECT },
          VERDICT_REJECT },
        { "fail, no answer",
          NO,
          { .found = DMARC_TEMPERROR, .possible = DMARC_CAN_BE_ANY },
          VERDICT_UNKNOWN },
        { "pass, no answer",
          YES,
          { .found = DMARC_TEMPERROR, .possible = DMARC_CAN_BE_ANY },
          VERDICT_ACCEPT },
        { "open, reject",
          MAYBE,
          { .found = DMARC_FOUND, .policy = DMARC_REJECT, .pct = 100 },
          VERDICT_UNKNOWN },
        { "open, but nothing hangs on it",
          MAYBE,
          { .found = DMARC_FOUND, .policy = DMARC_NONE },
          VERDICT_ACCEPT },
    };
    const struct receiver *r = receiver_find(SPAN("GENERIC"));
    struct arena a;

    (void)state;
    assert_non_null(r);
    assert_null(receiver_find(SPAN("nobody")));
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct verdict_evidence e = { .from_domain = "shop.example",
                                      .spf = leg(row[i].pass, YES, true),
                                      .dmarc = { row[i].p, row[i].p } };
        struct prediction p;

        spf_from_leg(&e);
        assert_int_equal(receiver_predict(r, &e, &a, &p), AC_OK);
        if (p.verdict != row[i].verdict)
            fail_msg("%s: %s", row[i].why, verdict_print(p.verdict));
        assert_int_equal(p.code, p.verdict == VERDICT_REJECT ? 550 : 0);
        assert_true((p.reply != NULL) == (p.verdict == VERDICT_REJECT));
        if (p.reply)
            assert_string_equal(
                p.reply, "550 5.7.1 Email rejected per DMARC policy for shop.example");
    }
    arena_free(&a);
}

static void receiver_without_memory_says_so(void **state)
{
    size_t n;
    struct verdict_evidence e = { .from_domain = "shop.example",
                                  .spf = leg(NO, NO, false),
                                  .dmarc = { reject, reject } };
    struct prediction p;
    const struct cause *c;
    struct arena a;

    (void)state;
    spf_from_leg(&e);
    arena_init(&a, 8);
    assert_int_equal(receiver_predict(receiver_list(&n), &e, &a, &p), AC_ENOMEM);
    assert_true(n >= 1);
    assert_int_equal(verdict_causes(receiver_list(&n), &e, &a, &c, &n), AC_ENOMEM);
    arena_free(&a);
    arena_init(&a, 4200); /* enough for the sets, not for the causes */
    assert_int_equal(verdict_causes(receiver_list(&n), &e, &a, &c, &n), AC_ENOMEM);
    arena_free(&a);
}

/* --- causes ------------------------------------------------------------------------
 */

/* Reasons as letters: P SPF fails, A SPF not aligned, s/t the first and second
 * signature does not verify, a/b is not aligned, U unsigned. */
static struct verdict_reason reason(const char *letter)
{
    return (struct verdict_reason){ FINDING_SPF_IP_NOT_AUTHORIZED, "a", letter };
}

static struct verdict_identifier fact(enum ac_tri pass, enum ac_tri relaxed,
                                      const char *fails, const char *apart)
{
    struct verdict_identifier id = { .pass = pass, .relaxed = { relaxed, relaxed } };

    id.fails =
        pass == YES ? (struct verdict_reason){ .id = FINDING_NONE } : reason(fails);
    id.not_aligned =
        relaxed == YES ? (struct verdict_reason){ .id = FINDING_NONE } : reason(apart);
    return id;
}

/* "P+U, A+U": each cause with its reasons. */
static const char *print_causes(const struct cause *c, size_t n, char out[static 200])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < c[i].n; k++)
            at += (size_t)snprintf(out + at, 200 - at, "%s%s",
                                   k   ? "+"
                                   : i ? ", "
                                       : "",
                                   c[i].reason[k].text);
    return out;
}

static void causes_are_the_least_sets_that_every_way_out_meets(void **state)
{
    static const struct {
        const char *why;
        enum ac_tri spf, spf_aligned;
        size_t n_dkim;
        enum ac_tri dkim[2], dkim_aligned[2];
        const char *causes;
    } row[] = {
        { "SPF aligned but fails, unsigned: mend either",
          NO,
          YES,
          0,
          { 0 },
          { 0 },
          "P+U" },
        { "SPF passes for another name, unsigned", YES, NO, 0, { 0 }, { 0 }, "A+U" },
        { "SPF fails for another name: both must be mended, or a signature",
          NO,
          NO,
          0,
          { 0 },
          { 0 },
          "P+U, A+U" },
        { "a key that is gone", NO, YES, 1, { NO }, { YES }, "P+s" },
        { "a signature of another domain", NO, YES, 1, { YES }, { NO }, "P+a" },
        { "all four facts", NO, NO, 1, { NO }, { NO }, "P+s, A+s, P+a, A+a" },
        { "two signatures, each with one fault",
          NO,
          YES,
          2,
          { NO, YES },
          { YES, NO },
          "P+s+b" },
        { "two signatures with both faults",
          YES,
          NO,
          2,
          { NO, NO },
          { NO, NO },
          "A+s+t, A+a+t, A+s+b, A+a+b" },
    };
    const struct receiver *r = receiver_find(SPAN("generic"));

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct verdict_identifier dkim[2] = {
            fact(row[i].dkim[0], row[i].dkim_aligned[0], "s", "a"),
            fact(row[i].dkim[1], row[i].dkim_aligned[1], "t", "b"),
        };
        struct verdict_evidence e = {
            .from_domain = "x",
            .spf = fact(row[i].spf, row[i].spf_aligned, "P", "A"),
            .dkim = dkim,
            .n_dkim = row[i].n_dkim,
            .is_unsigned = reason("U"),
            .dmarc = { reject, reject },
        };
        const struct cause *c;
        struct arena a;
        char text[200];
        size_t n;

        spf_from_leg(&e);
        arena_init(&a, 1 << 20);
        assert_int_equal(verdict_causes(r, &e, &a, &c, &n), AC_OK);
        if (strcmp(print_causes(c, n, text), row[i].causes) != 0)
            fail_msg("%s: %s, expected %s", row[i].why, text, row[i].causes);
        arena_free(&a);
    }
}

static void causes_there_are_none_of_accept_and_unknown(void **state)
{
    static const enum ac_tri pass[] = { YES, MAYBE };
    const struct receiver *r = receiver_find(SPAN("generic"));

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct verdict_evidence e = { .from_domain = "x",
                                      .spf = leg(pass[i], YES, true),
                                      .is_unsigned = reason("U"),
                                      .dmarc = { reject, reject } };
        const struct cause *c;
        struct arena a;
        size_t n = 9;

        spf_from_leg(&e);
        arena_init(&a, 1 << 20);
        assert_int_equal(verdict_causes(r, &e, &a, &c, &n), AC_OK);
        assert_int_equal(n, 0);
        assert_null(c);
        arena_free(&a);
    }
}

static void causes_of_many_selectors_are_bounded(void **state)
{
    enum {
        MANY = 30
    };
    struct verdict_identifier dkim[MANY];
    struct verdict_evidence e = { .from_domain = "x",
                                  .spf = fact(NO, NO, "P", "A"),
                                  .dkim = dkim,
                                  .n_dkim = MANY,
                                  .dmarc = { reject, reject } };
    const struct cause *c;
    struct arena a;
    size_t n;

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        dkim[i] = fact(NO, NO, "s", "a");
    spf_from_leg(&e);
    arena_init(&a, 1 << 24);
    assert_int_equal(verdict_causes(receiver_find(SPAN("generic")), &e, &a, &c, &n),
                     AC_OK);
    assert_int_equal(n, 32); /* five legs of two facts: 2^5 ways to block all */
    for (size_t i = 0; i < n; i++)
        assert_int_equal(c[i].n, 5);
    arena_free(&a);
}

static void verdict_words(void **state)
{
    static const char *const verdict[] = { "accept", "spam", "defer", "unknown",
                                           "reject" };
    static const char *const result[] = { "none", "pass", "fail", "temperror" };
    static const char *const certainty[] = { "low", "medium", "high" };

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_string_equal(verdict_print((enum verdict)i), verdict[i]);
        if (i < 4)
            assert_string_equal(dmarc_result_print((enum dmarc_result)i), result[i]);
        if (i < 3)
            assert_string_equal(certainty_print((enum certainty)i), certainty[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dmarc_legs_combine_in_three_values),
        cmocka_unit_test(dmarc_alignment_by_mode),
        cmocka_unit_test(dmarc_disposition_of_mail_that_fails),
        cmocka_unit_test(receiver_answers_what_every_possible_disposition_says),
        cmocka_unit_test(receiver_without_memory_says_so),
        cmocka_unit_test(causes_are_the_least_sets_that_every_way_out_meets),
        cmocka_unit_test(causes_there_are_none_of_accept_and_unknown),
        cmocka_unit_test(causes_of_many_selectors_are_bounded),
        cmocka_unit_test(verdict_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
