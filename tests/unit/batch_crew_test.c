/* SPDX-License-Identifier: MIT */
/*
 * batch_crew_test.c - many audits at once come to what each comes to alone, whatever
 * the order of answers, the loss of packets and the load; one that is silent holds up
 * nobody.
 */
#include "base/buf.h"
#include "batch/crew.h"
#include "batch/pace.h"
#include "report/report.h"
#include "unit/batch_sim.h"

enum {
    DOMAINS = 40,
    ZONE_MAX = 64 * 1024,
    SECOND = 1000000
};

/* One world, and an audit of each of its domains. */
struct fleet {
    char zone[ZONE_MAX];
    char domain[DOMAINS][32], ip[DOMAINS][32];
    struct play play[DOMAINS];
    struct sim sim;
};

static struct fleet fleet;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void add(const char *format, ...)
{
    size_t n = strlen(fleet.zone);
    va_list args;

    va_start(args, format);
    vsnprintf(fleet.zone + n, sizeof fleet.zone - n, format, args);
    va_end(args);
    assert_true(strlen(fleet.zone) < sizeof fleet.zone - 1);
}

/* What many share: providers that include each other, behind aliases, or broken. */
static void add_providers(void)
{
    add("_spf.p0.test. TXT \"v=spf1 include:a.p0.test include:b.p0.test ~all\"\n"
        "a.p0.test. TXT \"v=spf1 ip4:192.0.2.0/28 ip4:198.51.100.0/25 ~all\"\n"
        "b.p0.test. TXT \"v=spf1 ip4:203.0.113.0/28 include:c.p0.test ~all\"\n"
        "c.p0.test. TXT \"v=spf1 mx:p0.test a:gone.p0.test ~all\"\n"
        "p0.test. MX 10 mx1.p0.test.\np0.test. MX 20 mx2.p0.test.\n"
        "mx1.p0.test. A 192.0.2.77\nmx2.p0.test. A 192.0.2.78\n"
        "_spf.p1.test. CNAME real.p1.test.\n"
        "real.p1.test. TXT \"v=spf1 ip4:192.0.2.64/27 redirect=more.p1.test\"\n"
        "more.p1.test. TXT \"v=spf1 exists:%%{i}.ok.p1.test -all\"\n"
        "_spf.p2.test. TXT \"v=spf1 include:_spf.p2.test a:x..y -all\"\n"
        "_spf.p3.test. TXT \"v=spf1 include:nowhere.p3.test ~all\"\n"
        "s1.keys.p0.test. TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/"
        "7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n");
}

static void add_domain(unsigned i, uint64_t *chance)
{
    static const char *const policy[] = { "reject", "none", "quarantine", "oops" };
    uint64_t lot = play_next(chance);

    snprintf(fleet.domain[i], sizeof fleet.domain[i], "%sd%u.example",
             lot % 7 == 0 ? "mail." : "", i);
    snprintf(fleet.ip[i], sizeof fleet.ip[i], "192.0.2.%u", (unsigned)(lot >> 8 & 127));
    if (lot % 11 != 0)
        add("%s. TXT \"v=spf1 include:_spf.p%u.test %s %s\"\n", fleet.domain[i],
            (unsigned)(lot >> 16 & 3), lot >> 20 & 1 ? "include:_spf.p0.test" : "a mx",
            lot >> 21 & 1 ? "-all" : "~all");
    if (lot >> 22 & 3)
        add("_dmarc.d%u.example. TXT \"v=DMARC1; p=%s\"\n", i, policy[lot >> 24 & 3]);
    if (lot >> 26 & 1)
        add("s1._domainkey.%s. CNAME s1.keys.p0.test.\n", fleet.domain[i]);
}

