/* SPDX-License-Identifier: MIT */
/*
 * audit_audit_test.c - the engine, and what a whole audit makes of its tasks:
 * identities, alignment, the worst address, causes, the keys that would help, what is
 * not known.
 */
#include "audit/engine.h"
#include "base/buf.h"
#include "support/play.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define KEY "v=DKIM1; k=ed25519; p=" ED25519

/* --- the engine --------------------------------------------------------------------
 */

static enum ac_status ask_two(struct ac_env *env, void *context)
{
    struct dns_name a = world_name("a.test"), b = world_name("b.test");
    const struct dns_answer *answer;

    finding_add(env->findings, FINDING_DKIM_UNSIGNED, "x", "run");
    TRY(dns_get(env->dns, env->wants, &a, DNS_T_TXT, &answer));
    TRY(dns_get(env->dns, env->wants, &b, DNS_T_TXT, &answer));
    *(int *)context += 1;
    return AC_OK;
}

static enum ac_status wait_for_nothing(struct ac_env *env, void *context)
{
    (void)env;
    (void)context;
    return AC_PENDING;
}

static enum ac_status end_as(struct ac_env *env, void *context)
{
    (void)env;
    return *(enum ac_status *)context;
}

static void engine_runs_a_task_again_only_when_an_answer_came(void **state)
{
    struct engine e;
    struct task *t;
    bool again;
    int ends = 0;

    (void)state;
    engine_init(&e, &ac_default_limits, 1, 2, NULL);
    assert_int_equal(engine_add(&e, "task", ask_two, &ends, &t), AC_OK);
    for (unsigned runs = 1; runs <= 2; runs++) {
        assert_int_equal(engine_step(&e, &again), AC_PENDING);
        assert_true(again);
        assert_int_equal(t->runs, runs);
        assert_int_equal(engine_step(&e, &again), AC_PENDING);
        assert_false(again);
        dns_view_answer(&e.view, e.view.list[runs - 1],
                        dns_answer_failed(&e.arena, DNS_NXDOMAIN));
    }
    assert_int_equal(engine_step(&e, &again), AC_OK);
    assert_int_equal(ends, 1);
    assert_int_equal(t->findings.n, 1); /* of the last run alone */
    engine_free(&e);
}

static void engine_pending_with_nothing_open_is_a_fault_of_ours(void **state)
{
    struct engine e;
    struct task *t;
    bool again;

    (void)state;
    engine_init(&e, &ac_default_limits, 1, 2, NULL);
    assert_int_equal(engine_add(&e, "task", wait_for_nothing, NULL, &t), AC_OK);
    assert_int_equal(engine_step(&e, &again), AC_ELIMIT);
    engine_free(&e);
}

static void engine_failure_of_a_task_ends_it_all(void **state)
{
    enum ac_status status = AC_ENOMEM;
    struct engine e;
    struct task *t;
    bool again;

    (void)state;
    engine_init(&e, &ac_default_limits, 1, 2, NULL);
    assert_int_equal(engine_add(&e, "task", end_as, &status, &t), AC_OK);
    assert_int_equal(engine_step(&e, &again), AC_ENOMEM);
    status = AC_OK;
    engine_free(&e);
}

static void engine_holds_a_bounded_number_of_tasks(void **state)
{
    enum ac_status ok = AC_OK;
    struct engine e;
    struct task *t;

    (void)state;
    engine_init(&e, &ac_default_limits, 1, 2, NULL);
    for (int i = 0; i < TASKS_MAX; i++)
        assert_int_equal(engine_add(&e, "task", end_as, &ok, &t), AC_OK);
    assert_int_equal(engine_add(&e, "task", end_as, &ok, &t), AC_ELIMIT);
    engine_free(&e);
}

/* --- whole audits ------------------------------------------------------------------
 */

static void audit_selector_names_a_key_here_or_elsewhere(void **state)
{
    static const struct {
        const char *text, *selector, *domain; /* selector NULL: none */
    } row[] = {
        { "s1", "s1", "shop.example" },
        { "a.b", "a.b", "shop.example" },
        { "s1._domainkey.mailer.test", "s1", "mailer.test" },
        { "s 1", NULL, NULL },
        { "", NULL, NULL },
        { "s1._domainkey.", NULL, NULL },
        { "s1._domainkey.a b", NULL, NULL },
        { "._domainkey.mailer.test", NULL, NULL },
    };
    struct dns_name domain = world_name("shop.example");
    char text[DNS_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct audit_selector s;
        const char *why = "";
        bool ok = audit_selector_parse(row[i].text, &domain, &s, &why);

        if (ok != (row[i].selector != NULL))
            fail_msg("\"%s\": a selector or not (%s)", row[i].text, why);
        if (!ok) {
            assert_true(*why);
            continue;
        }
        assert_string_equal(dns_name_print(&s.at.selector, text), row[i].selector);
        assert_string_equal(dns_name_print(&s.at.domain, text), row[i].domain);
    }
}

