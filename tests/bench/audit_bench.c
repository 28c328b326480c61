/* SPDX-License-Identifier: MIT */
/*
 * audit_bench.c - what an audit costs in process: CPU per audit with its answers at
 * hand, and per run of each evaluator. Figures to look at, never a test.
 */
#include "audit/audit.h"
#include "audit/child.h"
#include "base/buf.h"
#include "batch/print.h"
#include "report/report.h"
#include "spf/audit.h"
#include "support/play.h"
#include "unit/dkim_keys.h"

#include "dmarc/audit.h"
#include "dns/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum {
    AUDITS = 5000,
    RUNS = 20000,
    QUESTIONS_MAX = 100
};

static const struct play_row mail = {
    .zone = "shop.example. TXT \"v=spf1 a mx include:a.test include:b.test "
            "include:c.test -all\"\n"
            "shop.example. TXT \"google-site-verification=0123456789abcdefghij\"\n"
            "shop.example. A 198.51.100.1\nshop.example. MX 10 mx1.shop.example.\n"
            "shop.example. MX 20 mx2.shop.example.\n"
            "mx1.shop.example. A 198.51.100.2\nmx2.shop.example. A 198.51.100.3\n"
            "a.test. TXT \"v=spf1 ip4:203.0.113.0/28 ip4:203.0.113.32/28 "
            "ip4:203.0.113.64/28 ip6:2001:db8:1::/48 ~all\"\n"
            "b.test. TXT \"v=spf1 ip4:203.0.113.128/28 include:d.test ~all\"\n"
            "c.test. TXT \"v=spf1 ip4:192.0.2.64/28 ip4:192.0.2.96/28 ~all\"\n"
            "d.test. TXT \"v=spf1 ip4:192.0.2.0/28 ~all\"\n"
            "s1._domainkey.shop.example. TXT \"v=DKIM1; k=rsa; p=" RSA_1024 "\"\n"
            "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; "
            "rua=mailto:dmarc@shop.example\"\n",
    .domain = "shop.example",
    .ip = "192.0.2.200",
    .selector = "s1",
};

static struct {
    struct dns_name name;
    uint16_t type;
    const struct dns_answer *answer;
} known[QUESTIONS_MAX];
static size_t n_known;

static const struct dns_answer *look(struct play *p, const struct dns_entry *e)
{
    size_t i = 0;

    while (i < n_known &&
           (known[i].type != e->type || !dns_name_eq(&known[i].name, &e->name)))
        i++;
    if (i == n_known) {
        assert_true(n_known < QUESTIONS_MAX);
        known[i].name = e->name;
        known[i].type = e->type;
        known[i].answer = world_look(&p->world, &p->world.answers, &e->name, e->type);
        n_known++;
    }
    return known[i].answer;
}

/* One audit, its answers at hand, and its report in JSON when `out` is there. */
static void audit_once(struct play *p, struct buf *out)
{
    static const struct report_options report = { .verbose = 0 };
    struct audit *a = NULL;
    enum ac_status status;

    assert_int_equal(audit_new(&p->options, &a), AC_OK);
    while ((status = audit_step(a)) == AC_PENDING) {
        struct dns_view *v = audit_view(a);

        for (size_t i = 0; i < v->n; i++)
            if (!v->list[i]->answer)
                dns_view_answer(v, v->list[i], look(p, v->list[i]));
    }
    assert_int_equal(status, AC_OK);
    if (out)
        report_json(out, audit_result(a), &report);
    audit_free(a);
}

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void bench_audits(struct play *p, bool with_report)
{
    double start;

    audit_once(p, NULL); /* the answers */
    start = cpu_us();
    for (size_t i = 0; i < AUDITS; i++) {
        struct buf out;

        buf_init(&out, 1 << 20);
        audit_once(p, with_report ? &out : NULL);
        buf_free(&out);
    }
    start = (cpu_us() - start) / AUDITS;
    printf("%-34s %7.1f us CPU, %6.0f a second and core, %zu questions\n",
           with_report ? "one audit and its JSON" : "one audit", start, 1e6 / start,
           n_known);
}

