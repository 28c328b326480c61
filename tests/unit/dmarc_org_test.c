/* SPDX-License-Identifier: MIT */
/*
 * dmarc_org_test.c - Organizational Domains and alignment, the DNS whole or with holes.
 * RFC 9989, 4.4, 4.10.2, B.4; RFC 7489, 3.1, 3.2.
 */
#include "dmarc/discover.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct question {
    struct dns_name name;
    enum dmarc_rules rules;
    struct dmarc_org out;
};

static enum ac_status ask(struct ac_env *env, void *context)
{
    struct question *q = context;

    return dmarc_org_domain(env, &q->name, q->rules, &q->out);
}

#define BANK                                                 \
    "_dmarc.bank.example. TXT \"v=DMARC1; p=none; psd=y\"\n" \
    "_dmarc.giant.bank.example. TXT \"v=DMARC1; p=reject\"\n"

#define DEEP                                         \
    "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n" \
    "_dmarc.signing.example.com. TXT \"v=DMARC1; p=none\"\n"

static const struct {
    const char *why, *zone, *name, *org, *rule;
} row[] = {
    { "fewest labels (4.10.2, first example)",
      "_dmarc.mail.example.com. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "a.mail.example.com", "example.com", "record with the fewest labels" },
    { "psd=n (second example)",
      "_dmarc.mail.example.com. TXT \"v=DMARC1; p=none; psd=n\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "a.mail.example.com", "mail.example.com", "psd=n at mail.example.com" },
    { "psd=y at the top (third example)", "_dmarc.com. TXT \"v=DMARC1; psd=y\"",
      "a.mail.example.com", "example.com", "one label below psd=y at com" },
    { "no record at all", "", "a.mail.example.com", "a.mail.example.com",
      "no record found: the name itself" },
    { "B.4.1", DEEP, "example.com", "example.com", "record with the fewest labels" },
    { "B.4.1", DEEP, "signing.example.com", "example.com",
      "record with the fewest labels" },
    { "B.4.2", DEEP, "a.b.c.d.e.f.g.h.i.j.k.example.com", "example.com",
      "record with the fewest labels" },
    { "B.4.3", BANK, "giant.bank.example", "giant.bank.example",
      "one label below psd=y at bank.example" },
    { "B.4.3", BANK, "mail.giant.bank.example", "giant.bank.example",
      "one label below psd=y at bank.example" },
    { "B.4.3", BANK, "mail.mega.bank.example", "mega.bank.example",
      "one label below psd=y at bank.example" },
    { "psd=y where the walk starts makes the name its own", BANK, "bank.example",
      "bank.example", "record with the fewest labels" },
    { "psd=n ends the walk though a shorter name has a record",
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=none; psd=n\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none; psd=n\"",
      "a.example.com", "a.example.com", "psd=n at a.example.com" },
    { "a record of a top-level domain without psd=y takes it all",
      "_dmarc.com. TXT \"v=DMARC1; p=none\"", "a.example.com", "com",
      "record with the fewest labels" },
    { "two records are none",
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none; psd=n\"",
      "a.example.com", "a.example.com", "no record found: the name itself" },
    { "psd=y at seven labels: the name one label below was never asked",
      "_dmarc.c.d.e.f.g.example.com. TXT \"v=DMARC1; psd=y\"",
      "mail.a.b.c.d.e.f.g.example.com", "b.c.d.e.f.g.example.com",
      "one label below psd=y at c.d.e.f.g.example.com" },
    { "psd=n at eight labels is never asked (5.1.8)",
      "_dmarc.b.c.d.e.f.g.example.com. TXT \"v=DMARC1; psd=n\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "mail.a.b.c.d.e.f.g.example.com", "example.com",
      "record with the fewest labels" },
    { "the root", "", ".", ".", "the root" },
};

static void check_org(const struct world *w, const struct question *q, const char *why,
                      const char *org, const char *rule)
{
    char got[DNS_TEXT_MAX];

    (void)w;
    dns_name_print(&q->out.name, got);
    if (strcmp(got, org) != 0 || strcmp(q->out.rule, rule) != 0 || !q->out.known)
        fail_msg("%s: organizational domain %s (%s), expected %s (%s)", why, got,
                 q->out.rule, org, rule);
}

static void dmarc_org_by_the_tree_walk(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct question q = { .name = world_name(row[i].name), .rules = DMARC_RFC9989 };
        struct world w;

        world_init(&w, row[i].zone);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        check_org(&w, &q, row[i].why, row[i].org, row[i].rule);
        world_free(&w);
    }
}

static void dmarc_org_by_the_public_suffix_list(void **state)
{
    static const char *const t[][3] = {
        { "a.b.example.co.uk", "example.co.uk", "public suffix list (co.uk)" },
        { "example.com", "example.com", "public suffix list (com)" },
        { "com", "com", "public suffix list (a public suffix itself)" },
        { "a.me.github.io", "me.github.io", "public suffix list (github.io)" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct question q = { .name = world_name(t[i][0]), .rules = DMARC_RFC7489 };
        struct world w;

        world_init(&w, "_dmarc.com. TXT \"v=DMARC1; psd=n\"");
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        assert_int_equal(world_questions(&w), 0);
        check_org(&w, &q, "RFC 7489, 3.2", t[i][1], t[i][2]);
        world_free(&w);
    }
}

/* Exactly eight, one for each name, whatever the number of labels: RFC 9989, 4.10. */
static void dmarc_org_walk_asks_eight_names_at_most(void **state)
{
    static const char *const asked[] = {
        "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "_dmarc.g.h.i.j.mail.example.com",
        "_dmarc.h.i.j.mail.example.com",
        "_dmarc.i.j.mail.example.com",
        "_dmarc.j.mail.example.com",
        "_dmarc.mail.example.com",
        "_dmarc.example.com",
        "_dmarc.com",
    };
    struct question q = { .name = world_name("a.b.c.d.e.f.g.h.i.j.mail.example.com"),
                          .rules = DMARC_RFC9989 };
    struct world w;

    (void)state;
    world_init(&w, "");
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(world_questions(&w), 8);
    for (size_t i = 0; i < 8; i++) {
        struct dns_name name = world_name(asked[i]);

        assert_true(dns_name_eq(&w.view.list[i]->name, &name));
    }
    assert_int_equal(w.runs, 2);
    world_free(&w);
}

static enum ac_status ask_and_go_on(struct ac_env *env, void *context)
{
    const struct dns_answer *answer;
    struct dns_name next = world_name("next.example");

    TRY(ask(env, context));
    return dns_get(env->dns, env->wants, &next, DNS_T_TXT, &answer);
}

/* What is asked because of the result counts as one question deeper. */
static void dmarc_org_walk_leaves_its_depth_behind(void **state)
{
    struct question q = { .name = world_name("a.example.com"), .rules = DMARC_RFC9989 };
    size_t questions = 0;
    unsigned depth = 0;
    struct world w;

    (void)state;
    world_init(&w, "");
    assert_int_equal(world_run(&w, ask_and_go_on, &q), AC_OK);
    dns_view_count(&w.view, &questions, &depth);
    assert_int_equal(questions, 4);
    assert_int_equal(depth, 2);
    world_free(&w);
}

static void dmarc_org_walk_of_few_labels_asks_for_each(void **state)
{
    static const char *const name[] = { "a",
                                        "b.a",
                                        "c.b.a",
                                        "d.c.b.a",
                                        "e.d.c.b.a",
                                        "f.e.d.c.b.a",
                                        "g.f.e.d.c.b.a",
                                        "h.g.f.e.d.c.b.a",
                                        "i.h.g.f.e.d.c.b.a" };

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        struct question q = { .name = world_name(name[i]), .rules = DMARC_RFC9989 };
        struct world w;

        world_init(&w, "");
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        assert_int_equal(world_questions(&w), i < 8 ? i + 1 : 8);
        world_free(&w);
    }
}

static void dmarc_org_is_not_known_past_a_dead_name(void **state)
{
    static const struct {
        const char *dead, *guess;
        bool known;
    } t[] = {
        { "_dmarc.com", "example.com", false },
        { "_dmarc.a.example.com", "example.com", false },
        { "_dmarc.example.com", "a.example.com", false },
        { "_dmarc.net", "example.com", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct question q = { .name = world_name("a.example.com"),
                              .rules = DMARC_RFC9989 };
        struct dns_name guess = world_name(t[i].guess);
        struct world w;

        world_init(&w, "_dmarc.example.com. TXT \"v=DMARC1; p=none\"");
        world_fault(&w, t[i].dead, 0, DNS_TIMEOUT, false);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        assert_int_equal(q.out.known, t[i].known);
        assert_true(dns_name_eq(&q.out.name, &guess));
        world_free(&w);
    }
}

static void dmarc_org_is_known_when_psd_ends_the_walk_first(void **state)
{
    struct question q = { .name = world_name("a.example.com"), .rules = DMARC_RFC9989 };
    struct world w;

    (void)state;
    world_init(&w, "_dmarc.example.com. TXT \"v=DMARC1; p=none; psd=n\"");
    world_fault(&w, "_dmarc.com", 0, DNS_TIMEOUT, false);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_true(q.out.known);
    world_free(&w);
}

struct pair {
    struct question a, b;
};

static enum ac_status ask_two(struct ac_env *env, void *context)
{
    struct pair *p = context;

    TRY(ask(env, &p->a));
    return ask(env, &p->b);
}

#define PLAIN "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"

/* dead: names with blanks between, whose TXT does not answer. */
static const struct {
    const char *why, *zone, *author, *identifier, *dead;
    enum ac_tri relaxed;
} align_row[] = {
    { "Table 1", PLAIN, "news.example.com", "foo.example.com", "", AC_YES },
    { "Table 1", PLAIN, "news.example.com", "news.example.com", "", AC_YES },
    { "Table 1", PLAIN, "news.example.com", "foo.example.net", "", AC_NO },
    { "B.4.1", DEEP, "example.com", "signing.example.com", "", AC_YES },
    { "B.4.2", DEEP, "a.b.c.d.e.f.g.h.i.j.k.example.com", "signing.example.com", "",
      AC_YES },
    { "B.4.3", BANK, "giant.bank.example", "mail.giant.bank.example", "", AC_YES },
    { "B.4.3", BANK, "giant.bank.example", "mail.mega.bank.example", "", AC_NO },
    { "without records each name is its own", "", "a.example.com", "b.example.com", "",
      AC_NO },
    { "the identifier has a walk of its own",
      PLAIN "_dmarc.b.example.com. TXT \"v=DMARC1; p=none; psd=n\"", "a.example.com",
      "b.example.com", "", AC_NO },
    { "equal names, whatever is open", "", "a.example.com", "a.example.com",
      "_dmarc.a.example.com _dmarc.example.com _dmarc.com", AC_YES },
    { "nothing in common but the root", "", "a.example.com", "a.example.net",
      "_dmarc.a.example.com _dmarc.example.com _dmarc.com _dmarc.net", AC_NO },
    { "both walks end alike, whatever stands at the dead top", PLAIN, "example.com",
      "mail.example.com", "_dmarc.com", AC_YES },
    { "the dead name might be an organization of its own", PLAIN, "example.com",
      "mail.example.com", "_dmarc.mail.example.com", AC_MAYBE },
    { "a dead organizational domain", "", "example.com", "mail.example.com",
      "_dmarc.example.com", AC_MAYBE },
    { "siblings under a dead name", "", "a.example.com", "b.example.com",
      "_dmarc.example.com", AC_MAYBE },
    { "siblings under a dead name above them", PLAIN, "a.example.com", "b.example.com",
      "_dmarc.com", AC_YES },
    { "only com in common: it might be one organization", "", "example.com",
      "example2.com", "_dmarc.com", AC_MAYBE },
    { "a known organization that the other is not under",
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=none; psd=n\"", "x.a.example.com",
      "b.example.com", "_dmarc.b.example.com _dmarc.example.com", AC_NO },
    { "the same, seen from the other side",
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=none; psd=n\"", "b.example.com",
      "x.a.example.com", "_dmarc.b.example.com _dmarc.example.com", AC_NO },
    { "psd=n splits them in every world",
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=none; psd=n\"", "a.example.com",
      "example.com", "_dmarc.example.com _dmarc.com", AC_NO },
    { "psd=y between them splits siblings whatever is below",
      "_dmarc.example.com. TXT \"v=DMARC1; psd=y\"", "a.example.com", "b.example.com",
      "_dmarc.a.example.com _dmarc.b.example.com", AC_NO },
    { "more holes than are tried, but a known organization that the other is not under",
      "_dmarc.y.b.c.example.com. TXT \"v=DMARC1; psd=n\"", "y.b.c.example.com",
      "a.x.b.c.example.com",
      "_dmarc.a.x.b.c.example.com _dmarc.x.b.c.example.com _dmarc.b.c.example.com "
      "_dmarc.c.example.com _dmarc.example.com",
      AC_NO },
    { "more holes than are tried", "", "a.b.c.example.com", "x.b.c.example.com",
      "_dmarc.a.b.c.example.com _dmarc.x.b.c.example.com _dmarc.b.c.example.com "
      "_dmarc.c.example.com _dmarc.example.com",
      AC_MAYBE },
};

static void kill_names(struct world *w, const char *names)
{
    struct span rest = span_of(names);

    while (rest.n) {
        struct span name = span_cut(&rest, ' ');
        char text[DNS_TEXT_MAX];

        snprintf(text, sizeof text, "%.*s", SPAN_ARG(name));
        world_fault(w, text, DNS_T_TXT, DNS_SERVFAIL, false);
    }
}

static void dmarc_aligned_relaxed_is_the_same_organization(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof align_row / sizeof *align_row; i++) {
        struct pair p = { .a = { .name = world_name(align_row[i].author) },
                          .b = { .name = world_name(align_row[i].identifier) } };
        enum ac_tri relaxed, strict;
        bool equal = strcmp(align_row[i].author, align_row[i].identifier) == 0;
        struct world w;

        world_init(&w, align_row[i].zone);
        kill_names(&w, align_row[i].dead);
        assert_int_equal(world_run(&w, ask_two, &p), AC_OK);
        relaxed = dmarc_aligned(&p.a.name, &p.a.out, &p.b.name, &p.b.out, false);
        strict = dmarc_aligned(&p.a.name, &p.a.out, &p.b.name, &p.b.out, true);
        if (relaxed != align_row[i].relaxed || strict != (equal ? AC_YES : AC_NO))
            fail_msg("%s: %s and %s: relaxed %d, expected %d; strict %d (RFC 9989, "
                     "4.4)",
                     align_row[i].why, align_row[i].author, align_row[i].identifier,
                     relaxed, align_row[i].relaxed, strict);
        world_free(&w);
    }
}

/* What is said to be open must be open: fill every hole in every way and look. */
static void dmarc_aligned_agrees_with_every_way_to_fill_the_holes(void **state)
{
    static const char *const fill[] = { "", "v=DMARC1; p=none", "v=DMARC1; psd=n",
                                        "v=DMARC1; psd=y" };

    (void)state;
    for (size_t i = 0; i < sizeof align_row / sizeof *align_row; i++) {
        bool some = false, all = true;
        unsigned holes = 0;

        for (const char *at = align_row[i].dead; *at; at++)
            holes += *at == ' ';
        holes += *align_row[i].dead ? 1 : 0;
        if (!holes || holes > 3)
            continue;
        for (unsigned world = 0; world < 1U << (2 * holes); world++) {
            struct pair p = { .a = { .name = world_name(align_row[i].author) },
                              .b = { .name = world_name(align_row[i].identifier) } };
            struct span rest = span_of(align_row[i].dead);
            char zone[2048];
            size_t n = (size_t)snprintf(zone, sizeof zone, "%s\n", align_row[i].zone);
            struct world w;
            bool yes;

            for (unsigned h = 0; rest.n; h++) {
                struct span name = span_cut(&rest, ' ');
                const char *text = fill[world >> (2 * h) & 3];

                if (*text)
                    n += (size_t)snprintf(zone + n, sizeof zone - n,
                                          "%.*s. TXT \"%s\"\n", SPAN_ARG(name), text);
            }
            world_init(&w, zone);
            assert_int_equal(world_run(&w, ask_two, &p), AC_OK);
            yes = dmarc_aligned(&p.a.name, &p.a.out, &p.b.name, &p.b.out, false) ==
                  AC_YES;
            some = some || yes;
            all = all && yes;
            world_free(&w);
        }
        if ((all ? AC_YES : some ? AC_MAYBE : AC_NO) != align_row[i].relaxed)
            fail_msg("%s: %s and %s: some %d, all %d, expected %d", align_row[i].why,
                     align_row[i].author, align_row[i].identifier, some, all,
                     align_row[i].relaxed);
    }
}

/* A caller may have only the guess, without the walk. */
static void dmarc_aligned_without_a_walk_is_maybe(void **state)
{
    struct dns_name a = world_name("a.example.com"), b = world_name("b.example.com");
    struct dmarc_org org = { .known = false, .name = world_name("example.com") };
    struct dmarc_org known = { .known = true, .name = world_name("example.com") };

    (void)state;
    assert_int_equal(dmarc_aligned(&a, &org, &b, &org, false), AC_MAYBE);
    assert_int_equal(dmarc_aligned(&a, &known, &b, &known, false), AC_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dmarc_org_by_the_tree_walk),
        cmocka_unit_test(dmarc_org_by_the_public_suffix_list),
        cmocka_unit_test(dmarc_org_walk_asks_eight_names_at_most),
        cmocka_unit_test(dmarc_org_walk_leaves_its_depth_behind),
        cmocka_unit_test(dmarc_org_walk_of_few_labels_asks_for_each),
        cmocka_unit_test(dmarc_org_is_not_known_past_a_dead_name),
        cmocka_unit_test(dmarc_org_is_known_when_psd_ends_the_walk_first),
        cmocka_unit_test(dmarc_aligned_relaxed_is_the_same_organization),
        cmocka_unit_test(dmarc_aligned_agrees_with_every_way_to_fill_the_holes),
        cmocka_unit_test(dmarc_aligned_without_a_walk_is_maybe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