static void audit_selector_whose_name_is_too_long_is_refused(void **state)
{
    char long_name[256];
    struct dns_name domain = world_name("shop.example");
    struct audit_selector s;
    const char *why = "";

    (void)state;
    memset(long_name, 'a', sizeof long_name);
    for (size_t i = 60; i < 240; i += 61)
        long_name[i] = '.';
    long_name[235] = '\0';
    assert_false(audit_selector_parse(long_name, &domain, &s, &why));
    assert_non_null(strstr(why, "253"));
}

#define REJECT "_dmarc.shop.example. TXT \"v=DMARC1; p=reject\"\n"

/* clang-format off */
static const struct {
    struct play_row row;
    enum verdict verdict;
    const char *causes; /* "a+b, c": ids */
} verdict_row[] = {
    { { .why = "SPF aligned and pass",
        .zone = "shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1" }, VERDICT_ACCEPT, "" },
    { { .why = "SPF passes for a foreign MAIL FROM (RFC 9989, 4.4.2)",
        .zone = "other.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1", .mail_from = "x@other.test",
        .is_unsigned = true },
      VERDICT_REJECT, "spf-not-aligned+dkim-unsigned" },
    { { .why = "MAIL FROM below the From domain, relaxed",
        .zone = "b.shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1", .mail_from = "x@b.shop.example" },
      VERDICT_ACCEPT, "" },
    { { .why = "the same, aspf=s",
        .zone = "b.shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; aspf=s\"\n",
        .domain = "shop.example", .ip = "192.0.2.1", .mail_from = "x@b.shop.example",
        .is_unsigned = true },
      VERDICT_REJECT, "spf-not-aligned+dkim-unsigned" },
    { { .why = "SPF fails, the key is good",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n"
                "s1._domainkey.shop.example. TXT \"" KEY "\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1", .selector = "s1" },
      VERDICT_ACCEPT, "" },
    { { .why = "SPF fails, the key is gone",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1", .selector = "s1" },
      VERDICT_REJECT, "spf-ip-not-authorized+dkim-key-missing" },
    { { .why = "a good key of another domain",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n"
                "k._domainkey.mailer.test. TXT \"" KEY "\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1",
        .selector = "k._domainkey.mailer.test" },
      VERDICT_REJECT, "spf-ip-not-authorized+dkim-not-aligned" },
    { { .why = "one of two selectors is enough",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n"
                "s2._domainkey.shop.example. TXT \"" KEY "\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1", .selector = "s1 s2" },
      VERDICT_ACCEPT, "" },
    { { .why = "quarantine is the spam folder",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n"
                "_dmarc.shop.example. TXT \"v=DMARC1; p=quarantine\"\n",
        .domain = "shop.example", .ip = "192.0.2.1", .is_unsigned = true },
      VERDICT_SPAM, "spf-ip-not-authorized+dkim-unsigned" },
    { { .why = "of two addresses the worst counts",
        .zone = "shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1 192.0.2.2", .is_unsigned = true },
      VERDICT_REJECT, "spf-ip-not-authorized+dkim-unsigned" },
    { { .why = "no policy: accepted whatever fails",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n",
        .domain = "shop.example", .ip = "192.0.2.1", .is_unsigned = true },
      VERDICT_ACCEPT, "" },
    { { .why = "the policy does not answer",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n" REJECT,
        .fault = "_dmarc.shop.example TXT servfail",
        .domain = "shop.example", .ip = "192.0.2.1", .is_unsigned = true },
      VERDICT_UNKNOWN, "" },
    { { .why = "the policy does not answer, and SPF passes",
        .zone = "shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" REJECT,
        .fault = "_dmarc.shop.example TXT servfail",
        .domain = "shop.example", .ip = "192.0.2.1", .is_unsigned = true },
      VERDICT_ACCEPT, "" },
    { { .why = "the key does not answer",
        .zone = "shop.example. TXT \"v=spf1 -all\"\n" REJECT,
        .fault = "s1._domainkey.shop.example TXT timeout",
        .domain = "shop.example", .ip = "192.0.2.1", .selector = "s1" },
      VERDICT_UNKNOWN, "" },
    { { .why = "a MAIL FROM that has no domain name",
        .zone = "shop.example. TXT \"v=spf1 +all\"\n" REJECT,
        .domain = "shop.example", .ip = "192.0.2.1", .mail_from = "x@a..b",
        .is_unsigned = true },
      VERDICT_REJECT, NULL },
};
/* clang-format on */

static void print_causes(const struct audit_result *r, char out[static 500])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++)
            at += (size_t)snprintf(out + at, 500 - at, "%s%s",
                                   k   ? "+"
                                   : i ? ", "
                                       : "",
                                   finding_kind(r->cause[i].reason[k].id)->name);
}

