/* SPDX-License-Identifier: MIT */
/*
 * dmarc_faults_test.c - what policy discovery finds fault with, by both RFCs, and that
 * one fault has one text. RFC 9989, 4.10, 4.10.1; RFC 7489, 6.6.3.
 */
#include "dmarc/discover.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct question {
    struct dns_name author;
    enum dmarc_rules rules;
    struct dmarc_discovery out;
};

static enum ac_status ask(struct ac_env *env, void *context)
{
    struct question *q = context;

    return dmarc_discover(env, &q->author, q->rules, &q->out);
}

static void discover(struct world *w, const char *zone, const char *author,
                     enum dmarc_rules rules)
{
    struct question q = { .author = world_name(author), .rules = rules };

    world_init(w, zone);
    assert_int_equal(world_run(w, ask, &q), AC_OK);
}

/* What each rule finds fault with. */
static const struct {
    const char *zone, *author, *ids[2];
} finding_row[] = {
    { "", "example.com", { "dmarc-record-missing ", "dmarc-record-missing " } },
    { "", "a.example.com", { "dmarc-record-missing ", "dmarc-record-missing " } },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=none\"", "example.com", { "", "" } },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none;\"",
      "example.com",
      { "dmarc-multiple-records ", "dmarc-multiple-records " } },
    { "_dmarc.example.com. TXT \"v=dmarc1; p=none\"",
      "example.com",
      { "dmarc-record-ignored dmarc-record-missing ",
        "dmarc-record-ignored dmarc-record-missing " } },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.example.com. TXT \"v=dmarc1; p=none\"",
      "example.com",
      { "dmarc-record-ignored ", "dmarc-record-ignored " } },
    { "_dmarc.example.com. TXT \"v=spf1 -all\"",
      "example.com",
      { "dmarc-record-missing ", "dmarc-record-missing " } },
    { "_dmarc.example.com. TXT \"v=DMARC1\"",
      "example.com",
      { "dmarc-policy-missing ", "dmarc-policy-missing " } },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=no; sp=yes; np=x; rua=mailto:a@b.example\"",
      "example.com",
      { "dmarc-policy-invalid dmarc-policy-invalid dmarc-policy-invalid ",
        "dmarc-policy-invalid dmarc-policy-invalid " } },
    { "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "a.example.com",
      { "dmarc-record-inherited ", "dmarc-record-inherited " } },
    { "_dmarc.b.example.com. TXT \"v=DMARC1; p=reject\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "a.b.example.com",
      { "dmarc-intermediate-ignored dmarc-record-inherited ",
        "dmarc-record-inherited " } },
};

static void ids_of(const struct world *w, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < w->findings.n && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s ",
                              finding_kind(w->findings.row[i].id)->name);
}

static void dmarc_discover_names_the_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof finding_row / sizeof *finding_row; i++)
        for (int rule = 0; rule < 2; rule++) {
            char got[512];
            struct world w;

            discover(&w, finding_row[i].zone, finding_row[i].author,
                     rule ? DMARC_RFC7489 : DMARC_RFC9989);
            ids_of(&w, got, sizeof got);
            if (strcmp(got, finding_row[i].ids[rule]) != 0)
                fail_msg("RFC %s, %s: findings %s, expected %s\n%s",
                         rule ? "7489" : "9989", finding_row[i].author, got,
                         finding_row[i].ids[rule], finding_row[i].zone);
            world_free(&w);
        }
}

static enum ac_status ask_both(struct ac_env *env, void *context)
{
    struct question *q = context;

    TRY(dmarc_discover(env, &q->author, DMARC_RFC9989, &q->out));
    return dmarc_discover(env, &q->author, DMARC_RFC7489, &q->out);
}

/* A fault that both rules see is kept once, since the text is the same. */
static void dmarc_discover_same_fault_has_the_same_text(void **state)
{
    static const struct {
        const char *zone, *author;
        size_t findings;
    } t[] = {
        { "", "a.example.com", 1 },
        { "_dmarc.example.com. TXT \"v=dmarc1\"", "example.com", 2 },
        { "_dmarc.example.com. TXT \"v=DMARC1; p=x; sp=y\"", "example.com", 2 },
        { "_dmarc.example.com. TXT \"v=DMARC1; sp=none\"", "a.example.com", 1 },
        { "_dmarc.example.com. TXT \"v=DMARC1; p=none\"", "a.example.com", 1 },
        { "_dmarc.example.com. TXT \"v=DMARC1\"\n_dmarc.example.com. TXT \"v=DMARC1;\"",
          "a.example.com", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct question q = { .author = world_name(t[i].author) };
        char got[512];
        struct world w;

        world_init(&w, t[i].zone);
        assert_int_equal(world_run(&w, ask_both, &q), AC_OK);
        ids_of(&w, got, sizeof got);
        if (w.findings.n != t[i].findings)
            fail_msg("%s: %zu findings, expected %zu: %s", t[i].zone, w.findings.n,
                     t[i].findings, got);
        world_free(&w);
    }
    {
        struct question q = { .author = world_name("example.com") };
        struct world w;

        world_init(&w, "");
        world_fault(&w, "example.com", 0, DNS_REFUSED, true);
        assert_int_equal(world_run(&w, ask_both, &q), AC_OK);
        assert_int_equal(w.findings.n, 1);
        assert_non_null(strstr(w.findings.row[0].message, "_dmarc.example.com"));
        world_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dmarc_discover_names_the_faults),
        cmocka_unit_test(dmarc_discover_same_fault_has_the_same_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