/* silent: this domain's records are never answered for; DOMAINS: none is. */
static void fleet_begin(uint64_t chance, unsigned silent)
{
    static char fault[64];

    fleet.zone[0] = '\0';
    add_providers();
    for (unsigned i = 0; i < DOMAINS; i++)
        add_domain(i, &chance);
    if (silent < DOMAINS)
        snprintf(fault, sizeof fault, "%s TXT timeout", fleet.domain[silent]);
    for (unsigned i = 0; i < DOMAINS; i++) {
        struct play_row row = { .zone = fleet.zone,
                                .fault = silent < DOMAINS ? fault : NULL,
                                .domain = fleet.domain[i],
                                .ip = fleet.ip[i],
                                .selector = "s1" };

        play_init(&fleet.play[i], &row);
        fleet.play[i].options.check_reports = false;
    }
    fleet.sim = (struct sim){ .base = { &sim_ops },
                              .world = &fleet.play[0].world,
                              .chance = chance,
                              .servers = 1 };
}

static void fleet_end(void)
{
    for (unsigned i = 0; i < DOMAINS; i++)
        play_free(&fleet.play[i]);
}

static char *json_of(struct audit *a)
{
    static const struct report_options options = { .verbose = 0 };
    struct buf text;

    audit_set_wall(a, 0, 0);
    buf_init(&text, 1 << 24);
    report_json(&text, audit_result(a), &options);
    assert_int_equal(text.status, AC_OK);
    return text.p;
}

/* The audit alone is the one to compare with. */
static void expect_as_alone(unsigned i, struct audit *a, const char *why)
{
    char *alone = play_json(&fleet.play[i], 0), *got = json_of(a);

    if (strcmp(alone, got) != 0)
        fail_msg("%s, %s:\nalone: %s\ncrew: %s\nzone:\n%s", fleet.domain[i], why, alone,
                 got, fleet.zone);
    free(alone);
    free(got);
}

/* Lost packets may leave a leg open on which the verdict does not hang. They change no
 * verdict, and nothing is missing that is there. */
static void expect_agreement(unsigned i, const struct audit *a, const char *why)
{
    struct audit *alone = play_run(&fleet.play[i], 0);
    const struct audit_result *x = audit_result(alone), *y = audit_result(a);
    enum spf_result spf = y->spf[0].check.result;
    enum dkim_status key = y->dkim[0].key.status;
    enum dmarc_found policy = y->dmarc[0].policy.found;

    if (x->verdict != y->verdict ||
        (spf != x->spf[0].check.result && spf != SPF_TEMPERROR) ||
        (key != x->dkim[0].key.status && key != DKIM_TEMPERROR) ||
        (policy != x->dmarc[0].policy.found && policy != DMARC_TEMPERROR))
        fail_msg("%s, %s: verdict %d, alone %d; SPF %d, alone %d; zone:\n%s",
                 fleet.domain[i], why, y->verdict, x->verdict, spf,
                 x->spf[0].check.result, fleet.zone);
    audit_free(alone);
}

struct course {
    struct crew_options options;
    unsigned loads;
    int64_t wall_us, first_us[DOMAINS]; /* how long each took */
    enum verdict verdict[DOMAINS];
    struct crew_stats stats;
    const char *same;   /* compare every report with the one alone; or NULL */
    const char *agrees; /* compare what verdicts stand on; or NULL */
};

/* All audits through a crew; in an order by chance. */
static void run(struct course *c)
{
    struct crew *crew = crew_new_over(&c->options, &fleet.sim.base, fleet.sim.servers);
    int64_t begun_us = sim_now_us, took_us[DOMAINS] = { 0 };
    unsigned next = 0, open = 0;

    assert_non_null(crew);
    while (next < DOMAINS || open) {
        struct crew_done done;
        enum ac_status status;

        while (next < DOMAINS && crew_has_room(crew)) {
            struct audit_options options = fleet.play[next].options;
            struct audit *a;

            options.pool = crew_pool(crew);
            assert_int_equal(audit_new(&options, &a), AC_OK);
            took_us[next] = sim_now_us;
            assert_int_equal(crew_take(crew, a, &fleet.play[next]), AC_OK);
            next++;
            open++;
        }
        status = crew_wait(crew, sim_now_us + SECOND, &done);
        if (status == AC_PENDING)
            continue;
        assert_int_equal(status, AC_OK);
        assert_int_equal(done.status, AC_OK);
        {
            unsigned i = (unsigned)((struct play *)done.ticket - fleet.play);

            c->first_us[i] = sim_now_us - took_us[i];
            c->verdict[i] = audit_result(done.audit)->verdict;
            c->loads += done.load;
            if (c->agrees)
                expect_agreement(i, done.audit, c->agrees);
            if (c->same)
                expect_as_alone(i, done.audit, c->same);
        }
        audit_free(done.audit);
        open--;
    }
    c->wall_us = sim_now_us - begun_us;
    crew_stats(crew, &c->stats);
    crew_free(crew);
}