static void audit_verdict_and_causes_follow_from_the_legs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof verdict_row / sizeof *verdict_row; i++) {
        const struct play_row *row = &verdict_row[i].row;
        const struct audit_result *r;
        char causes[500];
        struct audit *a;
        struct play p;

        r = play_begin(&p, row, &a);
        print_causes(r, causes);
        if (r->verdict != verdict_row[i].verdict ||
            (verdict_row[i].causes && strcmp(causes, verdict_row[i].causes) != 0))
            fail_msg("%s: %s because of %s; expected %s because of %s", row->why,
                     verdict_print(r->verdict), causes,
                     verdict_print(verdict_row[i].verdict), verdict_row[i].causes);
        /* Every cause is a finding too, in front of the others. */
        if (r->n_causes)
            assert_int_equal(r->findings.row[0].id, r->cause[0].reason[0].id);
        play_end(&p, a);
    }
}

static void audit_alignment_compares_with_the_from_domain(void **state)
{
    static const struct play_row row = {
        .zone = "other.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" REJECT,
        .domain = "shop.example",
        .ip = "192.0.2.1",
        .mail_from = "x@other.test",
        .selector = "k._domainkey.mail.shop.example",
    };
    static const char *const role[] = { "From", "MAIL FROM", "signature" };
    static const char *const name[] = { "shop.example", "other.test",
                                        "mail.shop.example" };
    static const enum ac_tri aligned[] = { AC_YES, AC_NO, AC_YES };
    char text[DNS_TEXT_MAX];
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);

    (void)state;
    assert_int_equal(r->n_identifiers, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(r->identifier[i].role, role[i]);
        assert_string_equal(dns_name_print(&r->identifier[i].name, text), name[i]);
        assert_int_equal(r->identifier[i].aligned[DMARC_RFC9989], aligned[i]);
        assert_int_equal(r->identifier[i].aligned[DMARC_RFC7489], aligned[i]);
    }
    assert_int_equal(r->spf[0].aligned, AC_NO);
    assert_int_equal(r->dkim[0].aligned, AC_YES);
    play_end(&p, a);
}

static void audit_found_key_tells_what_a_signature_would_change(void **state)
{
    static const struct play_row row = {
        .zone = "shop.example. TXT \"v=spf1 -all\"\n"
                "google._domainkey.shop.example. TXT \"" KEY "\"\n" REJECT,
        .domain = "shop.example",
        .ip = "192.0.2.1",
        .discover = 10,
    };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);

    (void)state;
    assert_int_equal(r->verdict, VERDICT_REJECT); /* a key is no signature */
    assert_true(r->assumed_unsigned);
    assert_non_null(r->best_key);
    assert_string_equal(r->best_key->selector, "google");
    assert_int_equal(r->verdict_if_signed, VERDICT_ACCEPT);
    assert_int_equal(r->verdict_if_unsigned, VERDICT_REJECT);
    assert_int_equal(r->n_signed, 0);
    play_end(&p, a);
}

static void audit_without_address_shows_records_and_addresses_to_try(void **state)
{
    static const struct play_row row = {
        .zone = "shop.example. TXT \"v=spf1 mx include:a.test -all\"\n"
                "a.test. TXT \"v=spf1 ?all\"\n"
                "shop.example. MX 10 m1.test.\nshop.example. MX 20 m2.test.\n"
                "shop.example. MX 30 .\n"
                "m1.test. A 192.0.2.1\nm1.test. AAAA 2001:db8::1\n"
                "m2.test. A 192.0.2.2\n" REJECT,
        .domain = "shop.example",
    };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);

    (void)state;
    assert_false(r->has_verdict);
    assert_true(r->tree->found);
    assert_int_equal(r->tree->lookups, 2);
    assert_int_equal(r->n_mx, 3);
    assert_int_equal(r->n_spf, 0);
    assert_string_equal(r->mail_from, "postmaster@shop.example");
    play_end(&p, a);
}

