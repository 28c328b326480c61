/* SPDX-License-Identifier: MIT */
/*
 * spf_hint_test.c - which questions are asked ahead, and how deep they stand. RFC 7208,
 * 4.6.4, 11.1.
 */
#include "unit/spf_world.h"

/* The longest chain of questions, hinted ones included. */
static unsigned deepest(const struct world *w)
{
    unsigned depth = 0;

    for (size_t i = 0; i < w->view.n; i++)
        if (w->view.list[i]->depth > depth)
            depth = w->view.list[i]->depth;
    return depth;
}

static void spf_check_asks_for_all_terms_at_once(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:h.test mx:m.test include:b.test "
                   "include:c.test exists:%{l}.e.test -all exp=x.test\"\n"
                   "b.test TXT \"v=spf1 include:d.test -all\"\n"
                   "c.test TXT \"v=spf1 a:i.test -all\"\nd.test TXT \"v=spf1 -all\"\n"
                   "m.test MX 1 n.test\nn.test A 192.0.2.9\nh.test A 192.0.2.9\n"
                   "i.test A 192.0.2.9");
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 10);
    assert_int_equal(deepest(&w), 4); /* a.test, b.test, d.test, and then exists */
    assert_true(w.runs <= 5);
    world_free(&w);
}

static void spf_check_hints_stop_where_a_term_decides(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:h.test ip4:192.0.2.1 a:i.test -all\"");
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 2);
    world_free(&w);
    world_init(&w, "a.test TXT \"v=spf1 a:h.test include:b.test a:i.test -all\"\n"
                   "b.test TXT \"v=spf1 ip4:192.0.2.1 a:j.test -all\"");
    world_fault(&w, "h.test", DNS_T_A, DNS_NODATA, false);
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 4); /* j.test is never reached */
    world_forget(&w);
    check(&w, "192.0.2.1", "u@b.test");
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 3); /* b.test is known to pass: no i.test */
    world_free(&w);
}

static void spf_check_does_not_hint_exists_ptr_and_secret_macros(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "a.test TXT \"v=spf1 a:h.test exists:e.test ptr a:%{l}.l.test "
                   "include:%{p}.p.test a:%{s}.test -all\"\nh.test A 192.0.2.1");
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 2);
    world_free(&w);
}

static void spf_check_needs_no_more_than_ten_terms_of_hints(void **state)
{
    char zone[4096];
    size_t n = (size_t)snprintf(zone, sizeof zone, "a.test TXT \"v=spf1");
    struct world w;

    (void)state;
    for (unsigned i = 0; i < 25; i++)
        n += (size_t)snprintf(zone + n, sizeof zone - n, " a:%u.x.z", i);
    snprintf(zone + n, sizeof zone - n, "\"");
    world_init(&w, zone);
    check(&w, "192.0.2.1", "u@a.test");
    assert_int_equal(world_questions(&w), 11);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_check_asks_for_all_terms_at_once),
        cmocka_unit_test(spf_check_hints_stop_where_a_term_decides),
        cmocka_unit_test(spf_check_does_not_hint_exists_ptr_and_secret_macros),
        cmocka_unit_test(spf_check_needs_no_more_than_ten_terms_of_hints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
