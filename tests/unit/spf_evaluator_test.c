/* SPDX-License-Identifier: MIT */
/*
 * spf_evaluator_test.c - what SPF evaluators other than RFC 7208's make of records on
 * which they are known to disagree (4.5, 4.6, 4.6.4, 5.2).
 */
#include "spf/check.h"
#include "spf/evaluator.h"

#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct call {
    struct spf_request request;
    enum spf_evaluator evaluator;
    struct spf_outcome out;
};

static enum ac_status step(struct ac_env *env, void *context)
{
    struct call *call = context;
    const struct spf_evaluator_row *row = spf_evaluator(call->evaluator);
    struct ac_limits limits = *env->limits;
    struct ac_env other = *env;

    limits.spf_lookups = row->lookups;
    limits.spf_voids = row->voids;
    limits.spf_quirks = row->quirks;
    other.limits = &limits;
    return spf_check(&other, &call->request, &call->out);
}

static struct spf_outcome run(struct world *w, enum spf_evaluator evaluator)
{
    struct call call = { .evaluator = evaluator };

    ip_parse(SPAN("192.0.2.1"), &call.request.client);
    world_forget(w);
    assert_int_equal(spf_request_mailfrom(&call.request, SPAN("x@a.test"),
                                          SPAN("h.test"), &w->answers),
                     AC_OK);
    assert_int_equal(world_run(w, step, &call), AC_OK);
    return call.out;
}

#define TEN(term)                                                                \
    term "0.t " term "1.t " term "2.t " term "3.t " term "4.t " term "5.t " term \
         "6.t " term "7.t " term "8.t " term "9.t "

static const char tenfold[] = "0.t. TXT \"v=spf1 ?all\"\n1.t. TXT \"v=spf1 ?all\"\n"
                              "2.t. TXT \"v=spf1 ?all\"\n3.t. TXT \"v=spf1 ?all\"\n"
                              "4.t. TXT \"v=spf1 ?all\"\n5.t. TXT \"v=spf1 ?all\"\n"
                              "6.t. TXT \"v=spf1 ?all\"\n7.t. TXT \"v=spf1 ?all\"\n"
                              "8.t. TXT \"v=spf1 ?all\"\n9.t. TXT \"v=spf1 ?all\"\n"
                              "x.t. TXT \"v=spf1 ?all\"\n";

static void evaluator_results_where_they_part(void **state)
{
    static const struct {
        const char *why, *record;
        /* RFC, libspf2, mail-auth, rspamd, Go spf, Haraka, Courier */
        const char *result[SPF_EVALUATORS_N];
    } row[] = {
        { "nothing odd",
          "ip4:192.0.2.2 -all",
          { "fail", "fail", "fail", "fail", "fail", "fail", "fail" } },
        { "three void look-ups",
          "a:n1.t a:n2.t a:n3.t ~all",
          { "permerror", "softfail", "softfail", "softfail", "permerror", "permerror",
            "permerror" } },
        { "ten look-ups",
          TEN("include:") "-all",
          { "fail", "fail", "fail", "fail", "fail", "permerror", "fail" } },
        { "eleven look-ups",
          TEN("include:") "include:x.t -all",
          { "permerror", "permerror", "permerror", "fail", "permerror", "permerror",
            "fail" } },
        { "an unknown mechanism",
          "ipv4:192.0.2.1 -all",
          { "permerror", "permerror", "permerror", "pass", "permerror", "permerror",
            "fail" } },
        { "an unknown mechanism for another address",
          "ipv4:192.0.2.0/30 foo -all",
          { "permerror", "permerror", "permerror", "pass", "permerror", "permerror",
            "fail" } },
        { "an address that is none",
          "ip4:192.0.2.300 -all",
          { "permerror", "permerror", "permerror", "fail", "permerror", "permerror",
            "permerror" } },
        { "an error behind the match",
          "ip4:192.0.2.1 foo:bar -all",
          { "permerror", "permerror", "permerror", "pass", "pass", "permerror",
            "pass" } },
        { "an include without a record",
          "include:nothing.t -all",
          { "permerror", "permerror", "permerror", "fail", "permerror", "permerror",
            "permerror" } },
        { "+all",
          "+all",
          { "pass", "pass", "pass", "permerror", "pass", "pass", "pass" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char zone[4000];
        struct world w;

        snprintf(zone, sizeof zone, "a.test. TXT \"v=spf1 %s\"\n%s", row[i].record,
                 tenfold);
        world_init(&w, zone);
        for (size_t k = 0; k < SPF_EVALUATORS_N; k++) {
            struct spf_outcome o = run(&w, (enum spf_evaluator)k);

            if (strcmp(spf_result_print(o.result), row[i].result[k]) != 0)
                fail_msg("%s, %s: %s, expected %s (v=spf1 %s)", row[i].why,
                         spf_evaluator((enum spf_evaluator)k)->name,
                         spf_result_print(o.result), row[i].result[k], row[i].record);
            if (!k && o.odd != (i > 0))
                fail_msg("%s: odd is %d, so others would %sbe asked", row[i].why, o.odd,
                         o.odd ? "" : "not ");
        }
        world_free(&w);
    }
}

static void evaluator_takes_one_of_two_records(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "a.test. TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
                   "a.test. TXT \"v=spf1 +ip4:192.0.2.1 ~all\"\n");
    assert_int_equal(run(&w, SPF_EVALUATOR_RFC).result, SPF_PERMERROR);
    assert_true(run(&w, SPF_EVALUATOR_RFC).odd);
    assert_int_equal(run(&w, SPF_EVALUATOR_RSPAMD).result, SPF_PASS);
    assert_int_equal(run(&w, SPF_EVALUATOR_COURIER).result, SPF_PERMERROR);
    world_free(&w);
}

static void evaluator_meets_a_domain_that_fails(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "b.test. A 192.0.2.1\n");
    world_fault(&w, "a.test", 0, DNS_TIMEOUT, false);
    assert_int_equal(run(&w, SPF_EVALUATOR_RFC).result, SPF_TEMPERROR);
    assert_true(run(&w, SPF_EVALUATOR_RFC).silent);
    assert_int_equal(run(&w, SPF_EVALUATOR_LIBSPF2).result, SPF_NONE);
    world_free(&w);
}

static void evaluator_words(void **state)
{
    (void)state;
    for (unsigned bit = 1; bit <= SPF_FAILURE_IS_NONE; bit <<= 1)
        assert_true(spf_quirk_print(bit)[0] != '\0');
    assert_string_equal(spf_quirk_print(0), "");
    assert_string_equal(spf_evaluator(SPF_EVALUATOR_RSPAMD)->name, "rspamd");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluator_results_where_they_part),
        cmocka_unit_test(evaluator_takes_one_of_two_records),
        cmocka_unit_test(evaluator_meets_a_domain_that_fails),
        cmocka_unit_test(evaluator_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
