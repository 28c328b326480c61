/* SPDX-License-Identifier: MIT */
/*
 * audit_child_test.c - another audit over the same answers, with and without proposed
 * records.
 */
#include "audit/child.h"
#include "dns/zone.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char world_text[] = "a.test TXT \"v=spf1 include:b.test -all\"\n"
                                 "b.test TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                                 "_dmarc.a.test TXT \"v=DMARC1; p=reject\"\n";

static struct audit *make_child(const struct dns_overlay *overlay, const struct ip *ip)
{
    static const struct receiver *generic;
    struct audit_options options = {
        .domain = world_name("a.test"),
        .ip = ip,
        .n_ips = 1,
        .receiver = &generic,
        .n_receivers = 1,
        .overlay = overlay,
        .limits = ac_default_limits,
    };
    struct audit *a = NULL;

    generic = receiver_find(SPAN("generic"));
    assert_int_equal(audit_new(&options, &a), AC_OK);
    return a;
}

static enum ac_status run(struct ac_env *env, void *context)
{
    return audit_child_run(env, context);
}

/* What the overlay proposes turns the verdict; without it the same answers refuse. */
static void audit_child_sees_the_same_answers_under_another_overlay(void **state)
{
    static const struct {
        const char *proposed;
        enum verdict verdict;
    } rows[] = {
        { "", VERDICT_REJECT },
        { "a.test. TXT \"v=spf1 ip4:192.0.2.9 -all\"", VERDICT_ACCEPT },
        { "b.test. TXT \"v=spf1 ip4:192.0.2.9 -all\"", VERDICT_ACCEPT },
        { "_dmarc.a.test. TXT \"v=DMARC1; p=quarantine\"", VERDICT_SPAM },
        { "_dmarc.a.test. TXT \"v=DMARC1; p=none\"", VERDICT_ACCEPT },
    };
    struct ip ip;
    struct world w;

    (void)state;
    assert_true(ip_parse(SPAN("192.0.2.9"), &ip));
    world_init(&w, world_text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dns_overlay *o = dns_overlay_new(1);
        char error[DNS_ZONE_ERROR_MAX];
        struct audit *child;

        assert_int_equal(dns_zone_read(o, "f", span_of(rows[i].proposed), error),
                         AC_OK);
        child = make_child(o, &ip);
        assert_int_equal(world_run(&w, run, child), AC_OK);
        if (audit_result(child)->verdict != rows[i].verdict)
            fail_msg("%s: %s, expected %s", rows[i].proposed,
                     verdict_print(audit_result(child)->verdict),
                     verdict_print(rows[i].verdict));
        audit_free(child);
        dns_overlay_free(o);
    }
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_child_sees_the_same_answers_under_another_overlay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
