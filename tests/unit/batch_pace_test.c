/* SPDX-License-Identifier: MIT */
/*
 * batch_pace_test.c - how the window of a nameserver grows and is cut, and how a rate
 * is kept. RFC 5681, 3.1.
 */
#include "batch/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* One round: the window is filled and all of it ends; of a hundred tries so many are
 * silent, regained, refused. */
static void round_of(struct pace *p, int64_t *now, unsigned silent, unsigned regained,
                     unsigned refused)
{
    int64_t sent = *now;
    unsigned n = 0;

    while (pace_open(p, *now)) {
        pace_sent(p);
        n++;
    }
    *now += 20000;
    for (unsigned i = 0; i < n; i++) {
        unsigned lot = i * 37 % 100;
        enum dns_outcome outcome = lot < silent             ? DNS_TIMEOUT
                                   : lot < silent + refused ? DNS_SERVFAIL
                                                            : DNS_ANSWER;

        pace_ended(p, outcome, outcome == DNS_ANSWER && lot >= 100 - regained, sent,
                   *now);
    }
    assert_int_equal(p->under_way, 0);
}

static void pace_window_grows_while_answers_come_up_to_its_most(void **state)
{
    struct pace p;
    int64_t now = 0;

    (void)state;
    pace_init(&p, 800, 0, now);
    assert_int_equal(pace_window(&p), PACE_WINDOW_FIRST);
    round_of(&p, &now, 0, 0, 0);
    assert_in_range(pace_window(&p), PACE_WINDOW_FIRST + 10, 2 * PACE_WINDOW_FIRST);
    for (int i = 0; i < 20; i++)
        round_of(&p, &now, 0, 0, 0);
    assert_int_equal(pace_window(&p), 800);
    assert_false(pace_pressed(&p));
}

static void pace_window_that_is_not_used_does_not_grow(void **state)
{
    struct pace p;

    (void)state;
    pace_init(&p, 800, 0, 0);
    for (int i = 0; i < 1000; i++) {
        pace_sent(&p);
        pace_ended(&p, DNS_ANSWER, false, i, i + 1);
    }
    assert_int_equal(pace_window(&p), PACE_WINDOW_FIRST);
}

static void pace_dead_names_are_no_sign_of_load(void **state)
{
    struct pace p;
    int64_t now = 0;

    (void)state;
    pace_init(&p, 800, 0, now);
    for (int i = 0; i < 60; i++)
        round_of(&p, &now, 10, 0, 5);
    assert_int_equal(pace_window(&p), 800);
    assert_false(pace_pressed(&p));
}

static void pace_window_is_cut_when_a_quarter_fails(void **state)
{
    static const unsigned failing[][2] = { { 40, 0 }, { 0, 40 } };
    struct pace p;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int64_t now = 0;

        pace_init(&p, 800, 0, now);
        for (int k = 0; k < 20; k++)
            round_of(&p, &now, 0, 0, 0);
        round_of(&p, &now, failing[i][0], 0, failing[i][1]);
        /* Once for what was under way together, not once for every loss. */
        assert_int_equal(pace_window(&p), 400);
        assert_true(pace_pressed(&p));
        for (int k = 0; k < 40; k++)
            round_of(&p, &now, failing[i][0], 0, failing[i][1]);
        assert_int_equal(pace_window(&p), PACE_WINDOW_MIN);
        for (int k = 0; k < 400; k++)
            round_of(&p, &now, 0, 0, 0);
        assert_in_range(pace_window(&p), 2 * PACE_WINDOW_MIN, 800);
        assert_false(pace_pressed(&p));
    }
}

/* Answered only when asked again: it was the server that dropped, not the name. */
static void pace_regained_answers_are_load_and_many_of_them_cut(void **state)
{
    struct pace p;
    int64_t now = 0;

    (void)state;
    pace_init(&p, 800, 0, now);
    for (int i = 0; i < 40; i++)
        round_of(&p, &now, 5, 5, 0);
    assert_true(pace_pressed(&p));
    assert_in_range(pace_window(&p), PACE_WINDOW_FIRST, 800); /* chance, it may be */
    for (int i = 0; i < 40; i++)
        round_of(&p, &now, 20, 20, 0);
    assert_int_equal(pace_window(&p), PACE_WINDOW_MIN);
}

static void pace_rate_is_kept_and_idleness_is_not_saved_up(void **state)
{
    struct pace p;
    unsigned sent = 0;
    int64_t now = 5000000;

    (void)state;
    pace_init(&p, 800, 50, 0); /* five seconds idle */
    for (int64_t end = now + 2000000; now < end;) {
        if (pace_open(&p, now)) {
            pace_sent(&p);
            pace_ended(&p, DNS_ANSWER, false, now, now);
            sent++;
            continue;
        }
        assert_true(pace_next(&p, now) > now);
        now = pace_next(&p, now);
    }
    assert_in_range(sent, 100, 106); /* two seconds, and a tenth at the start */
}

static void pace_small_windows_stay_small(void **state)
{
    struct pace p;
    int64_t now = 0;

    (void)state;
    pace_init(&p, 4, 0, now);
    assert_int_equal(pace_window(&p), 4);
    for (int i = 0; i < 100; i++)
        round_of(&p, &now, 100, 0, 0);
    assert_int_equal(pace_window(&p), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pace_window_grows_while_answers_come_up_to_its_most),
        cmocka_unit_test(pace_window_that_is_not_used_does_not_grow),
        cmocka_unit_test(pace_dead_names_are_no_sign_of_load),
        cmocka_unit_test(pace_window_is_cut_when_a_quarter_fails),
        cmocka_unit_test(pace_regained_answers_are_load_and_many_of_them_cut),
        cmocka_unit_test(pace_rate_is_kept_and_idleness_is_not_saved_up),
        cmocka_unit_test(pace_small_windows_stay_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