static const struct crew_options usual = {
    .drive = { .tries = 3, .timeout_us = SIM_TIMEOUT_US, .deadline_us = 20000000 },
};

static void crew_reports_are_those_of_single_audits(void **state)
{
    (void)state;
    for (uint64_t chance = 1; chance <= 12; chance++) {
        struct course c = { .options = usual, .same = "in any order" };

        c.options.in_flight = (unsigned)(chance % 3 ? 7 * chance : 1);
        fleet_begin(chance, DOMAINS);
        run(&c);
        assert_int_equal(c.loads, 0);
        assert_true(c.stats.shared > c.stats.questions / 4);
        assert_int_equal(c.stats.packets, fleet.sim.asked);
        fleet_end();
    }
}

static void crew_lost_and_late_packets_change_nothing(void **state)
{
    (void)state;
    for (uint64_t chance = 1; chance <= 6; chance++) {
        struct course c = { .options = usual, .agrees = "5 % lost, 1 % late" };

        fleet_begin(chance, DOMAINS);
        fleet.sim.drop = 50;
        fleet.sim.delay = 10;
        run(&c);
        if (c.stats.unanswered > c.stats.questions / 50)
            fail_msg("%u unanswered of %u", (unsigned)c.stats.unanswered,
                     (unsigned)c.stats.questions);
        fleet_end();
    }
}

static void crew_server_that_bears_little_is_asked_less(void **state)
{
    static const enum dns_outcome beyond[] = { DNS_TIMEOUT, DNS_SERVFAIL };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct course c = { .options = usual };
        unsigned unknown = 0;

        fleet_begin(5, DOMAINS);
        fleet.sim.bears = 20;
        fleet.sim.beyond = beyond[i];
        run(&c);
        for (unsigned k = 0; k < DOMAINS; k++)
            unknown += c.verdict[k] == VERDICT_UNKNOWN;
        assert_true(unknown <= c.loads); /* said to be load, where it is */
        assert_in_range(c.stats.window, PACE_WINDOW_MIN, 64);
        fleet_end();
    }
}

static void crew_silent_domain_ends_at_its_own_deadline_alone(void **state)
{
    struct course c = { .options = usual };

    (void)state;
    fleet_begin(3, 4);
    c.options.drive.tries = 20;
    c.options.drive.deadline_us = 7 * SECOND;
    run(&c);
    assert_int_equal(c.verdict[4], VERDICT_UNKNOWN);
    assert_in_range(c.first_us[4], 7 * SECOND, 7 * SECOND + 30000);
    for (unsigned i = 0; i < DOMAINS; i++)
        if (i != 4)
            assert_in_range(c.first_us[i], 0, SECOND);
    assert_int_equal(c.loads, 0); /* its own silence, and nobody's load */
    assert_true(c.stats.unanswered > 0);
    assert_int_equal(c.stats.unanswered_load, 0);
    fleet_end();
}

