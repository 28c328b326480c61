/* SPDX-License-Identifier: MIT */
/*
 * audit_patience_test.c - when a question is asked again, when it is given up, and when
 * an audit ends: over a scripted source and a clock that only it moves (the linker puts
 * __wrap_clock_us in the place of clock_us: see Makefile). See audit/drive.h.
 */
#include "audit/drive.h"

#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    OPEN_MAX = 512
};

int64_t __wrap_clock_us(void);

static int64_t now_us = 1000000;

int64_t __wrap_clock_us(void)
{
    return now_us;
}

/* How tries of a question end, by attempt: 'a' with the world's answer, '.' silence
 * (DNS_TIMEOUT), 's' SERVFAIL, 'r' REFUSED, '-' never. The last letter stays. */
struct script {
    const char *name; /* NULL: every other name */
    const char *tries;
};

struct source {
    struct dns_source base;
    const struct world *world;
    const struct script *script;
    struct {
        struct dns_try t;
        char how;
    } open[OPEN_MAX];
    size_t n_open, asked, cancelled;
    enum ac_status ask_status;
};

static char how_of(const struct source *s, const struct dns_try *t)
{
    char name[DNS_TEXT_MAX];
    const struct script *row = s->script;
    size_t n;

    dns_name_print(t->name, name);
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    n = strlen(row->tries);
    return row->tries[t->attempt < n ? t->attempt : n - 1];
}

static enum ac_status source_ask(struct dns_source *base, const struct dns_try *t)
{
    struct source *s = (struct source *)base;

    assert_true(s->n_open < OPEN_MAX);
    s->open[s->n_open].how = how_of(s, t);
    s->open[s->n_open++].t = *t;
    s->asked++;
    return s->ask_status;
}

static const struct dns_answer *ending(struct source *s, size_t i, struct arena *into)
{
    switch (s->open[i].how) {
    case 'a':
        return world_look(s->world, into, s->open[i].t.name, s->open[i].t.type);
    case 's':
        return dns_answer_failed(into, DNS_SERVFAIL);
    case 'r':
        return dns_answer_failed(into, DNS_REFUSED);
    default:
        return dns_answer_failed(into, DNS_TIMEOUT);
    }
}

/* What ends does so at once; with nothing left but '-' the time passes. */
static enum ac_status source_wait(struct dns_source *base, int64_t until_us,
                                  struct arena *into, struct dns_event *events,
                                  size_t max, size_t *n)
{
    struct source *s = (struct source *)base;
    size_t kept = 0;

    *n = 0;
    for (size_t i = 0; i < s->n_open; i++) {
        if (s->open[i].how == '-' || *n == max) {
            s->open[kept++] = s->open[i];
            continue;
        }
        events[*n].ticket = s->open[i].t.ticket;
        events[(*n)++].answer = ending(s, i, into);
    }
    s->n_open = kept;
    if (!*n)
        now_us = until_us;
    return AC_OK;
}

static void source_cancel(struct dns_source *base)
{
    struct source *s = (struct source *)base;

    s->n_open = 0;
    s->cancelled++;
}

static const struct dns_source_ops ops = { source_ask, source_wait, source_cancel,
                                           NULL };

static const struct drive_options patient = {
    .servers = 2, .tries = 3, .timeout_us = 1000, .deadline_us = 60000000
};

/* Drive; the audit is the caller's. */
static struct audit *drive(struct play *p, struct source *s, const struct play_row *row,
                           const struct script *script,
                           const struct drive_options *options)
{
    struct audit *a = NULL;

    play_init(p, row);
    *s = (struct source){ .base = { &ops }, .world = &p->world, .script = script };
    assert_int_equal(audit_new(&p->options, &a), AC_OK);
    assert_int_equal(audit_drive(a, &s->base, options), AC_OK);
    assert_true(audit_result(a)->wall_us >= 0);
    return a;
}

static const struct dns_entry *question(const struct audit_result *r, const char *name)
{
    static const struct dns_answer nothing = { .outcome = DNS_NODATA };
    static const struct dns_entry none = { .answer = &nothing };
    struct dns_name n = world_name(name);

    for (size_t i = 0; i < r->n_questions; i++)
        if (dns_name_eq(&r->question[i]->name, &n))
            return r->question[i];
    fail_msg("%s was not asked", name);
    return &none; /* never: the compiler does not know that */
}