static void audit_helo_is_guessed_from_names_that_lead_back(void **state)
{
    static const struct {
        const char *why, *zone, *helo;
    } t[] = {
        { "no PTR: the domain", "", "shop.example" },
        { "a name that leads elsewhere: the domain",
          "1.2.0.192.in-addr.arpa. PTR out.test.\nout.test. A 192.0.2.9\n",
          "shop.example" },
        { "the first in byte order that leads back",
          "1.2.0.192.in-addr.arpa. PTR b.test.\n1.2.0.192.in-addr.arpa. PTR a.test.\n"
          "1.2.0.192.in-addr.arpa. PTR 0.test.\n"
          "a.test. A 192.0.2.1\nb.test. A 192.0.2.1\n",
          "a.test" },
        { "the first of more names than are asked about, behind ten others",
          "$ORIGIN 1.2.0.192.in-addr.arpa.\n"
          "@ PTR b0.test.\n@ PTR b1.test.\n@ PTR b2.test.\n@ PTR b3.test.\n"
          "@ PTR b4.test.\n@ PTR b5.test.\n@ PTR b6.test.\n@ PTR b7.test.\n"
          "@ PTR b8.test.\n@ PTR b9.test.\n@ PTR aaa.test.\n"
          "b0.test. A 192.0.2.1\naaa.test. A 192.0.2.1\n",
          "aaa.test" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct play_row row = { .zone = t[i].zone,
                                .domain = "shop.example",
                                .ip = "192.0.2.1",
                                .guess_helo = true };
        struct audit *a;
        struct play p;
        const struct audit_result *r = play_begin(&p, &row, &a);

        if (strcmp(r->helo, t[i].helo) != 0 || !r->spf[0].helo_guessed)
            fail_msg("%s: %s", t[i].why, r->helo);
        play_end(&p, a);
    }
}

static void audit_u_labels_of_mail_from_are_aligned_as_a_labels(void **state)
{
    static const struct play_row row = {
        .zone = "xn--mller-kva.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                "_dmarc.xn--mller-kva.test. TXT \"v=DMARC1; p=reject; aspf=s\"\n",
        .domain = "xn--mller-kva.test",
        .ip = "192.0.2.1",
        .mail_from = "anna@M\xc3\x9cller.test",
        .is_unsigned = true,
    };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);

    (void)state;
    assert_int_equal(r->spf[0].check.result, SPF_PASS);
    assert_int_equal(r->spf[0].aligned, AC_YES);
    assert_int_equal(r->verdict, VERDICT_ACCEPT);
    play_end(&p, a);
}