/* What one audit has found out about the servers is known to all. */
static void crew_first_server_down_costs_one_time_out_in_all(void **state)
{
    struct course c = { .options = usual, .same = "the first server is down" };

    (void)state;
    fleet_begin(9, DOMAINS);
    fleet.sim.servers = 2;
    fleet.sim.down = 1;
    c.options.in_flight = 5;
    run(&c);
    assert_in_range(c.wall_us, SIM_TIMEOUT_US, 2 * SIM_TIMEOUT_US);
    fleet_end();
}

static void crew_all_servers_down_ends_too(void **state)
{
    struct course c = { .options = usual };

    (void)state;
    fleet_begin(2, DOMAINS);
    fleet.sim.down = 1;
    run(&c);
    for (unsigned i = 0; i < DOMAINS; i++)
        assert_int_equal(c.verdict[i], VERDICT_UNKNOWN);
    assert_int_equal(c.loads, 0); /* dead, not under load */
    assert_in_range(c.wall_us, SIM_TIMEOUT_US, 10 * 20 * (int64_t)SECOND);
    fleet_end();
}

static void crew_without_a_network_audits_what_is_there(void **state)
{
    char error[NET_ERROR_MAX];
    struct crew *crew = crew_new(&usual, true, error);
    struct crew_done done;
    struct crew_stats stats;
    struct audit *a;
    int ticket;

    (void)state;
    assert_non_null(crew);
    fleet_begin(2, DOMAINS);
    fleet.play[0].options.offline = true;
    assert_int_equal(crew_wait(crew, sim_now_us + SECOND, &done), AC_PENDING);
    assert_int_equal(audit_new(&fleet.play[0].options, &a), AC_OK);
    assert_int_equal(crew_take(crew, a, &ticket), AC_OK);
    assert_int_equal(crew_wait(crew, sim_now_us + SECOND, &done), AC_OK);
    assert_ptr_equal(done.ticket, &ticket);
    assert_int_equal(audit_result(done.audit)->spf[0].check.result, SPF_NONE);
    crew_stats(crew, &stats);
    assert_int_equal(stats.questions, 0);
    audit_free(a);
    crew_free(crew);
    fleet_end();
}

static void crew_that_is_freed_leaves_its_audits_to_the_caller(void **state)
{
    struct crew *crew;
    struct audit *a[3];

    (void)state;
    fleet_begin(2, DOMAINS);
    crew = crew_new_over(&usual, &fleet.sim.base, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(audit_new(&fleet.play[i].options, &a[i]), AC_OK);
        assert_int_equal(crew_take(crew, a[i], NULL), AC_OK);
    }
    crew_free(crew);
    for (int i = 0; i < 3; i++)
        audit_free(a[i]);
    fleet_end();
}

static void crew_has_no_more_room_than_it_was_given(void **state)
{
    struct crew_options options = usual;
    struct crew *crew;
    struct audit *a[3];

    (void)state;
    options.in_flight = 2;
    fleet_begin(2, DOMAINS);
    crew = crew_new_over(&options, &fleet.sim.base, 1);
    for (int i = 0; i < 3; i++) {
        assert_true(crew_has_room(crew) == (i < 2));
        assert_int_equal(audit_new(&fleet.play[i].options, &a[i]), AC_OK);
        assert_int_equal(crew_take(crew, a[i], NULL), i < 2 ? AC_OK : AC_ELIMIT);
    }
    crew_free(crew);
    for (int i = 0; i < 3; i++)
        audit_free(a[i]);
    fleet_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crew_reports_are_those_of_single_audits),
        cmocka_unit_test(crew_lost_and_late_packets_change_nothing),
        cmocka_unit_test(crew_server_that_bears_little_is_asked_less),
        cmocka_unit_test(crew_silent_domain_ends_at_its_own_deadline_alone),
        cmocka_unit_test(crew_first_server_down_costs_one_time_out_in_all),
        cmocka_unit_test(crew_all_servers_down_ends_too),
        cmocka_unit_test(crew_without_a_network_audits_what_is_there),
        cmocka_unit_test(crew_that_is_freed_leaves_its_audits_to_the_caller),
        cmocka_unit_test(crew_has_no_more_room_than_it_was_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
