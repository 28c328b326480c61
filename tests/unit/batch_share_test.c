/* SPDX-License-Identifier: MIT */
/*
 * batch_share_test.c - what is asked once for several audits, how long an answer is
 * kept (RFC 2308), and what is thrown out when there is too much of it.
 */
#include "batch/share.h"
#include "unit/batch_sim.h"

enum {
    SECOND = 1000000
};

struct seats {
    struct sim sim;
    struct share *share;
    struct arena arena[3];
    struct share_seat seat[3];
};

static void begin(struct seats *f, enum dns_outcome outcome, uint32_t ttl, size_t bytes)
{
    struct share_options options = {
        .source = &f->sim.base, .servers = 2, .window = 800, .bytes = bytes, .seed = 7
    };

    *f = (struct seats){ .sim = { .base = { &sim_ops },
                                  .servers = 2,
                                  .plain = { .outcome = outcome, .ttl = ttl } } };
    options.source = &f->sim.base;
    f->share = share_new(&options);
    assert_non_null(f->share);
    for (int i = 0; i < 3; i++) {
        arena_init(&f->arena[i], 1 << 26);
        share_sit(f->share, &f->seat[i], &f->arena[i], &f->seat[i]);
    }
}

static void end(struct seats *f)
{
    for (int i = 0; i < 3; i++) {
        share_leave(&f->seat[i]);
        arena_free(&f->arena[i]);
    }
    share_free(f->share);
}

static void ask(struct seats *f, int seat, const struct dns_name *name,
                unsigned attempt)
{
    struct dns_try t = { name, DNS_T_TXT, attempt, (void *)(uintptr_t)name };

    assert_int_equal(f->seat[seat].base.ops->ask(&f->seat[seat].base, &t), AC_OK);
}

/* The next answer of a seat, waited for at most a minute; NULL: none came. */
static const struct dns_answer *take(struct seats *f, int seat)
{
    struct dns_event event;
    int64_t end_us = sim_now_us + 60 * SECOND;

    while (!share_take(&f->seat[seat], &event)) {
        if (sim_now_us >= end_us)
            return NULL;
        assert_int_equal(share_wait(f->share, sim_now_us + 10000), AC_OK);
        while (share_news(f->share))
            ;
    }
    assert_non_null(event.ticket);
    return event.answer;
}

static void share_same_question_under_way_is_asked_once(void **state)
{
    struct dns_name name = world_name("_spf.mailer.test");
    const struct dns_answer *a[3];
    struct share_counts counts;
    struct seats f;

    (void)state;
    begin(&f, DNS_ANSWER, 300, 1 << 20);
    for (int i = 0; i < 3; i++)
        ask(&f, i, &name, 0);
    assert_int_equal(f.sim.asked, 1);
    for (int i = 0; i < 3; i++) {
        a[i] = take(&f, i);
        assert_non_null(a[i]);
        assert_int_equal(a[i]->n, 1);
        assert_memory_equal(a[i]->rr[0].rdata.p, "\4text", 5);
    }
    /* Each has it in its own arena. */
    assert_true(a[0] != a[1] && a[1] != a[2] && a[0]->rr != a[1]->rr);
    share_counts(f.share, &counts);
    assert_int_equal(counts.asked, 3);
    assert_int_equal(counts.shared, 2);
    assert_int_equal(counts.packets, 1);
    end(&f);
}

static void share_another_server_is_asked_by_itself(void **state)
{
    struct dns_name name = world_name("a.test");
    struct seats f;

    (void)state;
    begin(&f, DNS_ANSWER, 300, 1 << 20);
    ask(&f, 0, &name, 0);
    ask(&f, 1, &name, 1);
    ask(&f, 2, &name, 3);
    assert_int_equal(f.sim.asked, 2);
    for (int i = 0; i < 3; i++)
        assert_non_null(take(&f, i));
    end(&f);
}

/* How many packets a question costs when it is asked again after some seconds. */
struct life {
    const char *why;
    enum dns_outcome outcome;
    uint32_t ttl;
    int64_t after_s;
    unsigned attempt; /* of the second time */
    size_t packets;
};

static const struct life lives[] = {
    { "an answer lives for its TTL", DNS_ANSWER, 60, 58, 0, 1 },
    { "and no longer", DNS_ANSWER, 60, 61, 0, 2 },
    { "whichever server is asked", DNS_ANSWER, 60, 30, 1, 1 },
    { "a TTL of 0 is for those who wait: RFC 1035, 3.2.1", DNS_ANSWER, 0, 0, 0, 2 },
    { "a day at most", DNS_ANSWER, 2000000, 86399, 0, 1 },
    { "a day at most", DNS_ANSWER, 2000000, 86401, 0, 2 },
    { "NXDOMAIN lives as its SOA says: RFC 2308, 5", DNS_NXDOMAIN, 100, 98, 0, 1 },
    { "NXDOMAIN lives as its SOA says: RFC 2308, 5", DNS_NXDOMAIN, 100, 101, 0, 2 },
    { "NODATA too", DNS_NODATA, 100, 98, 0, 1 },
    { "without an SOA not at all: RFC 2308, 5", DNS_NXDOMAIN, 0, 0, 0, 2 },
    { "a no an hour at most", DNS_NODATA, 90000, 3601, 0, 2 },
    { "SERVFAIL a moment: RFC 2308, 7.1", DNS_SERVFAIL, 0, 4, 0, 1 },
    { "SERVFAIL a moment: RFC 2308, 7.1", DNS_SERVFAIL, 0, 6, 0, 2 },
    { "and of that server alone: RFC 2308, 7.1", DNS_SERVFAIL, 0, 1, 1, 2 },
    { "REFUSED is not kept", DNS_REFUSED, 300, 0, 0, 2 },
    { "silence is not kept", DNS_TIMEOUT, 300, 0, 0, 2 },
    { "nor is what nobody can read", DNS_MALFORMED, 300, 0, 0, 2 },
};

