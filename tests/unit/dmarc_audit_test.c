/* SPDX-License-Identifier: MIT */
/*
 * dmarc_audit_test.c - what is wrong with the records that apply: every finding, what
 * it is about and what it names. RFC 9989, 4.7, 5.1; RFC 9990, 4.
 */
#include "dmarc/audit.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct question {
    struct dns_name author;
    bool check_reports;
};

static enum ac_status ask(struct ac_env *env, void *context)
{
    struct question *q = context;

    return dmarc_audit(env, &q->author, q->check_reports);
}

/* rua is there unless the row is about it, so that it does not show in each row. */
#define RUA "; rua=mailto:dmarc@example.com"

static const struct {
    const char *record; /* at _dmarc.example.com */
    const char *author;
    const char *findings; /* ids in order */
    const char *says;     /* in one of the messages */
} row[] = {
    { "v=DMARC1; p=reject" RUA, "example.com", "", "" },
    { "v=DMARC1; p=none" RUA, "example.com", "dmarc-policy-none ",
      "nothing is enforced" },
    { "v=DMARC1; p=reject; sp=none" RUA, "example.com", "dmarc-subdomains-weaker ",
      "p=reject but sp=none" },
    { "v=DMARC1; p=quarantine; np=none" RUA, "example.com", "dmarc-subdomains-weaker ",
      "np=none" },
    { "v=DMARC1; p=quarantine; sp=reject; np=reject" RUA, "example.com", "", "" },
    { "v=DMARC1; p=reject; sp=none" RUA, "a.example.com",
      "dmarc-policy-none dmarc-subdomains-weaker ", "a.example.com is none" },
    { "v=DMARC1; p=reject", "example.com", "dmarc-rua-missing ", "no rua" },
    { "v=DMARC1; p=reject; t=y" RUA, "example.com", "dmarc-testing dmarc-rules-differ ",
      "RFC 9989 gives reject in test mode (_dmarc.example.com, organizational domain "
      "example.com), RFC 7489 gives reject (" },
    { "v=DMARC1; p=none; t=y" RUA, "example.com", "dmarc-policy-none dmarc-testing ",
      "p=none in test mode" },
    { "v=DMARC1; p=reject; adkim=s" RUA, "example.com", "dmarc-strict-alignment ",
      "has adkim=s: only" },
    { "v=DMARC1; p=reject; adkim=s; aspf=s" RUA, "example.com",
      "dmarc-strict-alignment ", "adkim=s and aspf=s" },
    { "v=DMARC1; p=reject; aspf=s" RUA, "example.com", "dmarc-strict-alignment ",
      "has aspf=s" },
    { "v=DMARC1; p=reject; psd=y" RUA, "example.com", "dmarc-psd-misuse ", "psd=y" },
    { "v=DMARC1; p=reject; psd=n" RUA, "example.com", "", "" },
    { "v=DMARC1; p=reject; pct=20" RUA, "example.com", "dmarc-pct ",
      "apply the full policy to 20 in 100" },
    { "v=DMARC1; p=reject; pct=0" RUA, "example.com", "dmarc-pct dmarc-rules-differ ",
      "RFC 7489 gives reject for 0 in 100 messages" },
    { "v=DMARC1; p=reject; pct=100; rf=afrf" RUA, "example.com",
      "dmarc-tag-removed dmarc-tag-removed ", "pct=100" },
    { "v=DMARC1; p=reject; fo=1" RUA, "example.com", "dmarc-fo-without-ruf ", "fo=1" },
    { "v=DMARC1; p=reject; rau=x" RUA, "example.com", "dmarc-tag-unknown ",
      "\"rau\" (byte 20)" },
    { "v=DMARC1; p=reject; p=none" RUA, "example.com", "dmarc-tag-duplicate ",
      "twice" },
    { "v=DMARC1; P=reject" RUA, "example.com", "dmarc-tag-case ", "\"P\"" },
    { "v=DMARC1; p=reject; aspf=x" RUA, "example.com", "dmarc-tag-invalid ",
      "aspf=x (byte 25)" },
    { "v=DMARC1; p=reject;; t=n" RUA, "example.com", "dmarc-syntax ",
      "nothing between two semicolons" },
    { "v=DMARC1; sp=reject; p=reject" RUA, "example.com", "dmarc-policy-not-second ",
      "byte 21" },
    { "v=DMARC1; p=reject; rua=dmarc@example.com", "example.com",
      "dmarc-report-uri-invalid ", "\"dmarc@example.com\" in rua" },
    { "v=DMARC1; p=reject" RUA ", https://example.com/x", "example.com",
      "dmarc-report-uri-unsupported ", "https://example.com/x" },
    { "v=DMARC1; p=reject" RUA "!10m", "example.com", "dmarc-report-size ",
      "mailto:dmarc@example.com" },
    { "v=DMARC1; p=none; np=reject" RUA, "no.example.com", "dmarc-rules-differ ",
      "RFC 7489 gives none" },
    { "v=DMARC1; p=none; pct=20" RUA, "example.com", "dmarc-policy-none dmarc-pct ",
      "pct=20" },
    { "v=DMARC1; p=x; pct=2", "example.com", "dmarc-pct dmarc-rua-missing ", "" },
};