/* The verdict hangs on whose name it is only where no MAIL FROM says so. */
static void audit_bounce_of_a_host_without_a_known_name_is_open(void **state)
{
    static const struct {
        const char *fault, *mail_from;
        enum verdict verdict;
    } t[] = {
        { NULL, "<>", VERDICT_REJECT },
        { "1.2.0.192.in-addr.arpa PTR servfail", "<>", VERDICT_UNKNOWN },
        { "a.test A timeout", "<>", VERDICT_UNKNOWN },
        { "b.test A timeout", "<>", VERDICT_REJECT }, /* behind the one that counts */
        { "1.2.0.192.in-addr.arpa PTR servfail", NULL, VERDICT_REJECT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct play_row row = {
            .zone = "1.2.0.192.in-addr.arpa. PTR a.test.\n"
                    "1.2.0.192.in-addr.arpa. PTR b.test.\n"
                    "a.test. A 192.0.2.1\nb.test. A 192.0.2.1\n" REJECT,
            .domain = "shop.example",
            .ip = "192.0.2.1",
            .fault = t[i].fault,
            .mail_from = t[i].mail_from,
            .guess_helo = true,
            .is_unsigned = true,
        };
        struct audit *a;
        struct play p;
        const struct audit_result *r = play_begin(&p, &row, &a);

        if (r->verdict != t[i].verdict)
            fail_msg("%s, MAIL FROM %s: %s", t[i].fault ? t[i].fault : "all answered",
                     t[i].mail_from ? t[i].mail_from : "by default",
                     verdict_print(r->verdict));
        play_end(&p, a);
    }
}

/* name TXT "head body body ..." in strings of at most 255 octets; n octets in all. */
static void add_long_text(struct buf *zone, const char *name, const char *head,
                          const char *body, size_t n)
{
    size_t per_string = 240 / strlen(body);

    buf_printf(zone, "%s TXT \"%s", name, head);
    for (size_t i = 0; i * strlen(body) < n; i++)
        buf_printf(zone, "%s%s", i && i % per_string == 0 ? "\" \"" : "", body);
    buf_puts(zone, "\"\n");
}

/* What only the report wants to know never ends an audit: the records of a tree, and
 * the answers of a wildcard, of 64 KiB each would fill any arena. */
static void audit_ends_however_much_there_is_to_read(void **state)
{
    struct play_row row = { .domain = "shop.example",
                            .ip = "192.0.2.1",
                            .discover = SIZE_MAX };
    const struct audit_result *r;
    struct audit *a;
    struct buf zone;
    struct play p;

    (void)state;
    buf_init(&zone, 1 << 24);
    buf_puts(&zone, "$TTL 60\n" REJECT);
    add_long_text(&zone, "*._domainkey.shop.example.", "v=DKIM1; p=", "AAAAAAAAAA",
                  60000);
    buf_puts(&zone, "shop.example. TXT \"v=spf1 -ip4:192.0.2.1 \"");
    for (unsigned i = 0; i < 150; i++)
        buf_printf(&zone, " \"include:i%u.test \"", i);
    buf_puts(&zone, "\n");
    for (unsigned i = 0; i < 150; i++) {
        char name[16];

        snprintf(name, sizeof name, "i%u.test.", i);
        add_long_text(&zone, name, "v=spf1 ", "all ", 3900);
    }
    row.zone = buf_text(&zone);
    r = play_begin(&p, &row, &a);
    assert_int_equal(r->verdict, VERDICT_REJECT);
    assert_int_equal(r->spf[0].tree.lookups, 150);
    assert_false(r->spf[0].tree.complete);
    assert_true(r->discovery->wildcard);
    assert_int_equal(r->n_dkim, 0);
    play_end(&p, a);
    buf_free(&zone);
}

static void audit_unanswered_question_says_what_hangs_on_it(void **state)
{
    static const struct play_row row = {
        .zone =
            "shop.example. TXT \"v=spf1 include:b.test include:a.test -all\"\n" REJECT,
        .fault = "a.test TXT servfail; b.test TXT timeout",
        .domain = "shop.example",
        .ip = "192.0.2.1",
    };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);
    const struct finding *f = play_finding(r, "dns-not-answered");

    (void)state;
    assert_non_null(f);
    assert_string_equal(f->about, "a.test"); /* by name, not by time */
    assert_non_null(strstr(f->message, "a.test TXT"));
    assert_non_null(strstr(f->message, "SERVFAIL"));
    assert_non_null(strstr(f->message, "the SPF look-up total for 192.0.2.1"));
    play_end(&p, a);
}

static void audit_old_and_new_rules_may_differ(void **state)
{
    static const struct play_row row = {
        .zone = "_dmarc.shop.example. TXT \"v=DMARC1; p=reject; t=y\"\n"
                "shop.example. TXT \"v=spf1 -all\"\n",
        .domain = "shop.example",
        .ip = "192.0.2.1",
        .is_unsigned = true,
    };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);

    (void)state;
    assert_true(r->dmarc[DMARC_RFC7489].differs);
    assert_int_equal(r->dmarc[DMARC_RFC9989].mail.disposition, DMARC_QUARANTINE);
    assert_int_equal(r->dmarc[DMARC_RFC7489].mail.disposition, DMARC_REJECT);
    assert_int_equal(r->verdict, VERDICT_SPAM);
    play_end(&p, a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_runs_a_task_again_only_when_an_answer_came),
        cmocka_unit_test(engine_pending_with_nothing_open_is_a_fault_of_ours),
        cmocka_unit_test(engine_failure_of_a_task_ends_it_all),
        cmocka_unit_test(engine_holds_a_bounded_number_of_tasks),
        cmocka_unit_test(audit_selector_names_a_key_here_or_elsewhere),
        cmocka_unit_test(audit_selector_whose_name_is_too_long_is_refused),
        cmocka_unit_test(audit_verdict_and_causes_follow_from_the_legs),
        cmocka_unit_test(audit_alignment_compares_with_the_from_domain),
        cmocka_unit_test(audit_found_key_tells_what_a_signature_would_change),
        cmocka_unit_test(audit_without_address_shows_records_and_addresses_to_try),
        cmocka_unit_test(audit_helo_is_guessed_from_names_that_lead_back),
        cmocka_unit_test(audit_u_labels_of_mail_from_are_aligned_as_a_labels),
        cmocka_unit_test(audit_bounce_of_a_host_without_a_known_name_is_open),
        cmocka_unit_test(audit_ends_however_much_there_is_to_read),
        cmocka_unit_test(audit_unanswered_question_says_what_hangs_on_it),
        cmocka_unit_test(audit_old_and_new_rules_may_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