static void share_answers_are_kept_as_long_as_rfc_2308_has_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        const struct life *row = &lives[i];
        struct dns_name name = world_name("a.test");
        const struct dns_answer *first, *second;
        struct seats f;

        begin(&f, row->outcome, row->ttl, 1 << 20);
        ask(&f, 0, &name, 0);
        first = take(&f, 0);
        sim_now_us += row->after_s * SECOND;
        ask(&f, 1, &name, row->attempt);
        second = take(&f, 1);
        if (f.sim.asked != row->packets)
            fail_msg("%s: %zu packets, expected %zu", row->why, f.sim.asked,
                     row->packets);
        assert_int_equal(first->outcome, row->outcome);
        assert_int_equal(second->outcome, row->outcome);
        end(&f);
    }
}

static void share_memory_is_bounded_and_what_is_used_stays(void **state)
{
    enum {
        BYTES = 64 * 1024,
        MANY = 20000
    };
    struct dns_name often = world_name("_spf.mailer.test");
    struct share_counts counts;
    struct seats f;

    (void)state;
    begin(&f, DNS_ANSWER, 3600, BYTES);
    ask(&f, 0, &often, 0);
    assert_non_null(take(&f, 0));
    for (int i = 0; i < MANY; i++) {
        char text[40];
        struct dns_name name;

        snprintf(text, sizeof text, "d%d.test", i);
        name = world_name(text);
        ask(&f, 0, &name, 0);
        assert_non_null(take(&f, 0));
        if (i % 10 == 0) {
            ask(&f, 1, &often, 0);
            assert_non_null(take(&f, 1));
        }
        share_counts(f.share, &counts);
        assert_true(counts.bytes <= BYTES);
        arena_reset(&f.arena[0]);
    }
    assert_int_equal(f.sim.asked, MANY + 1); /* `often` once */
    assert_true(counts.bytes > BYTES / 2);
    end(&f);
}

static void share_at_hand_is_what_is_kept_and_answered(void **state)
{
    struct dns_name name = world_name("a.test");
    const struct dns_at_hand *hand;
    struct seats f;

    (void)state;
    begin(&f, DNS_NXDOMAIN, 60, 1 << 20);
    hand = share_at_hand(f.share);
    assert_null(hand->look(hand->context, &name, DNS_T_TXT, &f.arena[1]));
    ask(&f, 0, &name, 0);
    assert_null(hand->look(hand->context, &name, DNS_T_TXT, &f.arena[1]));
    assert_non_null(take(&f, 0));
    assert_int_equal(hand->look(hand->context, &name, DNS_T_TXT, &f.arena[1])->outcome,
                     DNS_NXDOMAIN);
    assert_null(hand->look(hand->context, &name, DNS_T_MX, &f.arena[1]));
    sim_now_us += 61 * SECOND;
    assert_null(hand->look(hand->context, &name, DNS_T_TXT, &f.arena[1]));
    end(&f);
    begin(&f, DNS_SERVFAIL, 0, 1 << 20);
    hand = share_at_hand(f.share);
    ask(&f, 0, &name, 0);
    assert_non_null(take(&f, 0));
    assert_null(hand->look(hand->context, &name, DNS_T_TXT, &f.arena[1]));
    end(&f);
}

static void share_seat_without_room_fails_alone(void **state)
{
    struct dns_name name = world_name("a.test");
    struct seats f;

    (void)state;
    begin(&f, DNS_ANSWER, 60, 1 << 20);
    f.arena[0].cap = 1;
    ask(&f, 0, &name, 0);
    ask(&f, 1, &name, 0);
    assert_non_null(take(&f, 1));
    assert_null(take(&f, 0)); /* there is an event, and no answer in it */
    ask(&f, 0, &name, 0);     /* nor in one of what is kept */
    assert_null(take(&f, 0));
    end(&f);
}