static void ids_of(const struct world *w, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < w->findings.n && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s ",
                              finding_kind(w->findings.row[i].id)->name);
}

static bool says(const struct world *w, const char *text)
{
    for (size_t i = 0; i < w->findings.n; i++)
        if (strstr(w->findings.row[i].message, text))
            return true;
    return !*text;
}

static void audit(struct world *w, const char *zone, const char *author,
                  bool check_reports)
{
    struct question q = { .author = world_name(author),
                          .check_reports = check_reports };

    world_init(w, zone);
    assert_int_equal(world_run(w, ask, &q), AC_OK);
}

static void expect(const struct world *w, const char *ids, const char *text,
                   const char *zone)
{
    char got[512];

    ids_of(w, got, sizeof got);
    if (strcmp(got, ids) != 0)
        fail_msg("%s\n  findings %s\n  expected %s", zone, got, ids);
    if (!says(w, text))
        fail_msg("%s\n  \"%s\" is not said; \"%s\" is", zone, text,
                 w->findings.n ? w->findings.row[0].message : "nothing");
}

static void dmarc_audit_names_each_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char zone[512];
        struct world w;

        snprintf(zone, sizeof zone,
                 "_dmarc.example.com. TXT \"%s\"\na.example.com. A 192.0.2.1",
                 row[i].record);
        audit(&w, zone, row[i].author, false);
        expect(&w, row[i].findings, row[i].says, zone);
        world_free(&w);
    }
}

/* Records whose place matters. */
static const struct {
    const char *zone, *author, *findings, *says;
} place_row[] = {
    { "", "example.com", "", "" },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=reject" RUA "\"\n"
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=reject; sp=none" RUA "\"",
      "a.example.com", "dmarc-sp-ignored ", "organizational domain is example.com" },
    { "_dmarc.co.uk. TXT \"v=DMARC1; p=reject; psd=n" RUA "\"", "co.uk",
      "dmarc-psd-misuse ", "psd=n" },
    { "_dmarc.co.uk. TXT \"v=DMARC1; p=reject; psd=y" RUA "\"", "co.uk", "", "" },
    /* Only RFC 7489 finds the record of the registered domain: it is audited as well.
     */
    { "_dmarc.b.example.com. TXT \"v=DMARC1; p=reject; psd=n" RUA "\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; xx=1" RUA "\"",
      "a.b.example.com", "dmarc-tag-unknown dmarc-rules-differ ",
      "organizational domain b.example.com" },
    { "_dmarc.b.example.com. TXT \"v=DMARC1; p=reject" RUA "\"", "a.b.example.com",
      "dmarc-rules-differ ",
      "RFC 7489 gives no policy (organizational domain example.com)" },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=reject" RUA "\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none" RUA "\"",
      "example.com", "", "" },
};

static void dmarc_audit_minds_where_the_record_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof place_row / sizeof *place_row; i++) {
        struct world w;

        audit(&w, place_row[i].zone, place_row[i].author, false);
        expect(&w, place_row[i].findings, place_row[i].says, place_row[i].zone);
        world_free(&w);
    }
}

static void dmarc_audit_is_about_the_name_that_holds_the_record(void **state)
{
    struct world w;

    (void)state;
    audit(&w, "_dmarc.example.com. TXT \"v=DMARC1; p=none\"", "a.example.com", false);
    assert_string_equal(world_finding(&w, "dmarc-rua-missing")->about,
                        "_dmarc.example.com");
    assert_string_equal(world_finding(&w, "dmarc-policy-none")->about, "a.example.com");
    world_free(&w);
}

#define TO(hosts) "_dmarc.example.com. TXT \"v=DMARC1; p=reject; rua=" hosts "\"\n"