/* A row of a batch, from an audit that ended. */
static void bench_row(struct play *p)
{
    const struct batch_row row = { .line = 12345 };
    struct audit *a = play_run(p, 0);
    double start = cpu_us();
    struct buf out;

    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < RUNS; i++) {
        out.n = 0;
        print_json(&out, &row, audit_result(a));
    }
    printf("%-34s %7.2f us, %zu bytes\n", "a row of a batch in JSON",
           (cpu_us() - start) / RUNS, out.n);
    buf_free(&out);
    audit_free(a);
}

static struct spf_request request;

static enum ac_status step_check(struct ac_env *env, void *context)
{
    struct spf_outcome out;

    (void)context;
    return spf_check(env, &request, &out);
}

static enum ac_status step_tree(struct ac_env *env, void *context)
{
    struct spf_tree out;

    (void)context;
    return spf_audit(env, &request, &out);
}

static enum ac_status step_key(struct ac_env *env, void *context)
{
    const struct play *p = context;
    struct dkim_outcome out;

    return dkim_audit(env, &p->selector[0].at, &out);
}

static enum ac_status step_policy(struct ac_env *env, void *context)
{
    const struct play *p = context;
    struct dmarc_discovery out;

    return dmarc_discover(env, &p->options.domain, DMARC_RFC9989, &out);
}

static enum ac_status step_org(struct ac_env *env, void *context)
{
    const struct play *p = context;
    struct dmarc_org out;

    return dmarc_org_domain(env, &p->options.domain, DMARC_RFC7489, &out);
}

static struct dns_overlay *proposed;

/* A what-if over answers that are known: an audit made, run and freed. */
static enum ac_status step_variant(struct ac_env *env, void *context)
{
    const struct play *p = context;
    struct audit_options options = p->options;
    enum ac_status status;
    struct audit *child = NULL;

    options.overlay = proposed;
    assert_int_equal(audit_new(&options, &child), AC_OK);
    status = audit_child_run(env, child);
    audit_free(child);
    return status;
}

static void propose(void)
{
    char error[DNS_ZONE_ERROR_MAX];

    proposed = dns_overlay_new(1);
    assert_non_null(proposed);
    assert_int_equal(
        dns_zone_read(proposed, "proposed",
                      SPAN("shop.example. TXT \"v=spf1 ip4:192.0.2.200 include:a.test "
                           "-all\"\n"),
                      error),
        AC_OK);
}

/* The first run asks; all others find their answers: one run of an evaluator each. */
static void bench_evaluator(struct play *p, const char *what,
                            enum ac_status (*step)(struct ac_env *, void *))
{
    double start;

    assert_int_equal(world_run(&p->world, step, p), AC_OK);
    start = cpu_us();
    for (size_t i = 0; i < RUNS; i++)
        assert_int_equal(world_run(&p->world, step, p), AC_OK);
    printf("%-34s %7.2f us\n", what, (cpu_us() - start) / RUNS);
}

int main(void)
{
    struct play p;

    play_init(&p, &mail);
    bench_audits(&p, false);
    bench_audits(&p, true);
    bench_row(&p);
    request = (struct spf_request){ .client = p.ip[0] };
    assert_int_equal(spf_request_mailfrom(&request, SPAN("shop.example"),
                                          SPAN("shop.example"), &p.world.answers),
                     AC_OK);
    bench_evaluator(&p, "a run of spf_check, 8 look-ups", step_check);
    bench_evaluator(&p, "a run of spf_audit", step_tree);
    bench_evaluator(&p, "a run of dkim_audit, RSA 1024", step_key);
    bench_evaluator(&p, "a run of dmarc_discover, RFC 9989", step_policy);
    bench_evaluator(&p, "a run of dmarc_org_domain, RFC 7489", step_org);
    propose();
    bench_evaluator(&p, "a what-if over known answers", step_variant);
    dns_overlay_free(proposed);
    play_free(&p);
    return 0;
}
