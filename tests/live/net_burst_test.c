/* SPDX-License-Identifier: MIT */
/*
 * net_burst_test.c - many questions at once: none is lost, and no forger learns from
 * them what the next looks like. RFC 5452.
 */
#include "base/clock.h"
#include "support/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int id_cmp(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* What a forger would like to know: RFC 5452, 4.3. */
static void expect_ids_random(size_t many, bool unique)
{
    uint16_t *ids = calloc(many, sizeof *ids);
    struct dnsd_query q;
    size_t steps = 0;

    assert_non_null(ids);
    for (size_t i = 0; i < many; i++) {
        assert_true(dnsd_query(live_server, i, &q));
        ids[i] = q.id;
        steps += i && (uint16_t)(q.id - ids[i - 1] + 2) <= 4;
    }
    assert_true(steps < many / 20);
    qsort(ids, many, sizeof *ids, id_cmp);
    for (size_t i = 1; unique && i < many; i++)
        assert_true(ids[i] != ids[i - 1]);
    free(ids);
}

static size_t ports_used(size_t many)
{
    uint16_t first = 0;
    struct dnsd_query q;

    for (size_t i = 0; i < many; i++) {
        assert_true(dnsd_query(live_server, i, &q));
        if (first && q.port != first)
            return 2;
        first = q.port;
    }
    return 1;
}

static void many_lose_nothing(size_t many, unsigned in_flight)
{
    struct dns_name *names = calloc(many, sizeof *names);
    struct dns_event *events = calloc(many, sizeof *events);

    assert_non_null(names);
    assert_non_null(events);
    for (size_t i = 0; i < many; i++) {
        char text[64];

        snprintf(text, sizeof text, "n%zu.test", i);
        names[i] = live_name(text);
        dnsd_record(live_server, text, DNS_T_A, 60,
                    span_make((uint8_t[]){ 10, 0, (uint8_t)(i >> 8), (uint8_t)i }, 4));
    }
    live_open(PATIENT_MS, in_flight);
    for (size_t i = 0; i < many; i++)
        live_ask(&names[i], DNS_T_A, 0, &names[i]);
    live_wait(many, events);
    for (size_t i = 0; i < many; i++) {
        size_t k = (size_t)((struct dns_name *)events[i].ticket - names);
        const uint8_t wanted[] = { 10, 0, (uint8_t)(k >> 8), (uint8_t)k };

        live_expect(events[i].answer, DNS_ANSWER, "nothing is lost");
        assert_memory_equal(events[i].answer->rr[0].rdata.p, wanted, 4);
    }
    assert_int_equal(dnsd_asked(live_server, NULL, 0), many);
    free(names);
    free(events);
}

static void three_hundred_at_once_lose_nothing(void **state)
{
    (void)state;
    many_lose_nothing(300, 0);
    expect_ids_random(300, false);
    assert_int_equal(ports_used(300), 1);
}

static void ids_of_open_questions_are_unique(void **state)
{
    enum {
        MANY = 100
    };
    struct dns_name name = live_name("void.test");
    struct dns_event event;
    size_t n;

    (void)state;
    dnsd_rule(live_server, &(struct dnsd_rule){ .tricks = DNSD_SILENT });
    live_open(PATIENT_MS, MANY);
    for (unsigned i = 0; i < MANY; i++)
        live_ask(&name, DNS_T_A, 0, &name);
    while (dnsd_asked(live_server, NULL, 0) < MANY)
        assert_int_equal(live_source->ops->wait(live_source, clock_us() + 1000,
                                                &live_arena, &event, 1, &n),
                         AC_OK);
    expect_ids_random(MANY, true);
}

/* More than one socket bears at a time: they are spread over several. */
static void two_thousand_on_two_channels_lose_nothing(void **state)
{
    (void)state;
    many_lose_nothing(2000, 150);
    expect_ids_random(2000, false);
    assert_int_equal(ports_used(2000), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, live_set_up, live_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(three_hundred_at_once_lose_nothing),
        TEST(ids_of_open_questions_are_unique),
        TEST(two_thousand_on_two_channels_lose_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