/* dead: a name that does not answer, with all below; or "". */
static const struct {
    const char *zone, *dead, *findings, *says;
} report_row[] = {
    { TO("mailto:a@example.com"), "", "", "" },
    { TO("mailto:a@reports.example.com"), "", "", "" },
    { TO("mailto:a@collector.example"), "", "dmarc-report-not-authorized ",
      "no DMARC record at example.com._report._dmarc.collector.example" },
    { TO("mailto:a@collector.example") "example.com._report._dmarc.collector.example. "
                                       "TXT \"v=DMARC1\"",
      "", "", "" },
    { TO("mailto:a@collector.example") "*._report._dmarc.collector.example. TXT "
                                       "\"v=DMARC1; rua=mailto:b@collector.example\"",
      "", "", "" },
    { TO("mailto:a@collector.example") "example.com._report._dmarc.collector.example. "
                                       "TXT \"v=spf1 -all\"",
      "", "dmarc-report-not-authorized ", "rua" },
    { TO("mailto:a@collector.example"), "_report._dmarc.collector.example",
      "dmarc-report-unchecked ", "collector.example agrees" },
    { TO("mailto:a@collector.example") "example.com._report._dmarc.collector.example. "
                                       "TXT \"v=DMARC1\"",
      "_dmarc.com", "", "" },
    /* Their organization is not known: it may be ours. */
    { TO("mailto:a@a.example.com"), "_dmarc.a.example.com", "dmarc-report-unchecked ",
      "a.example.com agrees" },
    { TO("mailto:a@x.example,mailto:b@x.example,mailto:c@y.example"), "",
      "dmarc-report-not-authorized dmarc-report-not-authorized ", "y.example" },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=reject; rua=mailto:a@example.com; "
      "ruf=mailto:a@z.example\"",
      "", "dmarc-report-not-authorized ", "z.example, to which ruf" },
};

static void dmarc_audit_checks_external_report_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof report_row / sizeof *report_row; i++) {
        struct question q = { world_name("example.com"), true };
        struct world w;

        world_init(&w, report_row[i].zone);
        if (*report_row[i].dead)
            world_fault(&w, report_row[i].dead, 0, DNS_SERVFAIL, true);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        expect(&w, report_row[i].findings, report_row[i].says, report_row[i].zone);
        world_free(&w);
    }
}

static void dmarc_audit_asks_no_collector_unless_told(void **state)
{
    struct world w;

    (void)state;
    audit(&w, TO("mailto:a@collector.example"), "example.com", false);
    assert_int_equal(w.findings.n, 0);
    assert_int_equal(world_questions(&w), 3); /* the walk, and the Author Domain */
    world_free(&w);
}

/* All collectors are asked side by side: what waits is only the record itself. */
static void dmarc_audit_asks_all_collectors_at_once(void **state)
{
    unsigned depth = 0;
    size_t questions = 0;
    struct world w;

    (void)state;
    audit(&w, TO("mailto:a@x.example,mailto:a@y.example,mailto:a@z.example"),
          "example.com", true);
    dns_view_count(&w.view, &questions, &depth);
    assert_int_equal(depth, 2);
    assert_int_equal(w.runs, 3);
    world_free(&w);
}

static void dmarc_audit_caps_the_collectors(void **state)
{
    char zone[4096];
    struct world w;
    size_t n;

    (void)state;
    n = (size_t)snprintf(zone, sizeof zone,
                         "_dmarc.example.com. TXT \"v=DMARC1; p=reject\" \"; rua=\"");
    for (int i = 0; i < 20; i++)
        n += (size_t)snprintf(zone + n, sizeof zone - n, " \"%smailto:a@h%d.example\"",
                              i ? "," : "", i);
    audit(&w, zone, "example.com", true);
    assert_non_null(world_finding(&w, "dmarc-report-unchecked"));
    assert_true(says(&w, "4 of its addresses were not checked"));
    assert_int_equal(w.findings.n, 17);
    world_free(&w);
}

static void dmarc_audit_name_too_long_for_consent(void **state)
{
    char zone[1024], host[256] = "";
    struct world w;

    (void)state;
    for (int i = 0; i < 4; i++) {
        memset(host + 58 * i, 'h', 57);
        host[58 * i + 57] = '.';
    }
    memcpy(host + 58 * 4, "example", 8);
    snprintf(zone, sizeof zone,
             "_dmarc.example.com. TXT \"v=DMARC1; p=reject; \" \"rua=mailto:a@%.120s\" "
             "\"%s\"",
             host, host + 120);
    audit(&w, zone, "example.com", true);
    expect(&w, "dmarc-report-not-authorized ", "longer than the DNS allows", zone);
    world_free(&w);
}

