/* SPDX-License-Identifier: MIT */
/*
 * batch_crew_test.c - a crew over real sockets and a server that drops one question in
 * twenty and answers one in a hundred too late: every audit comes to what it comes to
 * without faults, and questions that several have are asked once.
 */
#include "base/clock.h"
#include "batch/crew.h"
#include "support/live.h"
#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    DOMAINS = 60,
    ZONE_MAX = 32 * 1024
};

static char zone[ZONE_MAX];
static char domain[DOMAINS][32];
static struct play play[DOMAINS];

static void make_world(void)
{
    size_t n = (size_t)snprintf(
        zone, sizeof zone,
        "_spf.mailer.test. 300 IN TXT \"v=spf1 include:more.mailer.test ~all\"\n"
        "more.mailer.test. 300 IN TXT \"v=spf1 ip4:192.0.2.0/25 ~all\"\n");

    for (unsigned i = 0; i < DOMAINS; i++) {
        snprintf(domain[i], sizeof domain[i], "d%u.example", i);
        n +=
            (size_t)snprintf(zone + n, sizeof zone - n,
                             "%s. 300 IN TXT \"v=spf1 include:_spf.mailer.test -all\"\n"
                             "_dmarc.%s. 300 IN TXT \"v=DMARC1; p=%s\"\n",
                             domain[i], domain[i], i % 3 ? "reject" : "none");
        assert_true(n < sizeof zone);
    }
    for (unsigned i = 0; i < DOMAINS; i++) {
        struct play_row row = { .zone = zone,
                                .domain = domain[i],
                                .ip = i % 4 ? "192.0.2.1" : "203.0.113.1",
                                .is_unsigned = true };

        play_init(&play[i], &row);
    }
}

/* Once each: the first SPF record of every tenth domain, the policy of others. */
static void spoil(void)
{
    for (unsigned i = 0; i < DOMAINS; i += 10) {
        char policy[64];

        snprintf(policy, sizeof policy, "_dmarc.%s", domain[i + 5]);
        dnsd_rule(live_server, &(struct dnsd_rule){ .name = domain[i],
                                                    .tricks = DNSD_SILENT,
                                                    .times = 1 });
        dnsd_rule(live_server, &(struct dnsd_rule){
                                   .name = policy, .tricks = DNSD_SILENT, .times = 1 });
    }
    dnsd_rule(live_server, &(struct dnsd_rule){ .name = "more.mailer.test",
                                                .tricks = DNSD_SILENT,
                                                .times = 1 });
    dnsd_rule(
        live_server,
        &(struct dnsd_rule){ .name = domain[7], .delay_ms = 2 * SHORT_MS, .times = 1 });
}

static void expect_as_alone(const struct play *p, const struct audit *a)
{
    struct audit *alone = play_run(p, 0);
    const struct audit_result *x = audit_result(alone), *y = audit_result(a);

    if (x->verdict != y->verdict || x->spf[0].check.result != y->spf[0].check.result ||
        x->dmarc[0].policy.found != y->dmarc[0].policy.found)
        fail_msg("%s: verdict %d, without faults %d; SPF %d, without faults %d",
                 y->domain, y->verdict, x->verdict, y->spf[0].check.result,
                 x->spf[0].check.result);
    audit_free(alone);
}

static void run_all(struct crew *crew)
{
    unsigned next = 0, open = 0;

    while (next < DOMAINS || open) {
        struct crew_done done;
        enum ac_status status;
        struct audit *a;

        while (next < DOMAINS && crew_has_room(crew)) {
            assert_int_equal(audit_new(&play[next].options, &a), AC_OK);
            assert_int_equal(crew_take(crew, a, &play[next]), AC_OK);
            next++;
            open++;
        }
        status = crew_wait(crew, clock_us() + 1000000, &done);
        if (status == AC_PENDING)
            continue;
        assert_int_equal(status, AC_OK);
        assert_int_equal(done.status, AC_OK);
        expect_as_alone(done.ticket, done.audit);
        audit_free(done.audit);
        open--;
    }
}

static void crew_verdicts_survive_a_server_that_drops_and_delays(void **state)
{
    const char *server = dnsd_address(live_server);
    const struct crew_options options = {
        .net = { .servers = &server, .n_servers = 1, .timeout_ms = SHORT_MS },
        .drive = { .tries = 10,
                   .timeout_us = SHORT_MS * 1000,
                   .deadline_us = (int64_t)PATIENT_MS * 1000 },
    };
    char error[NET_ERROR_MAX];
    struct crew_stats stats;
    struct crew *crew;

    (void)state;
    make_world();
    dnsd_clear(live_server);
    dnsd_zone(live_server, zone);
    spoil();
    crew = crew_new(&options, false, error);
    assert_non_null(crew);
    run_all(crew);
    crew_stats(crew, &stats);
    assert_int_equal(stats.packets, dnsd_asked(live_server, NULL, 0));
    /* Lost once, and kept from then on. */
    assert_in_range(dnsd_asked(live_server, "more.mailer.test", DNS_T_TXT), 2, 4);
    assert_true(stats.shared > DOMAINS);
    crew_free(crew);
    for (unsigned i = 0; i < DOMAINS; i++)
        play_free(&play[i]);
}

static void crew_says_what_server_is_none(void **state)
{
    const char *server = "ns1.example";
    const struct crew_options options = { .net = { .servers = &server,
                                                   .n_servers = 1 } };
    char error[NET_ERROR_MAX];

    (void)state;
    assert_null(crew_new(&options, false, error));
    assert_non_null(strstr(error, "ns1.example"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, live_set_up, live_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(crew_verdicts_survive_a_server_that_drops_and_delays),
        TEST(crew_says_what_server_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