/* clang-format off */
static const struct play_row shop = {
    .zone = "shop.example. TXT \"v=spf1 include:a.test -all\"\n"
            "a.test. TXT \"v=spf1 ip4:192.0.2.1 ?all\"\n"
            "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; rua=mailto:x@far.test\"\n",
    .domain = "shop.example", .ip = "192.0.2.1", .is_unsigned = true,
    .helo = "helo.test",
};
/* clang-format on */

static void drive_what_a_verdict_hangs_on_is_asked_again(void **state)
{
    static const struct {
        const char *why, *tries;
        unsigned sent;
        enum dns_outcome outcome;
        enum verdict verdict;
    } row[] = {
        { "answered at once", "a", 1, DNS_ANSWER, VERDICT_ACCEPT },
        { "silence, then an answer", ".a", 2, DNS_ANSWER, VERDICT_ACCEPT },
        { "the last of three tries", "..a", 3, DNS_ANSWER, VERDICT_ACCEPT },
        { "three times silence", "...a", 3, DNS_TIMEOUT, VERDICT_UNKNOWN },
        { "SERVFAIL: the other server is asked", "sa", 2, DNS_ANSWER, VERDICT_ACCEPT },
        { "both servers fail: that was it", "ssa", 2, DNS_SERVFAIL, VERDICT_UNKNOWN },
        { "what a server said tells more than silence", ".rr", 3, DNS_REFUSED,
          VERDICT_UNKNOWN },
        { "also when the silence comes last", "r..", 3, DNS_REFUSED, VERDICT_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct script script[] = { { "a.test", row[i].tries }, { NULL, "a" } };
        const struct dns_entry *e;
        struct source s;
        struct play p;
        struct audit *a = drive(&p, &s, &shop, script, &patient);

        e = question(audit_result(a), "a.test");
        if (e->tries != row[i].sent || e->answer->outcome != row[i].outcome ||
            audit_result(a)->verdict != row[i].verdict)
            fail_msg("%s: %u tries, %s, verdict %s", row[i].why, e->tries,
                     dns_outcome_print(e->answer->outcome),
                     verdict_print(audit_result(a)->verdict));
        assert_true(e->took_us >= 0);
        play_end(&p, a);
    }
}

static void drive_what_is_for_the_report_alone_is_asked_once(void **state)
{
    static const struct script script[] = { { "helo.test", "." },
                                            { "shop.example._report._dmarc.far.test",
                                              "." },
                                            { NULL, "a" } };
    struct source s;
    struct play p;
    struct audit *a = drive(&p, &s, &shop, script, &patient);
    const struct audit_result *r = audit_result(a);

    (void)state;
    assert_int_equal(r->verdict, VERDICT_ACCEPT);
    assert_int_equal(question(r, "helo.test")->tries, 1);
    assert_int_equal(question(r, "helo.test")->answer->outcome, DNS_TIMEOUT);
    assert_int_equal(r->spf[0].helo_check.result, SPF_TEMPERROR);
    assert_non_null(play_finding(r, "dns-not-answered"));
    play_end(&p, a);
}

static void drive_decided_audit_waits_one_timeout_more_at_most(void **state)
{
    /* "-": nothing is heard of these for ever, and the deadline is an hour away. */
    static const struct script script[] = { { "helo.test", "-" }, { NULL, "a" } };
    static const struct drive_options options = {
        .servers = 1, .tries = 3, .timeout_us = 2000, .deadline_us = 3600000000
    };
    struct source s;
    struct play p;
    struct audit *a = drive(&p, &s, &shop, script, &options);

    (void)state;
    assert_int_equal(audit_result(a)->verdict, VERDICT_ACCEPT);
    assert_int_equal(s.cancelled, 1);
    assert_int_equal(audit_result(a)->wall_us, 2000);
    assert_int_equal(question(audit_result(a), "helo.test")->answer->outcome,
                     DNS_TIMEOUT);
    play_end(&p, a);
}

/* A list that is dead in every way: the verdict and all else are as if it were not
 * there, it is asked once, and its own line is all that is said of it. */
static void drive_dead_block_list_costs_its_own_line_alone(void **state)
{
    static const struct script script[] = {
        { "1.2.0.192.zen.spamhaus.org", "." }, { "2.0.0.127.zen.spamhaus.org", "." },
        { "1.0.0.127.zen.spamhaus.org", "." }, { "1.2.0.192.bl.spamcop.net", "-" },
        { "1.2.0.192.psbl.surriel.com", "s" }, { NULL, "a" }
    };
    static const struct drive_options options = {
        .servers = 1, .tries = 3, .timeout_us = 2000, .deadline_us = 3600000000
    };
    struct play_row row = shop;
    const struct audit_result *r;
    struct audit *a;
    struct source s;
    struct play p;

    (void)state;
    row.reputation = true;
    a = drive(&p, &s, &row, script, &options);
    r = audit_result(a);
    assert_int_equal(r->verdict, VERDICT_ACCEPT);
    assert_true(r->wall_us <= 2000);
    assert_int_equal(question(r, "1.2.0.192.zen.spamhaus.org")->tries, 1);
    assert_null(play_finding(r, "dns-not-answered"));
    assert_non_null(play_finding(r, "blocklist-unchecked"));
    assert_string_equal(r->listing[0].list->zone, "zen.spamhaus.org");
    assert_int_equal(r->listing[0].state, BLOCKLIST_UNCHECKED);
    assert_non_null(strstr(r->listing[0].meaning, "timeout"));
    play_end(&p, a);
}

/* A list from which nothing is ever heard does not keep the report waiting: half a
 * second from the start on, not a whole time-out. */
static void drive_waits_for_lists_alone_a_short_while(void **state)
{
    static const struct script script[] = { { "1.2.0.192.bl.spamcop.net", "-" },
                                            { NULL, "a" } };
    static const struct script both[] = { { "1.2.0.192.bl.spamcop.net", "-" },
                                          { "helo.test", "-" },
                                          { NULL, "a" } };
    static const struct drive_options options = {
        .servers = 1, .tries = 3, .timeout_us = 2000000, .deadline_us = 3600000000
    };
    struct play_row row = shop;
    struct audit *a;
    struct source s;
    struct play p;

    (void)state;
    row.reputation = true;
    a = drive(&p, &s, &row, script, &options);
    assert_int_equal(audit_result(a)->verdict, VERDICT_ACCEPT);
    assert_int_equal(audit_result(a)->wall_us, 500000);
    assert_non_null(play_finding(audit_result(a), "blocklist-unchecked"));
    play_end(&p, a);
    a = drive(&p, &s, &row, both, &options);
    assert_int_equal(audit_result(a)->wall_us, 2000000);
    play_end(&p, a);
}

/* Fixes are proved once the lists have spoken, and need not wait longer than the
 * report. */
static void drive_finds_fixes_beside_a_dead_list(void **state)
{
    static const struct script script[] = { { "9.2.0.192.bl.spamcop.net", "-" },
                                            { NULL, "a" } };
    static const struct drive_options options = {
        .servers = 1, .tries = 3, .timeout_us = 2000000, .deadline_us = 3600000000
    };
    struct play_row row = shop;
    struct audit *a;
    struct source s;
    struct play p;

    (void)state;
    row.reputation = true;
    row.ip = "192.0.2.9";
    row.is_unsigned = false;
    a = drive(&p, &s, &row, script, &options);
    assert_int_equal(audit_result(a)->verdict, VERDICT_REJECT);
    assert_int_equal(audit_result(a)->n_fixes, 1);
    assert_int_equal(audit_result(a)->wall_us, 500000);
    play_end(&p, a);
}

/* An audit of everything, discovery aside, is kind to resolvers and to lists. */
static void drive_default_audit_asks_few_questions(void **state)
{
    static const struct script script[] = { { NULL, "a" } };
    struct play_row row = shop;
    struct audit *a;
    struct source s;
    struct play p;

    (void)state;
    row.reputation = true;
    row.mail_from = "bounce@mail.other.example";
    row.ip = "192.0.2.1 2001:db8::1";
    a = drive(&p, &s, &row, script, &patient);
    assert_true(audit_result(a)->queries > 40);
    assert_true(audit_result(a)->queries <= 120);
    play_end(&p, a);
}

static void drive_deadline_answers_what_is_open_and_evaluators_end(void **state)
{
    static const struct script script[] = { { "a.test", "-" }, { NULL, "a" } };
    static const struct drive_options options = {
        .servers = 1, .tries = 3, .timeout_us = 1000000, .deadline_us = 3000
    };
    struct source s;
    struct play p;
    struct audit *a = drive(&p, &s, &shop, script, &options);
    const struct audit_result *r = audit_result(a);

    (void)state;
    assert_int_equal(r->verdict, VERDICT_UNKNOWN);
    assert_int_equal(r->wall_us, 3000);
    assert_int_equal(r->spf[0].check.result, SPF_TEMPERROR);
    assert_int_equal(question(r, "a.test")->answer->outcome, DNS_DEADLINE);
    assert_int_equal(s.n_open, 0);
    play_end(&p, a);
}

static void drive_failure_known_at_the_deadline_is_kept(void **state)
{
    static const struct script script[] = { { "a.test", "s-" }, { NULL, "a" } };
    static const struct drive_options options = {
        .servers = 2, .tries = 3, .timeout_us = 1000000, .deadline_us = 3000
    };
    struct source s;
    struct play p;
    struct audit *a = drive(&p, &s, &shop, script, &options);

    (void)state;
    assert_int_equal(question(audit_result(a), "a.test")->answer->outcome,
                     DNS_SERVFAIL);
    play_end(&p, a);
}

static void drive_total_silence_ends(void **state)
{
    static const struct script script[] = { { NULL, "." } };
    struct source s;
    struct play p;
    struct audit *a = drive(&p, &s, &shop, script, &patient);

    (void)state;
    assert_int_equal(audit_result(a)->verdict, VERDICT_UNKNOWN);
    assert_true(s.asked <= 3 * audit_view(a)->n);
    play_end(&p, a);
}

static void drive_offline_needs_no_source(void **state)
{
    struct play p;
    struct audit *a = NULL;

    (void)state;
    play_init(&p, &shop);
    p.options.overlay = p.world.zone;
    p.options.offline = true;
    assert_int_equal(audit_new(&p.options, &a), AC_OK);
    assert_int_equal(audit_drive(a, NULL, &patient), AC_OK);
    assert_int_equal(audit_result(a)->verdict, VERDICT_ACCEPT);
    assert_int_equal(audit_result(a)->queries, 0);
    play_end(&p, a);
}

static void drive_source_that_fails_is_our_failure(void **state)
{
    static const struct script script[] = { { NULL, "a" } };
    struct source s = { .base = { &ops }, .script = script, .ask_status = AC_EIO };
    struct audit *a = NULL;
    struct play p;

    (void)state;
    play_init(&p, &shop);
    s.world = &p.world;
    assert_int_equal(audit_new(&p.options, &a), AC_OK);
    assert_int_equal(audit_drive(a, &s.base, &patient), AC_EIO);
    play_end(&p, a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(drive_what_a_verdict_hangs_on_is_asked_again),
        cmocka_unit_test(drive_what_is_for_the_report_alone_is_asked_once),
        cmocka_unit_test(drive_decided_audit_waits_one_timeout_more_at_most),
        cmocka_unit_test(drive_dead_block_list_costs_its_own_line_alone),
        cmocka_unit_test(drive_waits_for_lists_alone_a_short_while),
        cmocka_unit_test(drive_finds_fixes_beside_a_dead_list),
        cmocka_unit_test(drive_default_audit_asks_few_questions),
        cmocka_unit_test(drive_deadline_answers_what_is_open_and_evaluators_end),
        cmocka_unit_test(drive_failure_known_at_the_deadline_is_kept),
        cmocka_unit_test(drive_total_silence_ends),
        cmocka_unit_test(drive_offline_needs_no_source),
        cmocka_unit_test(drive_source_that_fails_is_our_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