/* Nothing is said of rules that differ while the DNS leaves the outcome open. */
static void dmarc_audit_open_look_ups_are_no_difference(void **state)
{
    struct question q = { world_name("a.example.com"), true };
    struct world w;

    (void)state;
    world_init(&w, "_dmarc.a.example.com. TXT \"v=DMARC1; p=reject; sp=none" RUA "\"");
    world_fault(&w, "_dmarc.com", 0, DNS_TIMEOUT, false);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_null(world_finding(&w, "dmarc-rules-differ"));
    world_free(&w);

    world_init(&w, "");
    world_fault(&w, "com", 0, DNS_TIMEOUT, true);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(w.findings.n, 0);
    world_free(&w);
}

/* Messages may not grow with the record. */
static void dmarc_audit_messages_are_cut(void **state)
{
    char zone[1 << 12];
    size_t n;
    struct world w;

    (void)state;
    n = (size_t)snprintf(zone, sizeof zone, "_dmarc.example.com. TXT \"v=DMARC1; \"");
    for (int i = 0; i < 12; i++)
        n += (size_t)snprintf(zone + n, sizeof zone - n, " \"%0200d\"", 0);
    audit(&w, zone, "example.com", true);
    assert_true(w.findings.n > 0);
    for (size_t i = 0; i < w.findings.n; i++)
        assert_true(strlen(w.findings.row[i].message) < 400);
    world_free(&w);
}

/* With any amount of memory: the whole result, or AC_ENOMEM, never half of one. */
static void dmarc_audit_memory_ends_anywhere(void **state)
{
    bool failed = false, worked = false;

    (void)state;
    for (size_t cap = 256; cap < 96 * 1024; cap += 256) {
        struct question q = { world_name("a.b.example.com"), true };
        enum ac_status status;
        struct world w;

        world_init(&w, TO("mailto:a@x.example,b; psd=x; y=z") "_dmarc.b.example.com. "
                                                              "TXT v=DMARC1");
        arena_free(&w.run);
        arena_init(&w.run, cap);
        status = world_run(&w, ask, &q);
        if (status == AC_OK && w.findings.status == AC_OK)
            assert_int_equal(w.findings.n, 4);
        assert_true(status == AC_OK || status == AC_ENOMEM);
        failed = failed || status == AC_ENOMEM;
        worked = worked || status == AC_OK;
        world_free(&w);
    }
    assert_true(failed && worked);
}

/* Every row of the catalog that is DMARC's has a text in each column. */
static void dmarc_catalog_rows_are_complete(void **state)
{
    size_t rows = 0;

    (void)state;
    for (int i = 0; i < FINDING_COUNT; i++) {
        const struct finding_kind *k = finding_kind((enum finding_id)i);

        if (strncmp(k->name, "dmarc-", 6) != 0)
            continue;
        rows++;
        assert_true(strlen(k->title) > 4 && strlen(k->meaning) > 20 &&
                    strlen(k->remedy) > 10);
        assert_true(strncmp(k->clause, "RFC ", 4) == 0);
        assert_true(k->title[strlen(k->title) - 1] != '.');
        assert_true(k->remedy[strlen(k->remedy) - 1] == '.');
    }
    assert_true(rows >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dmarc_audit_names_each_fault),
        cmocka_unit_test(dmarc_audit_minds_where_the_record_stands),
        cmocka_unit_test(dmarc_audit_is_about_the_name_that_holds_the_record),
        cmocka_unit_test(dmarc_audit_checks_external_report_addresses),
        cmocka_unit_test(dmarc_audit_asks_no_collector_unless_told),
        cmocka_unit_test(dmarc_audit_asks_all_collectors_at_once),
        cmocka_unit_test(dmarc_audit_caps_the_collectors),
        cmocka_unit_test(dmarc_audit_name_too_long_for_consent),
        cmocka_unit_test(dmarc_audit_open_look_ups_are_no_difference),
        cmocka_unit_test(dmarc_audit_messages_are_cut),
        cmocka_unit_test(dmarc_audit_memory_ends_anywhere),
        cmocka_unit_test(dmarc_catalog_rows_are_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