static void share_failure_does_not_oust_what_another_server_answered(void **state)
{
    struct dns_name name = world_name("a.test");
    struct seats f;

    (void)state;
    begin(&f, DNS_ANSWER, 60, 1 << 20);
    ask(&f, 0, &name, 0);
    ask(&f, 1, &name, 1);
    f.sim.open[0].due_us = sim_now_us + 1000;
    f.sim.open[1].due_us = sim_now_us + 2 * SECOND;
    f.sim.open[1].lost = DNS_SERVFAIL;
    assert_int_equal(take(&f, 0)->outcome, DNS_ANSWER);
    assert_int_equal(take(&f, 1)->outcome, DNS_SERVFAIL);
    ask(&f, 2, &name, 1);
    assert_int_equal(take(&f, 2)->outcome, DNS_ANSWER);
    assert_int_equal(f.sim.asked, 2);
    end(&f);
}

static void share_who_leaves_hears_nothing_more_and_others_do(void **state)
{
    struct dns_name name = world_name("a.test");
    struct seats f;

    (void)state;
    begin(&f, DNS_ANSWER, 60, 1 << 20);
    ask(&f, 0, &name, 0);
    ask(&f, 1, &name, 0);
    f.seat[0].base.ops->cancel(&f.seat[0].base);
    assert_non_null(take(&f, 1));
    assert_null(take(&f, 0));
    ask(&f, 0, &name, 0); /* kept: ready at once, and dropped with its seat */
    share_leave(&f.seat[0]);
    assert_null(take(&f, 0));
    end(&f);
}

/* More questions than may be under way: they wait, and are dropped with who asked. */
static void share_questions_beyond_the_window_wait(void **state)
{
    static struct dns_name name[300];
    struct seats f;

    (void)state;
    begin(&f, DNS_ANSWER, 60, 1 << 20);
    for (int i = 0; i < 300; i++) {
        char text[40];

        snprintf(text, sizeof text, "d%d.test", i);
        name[i] = world_name(text);
        ask(&f, i < 200 ? 0 : 1, &name[i], 0);
    }
    assert_int_equal(f.sim.asked, PACE_WINDOW_FIRST);
    assert_true(share_crowded(f.share));
    f.seat[1].base.ops->cancel(&f.seat[1].base);
    assert_true(f.seat[1].load); /* never sent */
    for (int i = 0; i < 200; i++)
        assert_non_null(take(&f, 0));
    assert_int_equal(f.sim.asked, 200);
    assert_false(share_crowded(f.share));
    assert_false(f.seat[0].load);
    end(&f);
}

/* A resolver that answers SERVFAIL to what is too much: the answers come in the end. */
static void share_what_is_refused_under_load_is_asked_again_later(void **state)
{
    static struct dns_name name[2000];
    struct share_counts counts;
    struct seats f;
    unsigned failed = 0;

    (void)state;
    begin(&f, DNS_ANSWER, 60, 1 << 20);
    f.sim.bears = 100;
    f.sim.beyond = DNS_SERVFAIL;
    for (int i = 0; i < 2000; i++) {
        char text[40];

        snprintf(text, sizeof text, "d%d.test", i);
        name[i] = world_name(text);
        ask(&f, 0, &name[i], 0);
    }
    for (int i = 0; i < 2000; i++)
        failed += take(&f, 0)->outcome != DNS_ANSWER;
    share_counts(f.share, &counts);
    assert_in_range(counts.window, PACE_WINDOW_MIN, 300);
    assert_true(failed < 200); /* the first of them, before load was known */
    end(&f);
}

static void share_rate_is_kept_for_each_server(void **state)
{
    static struct dns_name name[100];
    struct share_options options = {
        .servers = 2, .window = 800, .qps = 10, .bytes = 1 << 20, .seed = 7
    };
    struct seats f;
    int64_t begun;

    (void)state;
    begin(&f, DNS_ANSWER, 60, 1 << 20);
    share_free(f.share);
    options.source = &f.sim.base;
    f.share = share_new(&options);
    for (int i = 0; i < 3; i++)
        share_sit(f.share, &f.seat[i], &f.arena[i], &f.seat[i]);
    begun = sim_now_us;
    for (unsigned i = 0; i < 100; i++) {
        char text[40];

        snprintf(text, sizeof text, "d%u.test", i);
        name[i] = world_name(text);
        ask(&f, 0, &name[i], i);
    }
    for (int i = 0; i < 100; i++)
        assert_non_null(take(&f, 0));
    assert_in_range(sim_now_us - begun, 4800000, 5200000); /* 50 of each at 10/s */
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share_same_question_under_way_is_asked_once),
        cmocka_unit_test(share_another_server_is_asked_by_itself),
        cmocka_unit_test(share_answers_are_kept_as_long_as_rfc_2308_has_it),
        cmocka_unit_test(share_memory_is_bounded_and_what_is_used_stays),
        cmocka_unit_test(share_at_hand_is_what_is_kept_and_answered),
        cmocka_unit_test(share_seat_without_room_fails_alone),
        cmocka_unit_test(share_failure_does_not_oust_what_another_server_answered),
        cmocka_unit_test(share_who_leaves_hears_nothing_more_and_others_do),
        cmocka_unit_test(share_questions_beyond_the_window_wait),
        cmocka_unit_test(share_what_is_refused_under_load_is_asked_again_later),
        cmocka_unit_test(share_rate_is_kept_for_each_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
