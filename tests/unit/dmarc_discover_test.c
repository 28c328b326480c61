/* SPDX-License-Identifier: MIT */
/*
 * dmarc_discover_test.c - which policy applies: a zone in, the outcome by both RFCs
 * out. RFC 9989, 4.10, 4.10.1; RFC 7489, 6.6.3.
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

/* "reject by p at _dmarc.example.com", "absent", "unusable", "temperror". */
static const char *outcome(const struct dmarc_discovery *d, char *out, size_t size)
{
    static const char *const word[] = {
        [DMARC_ABSENT] = "absent",
        [DMARC_UNUSABLE] = "unusable",
        [DMARC_TEMPERROR] = "temperror",
    };

    if (d->found != DMARC_FOUND) {
        snprintf(out, size, "%s", word[d->found]);
        return out;
    }
    snprintf(out, size, "%s by %s at %s", dmarc_policy_print(d->policy),
             d->policy_tag ? d->policy_tag : "-", d->found_at);
    return out;
}

static unsigned possible_of(const char *outcome_text)
{
    static const struct {
        const char *word;
        unsigned bit;
    } bit[] = {
        { "absent", DMARC_CAN_BE_ABSENT }, { "unusable", DMARC_CAN_BE_ABSENT },
        { "none", DMARC_CAN_BE_NONE },     { "quarantine", DMARC_CAN_BE_QUARANTINE },
        { "reject", DMARC_CAN_BE_REJECT }, { "temperror", DMARC_CAN_BE_ANY },
    };

    for (size_t i = 0; i < sizeof bit / sizeof *bit; i++)
        if (strncmp(outcome_text, bit[i].word, strlen(bit[i].word)) == 0)
            return bit[i].bit;
    return 0;
}

/* rule 0: RFC 9989, rule 1: RFC 7489. */
struct row {
    const char *why;
    const char *zone; /* of TXT records */
    const char *author;
    const char *dead; /* a name whose TXT is SERVFAIL, or NULL */
    const char *expect[2];
};

static const struct row row[] = {
    { "no record at all",
      "example.com. A 192.0.2.1",
      "example.com",
      NULL,
      { "absent", "absent" } },
    { "the Author Domain's own p",
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; sp=none\"",
      "example.com",
      NULL,
      { "reject by p at _dmarc.example.com", "reject by p at _dmarc.example.com" } },
    { "two strings are one text (4.5)",
      "_dmarc.example.com. TXT \"v=DMARC1; p=rej\" \"ect\"",
      "example.com",
      NULL,
      { "reject by p at _dmarc.example.com", "reject by p at _dmarc.example.com" } },
    { "other texts at the name do not count (step 2)",
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"\n"
      "_dmarc.example.com. TXT \"v=spf1 -all\"",
      "example.com",
      NULL,
      { "reject by p at _dmarc.example.com", "reject by p at _dmarc.example.com" } },
    { "a leading blank makes it no record",
      "_dmarc.example.com. TXT \" v=DMARC1; p=reject\"",
      "example.com",
      NULL,
      { "absent", "absent" } },
    { "sp of the Organizational Domain",
      "a.b.example.com. A 192.0.2.1\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; sp=none\"",
      "a.b.example.com",
      NULL,
      { "none by sp at _dmarc.example.com", "none by sp at _dmarc.example.com" } },
    { "p where there is no sp",
      "a.example.com. A 192.0.2.1\n_dmarc.example.com. TXT \"v=DMARC1; p=reject\"",
      "a.example.com",
      NULL,
      { "reject by p at _dmarc.example.com", "reject by p at _dmarc.example.com" } },
    { "np for a name that does not exist",
      "_dmarc.example.com. TXT \"v=DMARC1; p=none; sp=quarantine; np=reject\"",
      "no.example.com",
      NULL,
      { "reject by np at _dmarc.example.com",
        "quarantine by sp at _dmarc.example.com" } },
    { "sp for a name that exists without data (RFC 8020)",
      "below.no.example.com. A 192.0.2.1\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none; sp=quarantine; np=reject\"",
      "no.example.com",
      NULL,
      { "quarantine by sp at _dmarc.example.com",
        "quarantine by sp at _dmarc.example.com" } },
    { "p for a name that exists, where only np is given",
      "a.example.com. A 192.0.2.1\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none; np=reject\"",
      "a.example.com",
      NULL,
      { "none by p at _dmarc.example.com", "none by p at _dmarc.example.com" } },
    { "a wildcard makes every name exist",
      "*.example.com. A 192.0.2.1\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none; np=reject\"",
      "a.example.com",
      NULL,
      { "none by p at _dmarc.example.com", "none by p at _dmarc.example.com" } },
    { "two records: discarded, the walk goes on; RFC 7489 stops",
      "a.example.com. A 192.0.2.1\n"
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=quarantine\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"",
      "a.example.com",
      NULL,
      { "reject by p at _dmarc.example.com", "unusable" } },
    { "two records and nothing above",
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"",
      "example.com",
      NULL,
      { "unusable", "unusable" } },
    { "two records at the Organizational Domain",
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"",
      "a.example.com",
      NULL,
      { "unusable", "unusable" } },
    { "a record in between is not the policy (4.10.1)",
      "a.b.example.com. A 192.0.2.1\n"
      "_dmarc.b.example.com. TXT \"v=DMARC1; p=reject\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "a.b.example.com",
      NULL,
      { "none by p at _dmarc.example.com", "none by p at _dmarc.example.com" } },
    { "with psd=n the record in between is the policy",
      "a.b.example.com. A 192.0.2.1\n"
      "_dmarc.b.example.com. TXT \"v=DMARC1; p=reject; psd=n\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "a.b.example.com",
      NULL,
      { "reject by p at _dmarc.b.example.com", "none by p at _dmarc.example.com" } },
    { "only a record in between: it has the fewest labels",
      "_dmarc.b.example.com. TXT \"v=DMARC1; p=reject\"",
      "a.b.example.com",
      NULL,
      { "reject by p at _dmarc.b.example.com", "absent" } },
    { "the record of a top-level domain is found",
      "_dmarc.com. TXT \"v=DMARC1; p=reject; np=none\"\nexample.com. A 192.0.2.1",
      "example.com",
      NULL,
      { "reject by p at _dmarc.com", "absent" } },
    { "PSD policy where the Organizational Domain has none",
      "mail.mega.bank.example. A 192.0.2.1\n"
      "_dmarc.bank.example. TXT \"v=DMARC1; p=none; sp=quarantine; psd=y\"",
      "mail.mega.bank.example",
      NULL,
      { "quarantine by sp at _dmarc.bank.example",
        "quarantine by sp at _dmarc.bank.example" } },
    { "no PSD policy where the Organizational Domain has one",
      "mail.giant.bank.example. A 192.0.2.1\n"
      "_dmarc.giant.bank.example. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.bank.example. TXT \"v=DMARC1; p=reject; psd=y\"",
      "mail.giant.bank.example",
      NULL,
      { "none by p at _dmarc.giant.bank.example",
        "reject by p at _dmarc.bank.example" } },
    { "a record under the Organizational Domain is not that of the PSD",
      "a.b.giant.bank.example. A 192.0.2.1\n"
      "_dmarc.b.giant.bank.example. TXT \"v=DMARC1; p=none\"\n"
      "_dmarc.bank.example. TXT \"v=DMARC1; p=reject; psd=y\"",
      "a.b.giant.bank.example",
      NULL,
      { "reject by p at _dmarc.bank.example", "reject by p at _dmarc.bank.example" } },
    { "psd=y at the parent itself",
      "a.example.com. A 192.0.2.1\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=none; sp=reject; psd=y\"",
      "a.example.com",
      NULL,
      { "reject by sp at _dmarc.example.com", "reject by sp at _dmarc.example.com" } },
    { "psd=y ends the walk: what stands above is not asked",
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; psd=y\"",
      "a.example.com",
      "_dmarc.com",
      { "reject by p at _dmarc.example.com", "reject by p at _dmarc.example.com" } },
    { "no p, no rua: no DMARC",
      "_dmarc.example.com. TXT \"v=DMARC1; sp=reject\"",
      "example.com",
      NULL,
      { "unusable", "unusable" } },
    { "no p but rua: p=none",
      "_dmarc.example.com. TXT \"v=DMARC1; rua=mailto:a@example.com\"",
      "example.com",
      NULL,
      { "none by - at _dmarc.example.com", "none by - at _dmarc.example.com" } },
    { "an unusable record of the Author Domain ends the discovery",
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=x\"\n"
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"",
      "a.example.com",
      NULL,
      { "unusable", "unusable" } },
    { "an invalid np is no fault by RFC 7489",
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; np=x\"",
      "example.com",
      NULL,
      { "unusable", "reject by p at _dmarc.example.com" } },
    { "private suffixes count by RFC 7489",
      "_dmarc.github.io. TXT \"v=DMARC1; p=reject\"\nme.github.io. A 192.0.2.1",
      "me.github.io",
      NULL,
      { "reject by p at _dmarc.github.io", "absent" } },
    { "a public suffix as Author Domain has its own record",
      "_dmarc.co.uk. TXT \"v=DMARC1; p=reject\"",
      "co.uk",
      NULL,
      { "reject by p at _dmarc.co.uk", "reject by p at _dmarc.co.uk" } },
    { "the Author Domain did not answer",
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"",
      "a.example.com",
      "_dmarc.a.example.com",
      { "temperror", "temperror" } },
    { "own record: parents do not matter",
      "_dmarc.a.example.com. TXT \"v=DMARC1; p=reject\"",
      "a.example.com",
      "_dmarc.example.com",
      { "reject by p at _dmarc.a.example.com",
        "reject by p at _dmarc.a.example.com" } },
    { "no own record, the Organizational Domain did not answer",
      "a.example.com. A 192.0.2.1",
      "a.example.com",
      "_dmarc.example.com",
      { "temperror", "temperror" } },
    { "any name of the walk might say psd=n",
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\na.b.example.com. A 192.0.2.1",
      "a.b.example.com",
      "_dmarc.b.example.com",
      { "temperror", "none by p at _dmarc.example.com" } },
    { "the top-level domain did not answer",
      "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\na.example.com. A 192.0.2.1",
      "a.example.com",
      "_dmarc.com",
      { "temperror", "none by p at _dmarc.example.com" } },
    { "psd=n below the dead name decides",
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; psd=n\"\na.example.com. A 192.0.2.1",
      "a.example.com",
      "_dmarc.com",
      { "reject by p at _dmarc.example.com", "reject by p at _dmarc.example.com" } },
    { "existence is not asked where np does not matter",
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; sp=quarantine\"",
      "a.example.com",
      "a.example.com",
      { "quarantine by sp at _dmarc.example.com",
        "quarantine by sp at _dmarc.example.com" } },
    { "existence is open, but np says the same",
      "_dmarc.example.com. TXT \"v=DMARC1; p=reject; np=reject\"",
      "a.example.com",
      "a.example.com",
      { "reject by p at _dmarc.example.com", "reject by p at _dmarc.example.com" } },
    { "the root has no policy",
      "_dmarc. TXT \"v=DMARC1; p=none\"",
      ".",
      NULL,
      { "absent", "none by p at _dmarc" } },
};

static void dmarc_discover_finds_what_both_rfcs_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int rule = 0; rule < 2; rule++) {
            struct question q = { .author = world_name(row[i].author),
                                  .rules = rule ? DMARC_RFC7489 : DMARC_RFC9989 };
            const char *expect = row[i].expect[rule];
            char got[DNS_TEXT_MAX + 32];
            struct world w;

            world_init(&w, row[i].zone);
            if (row[i].dead)
                world_fault(&w, row[i].dead, DNS_T_TXT, DNS_SERVFAIL, false);
            assert_int_equal(world_run(&w, ask, &q), AC_OK);
            if (strcmp(outcome(&q.out, got, sizeof got), expect) != 0)
                fail_msg("%s: RFC %s gives %s, expected %s\n%s", row[i].why,
                         rule ? "7489" : "9989", got, expect, row[i].zone);
            if (q.out.possible != possible_of(expect))
                fail_msg("%s: RFC %s leaves %u possible, expected %u\n%s", row[i].why,
                         rule ? "7489" : "9989", q.out.possible, possible_of(expect),
                         row[i].zone);
            world_free(&w);
        }
}

static struct dmarc_discovery discover(struct world *w, const char *zone,
                                       const char *author, enum dmarc_rules rules)
{
    struct question q = { .author = world_name(author), .rules = rules };

    world_init(w, zone);
    assert_int_equal(world_run(w, ask, &q), AC_OK);
    return q.out;
}

static void dmarc_discover_t_lowers_the_policy_in_force(void **state)
{
    static const struct {
        const char *policy;
        unsigned by_9989, by_7489;
    } t[] = {
        { "reject", DMARC_CAN_BE_QUARANTINE, DMARC_CAN_BE_REJECT },
        { "quarantine", DMARC_CAN_BE_NONE, DMARC_CAN_BE_QUARANTINE },
        { "none", DMARC_CAN_BE_NONE, DMARC_CAN_BE_NONE },
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct dmarc_discovery d;
        struct world w;
        char zone[128];

        snprintf(zone, sizeof zone, "_dmarc.example.com. TXT \"v=DMARC1; p=%s; t=y\"",
                 t[i].policy);
        d = discover(&w, zone, "example.com", DMARC_RFC9989);
        assert_true(d.testing);
        assert_string_equal(dmarc_policy_print(d.policy), t[i].policy);
        assert_int_equal(d.possible, t[i].by_9989);
        world_free(&w);
        d = discover(&w, zone, "example.com", DMARC_RFC7489);
        assert_false(d.testing);
        assert_int_equal(d.possible, t[i].by_7489);
        world_free(&w);
    }
}

static void dmarc_discover_pct_is_for_rfc_7489_alone(void **state)
{
    static const char zone[] = "_dmarc.example.com. TXT \"v=DMARC1; p=reject; pct=0\"";
    struct dmarc_discovery d;
    struct world w;

    (void)state;
    d = discover(&w, zone, "example.com", DMARC_RFC9989);
    assert_int_equal(d.pct, 100);
    world_free(&w);
    d = discover(&w, zone, "example.com", DMARC_RFC7489);
    assert_int_equal(d.pct, 0);
    assert_int_equal(d.policy, DMARC_REJECT);
    world_free(&w);
}

static void dmarc_discover_hands_out_the_record(void **state)
{
    struct dns_name domain = world_name("example.com");
    struct dmarc_discovery d;
    struct world w;

    (void)state;
    d = discover(&w,
                 "_dmarc.example.com. TXT \"v=DMARC1; p=none; adkim=s\"\n"
                 "a.example.com. A 192.0.2.1",
                 "a.example.com", DMARC_RFC9989);
    assert_true(span_eq(d.record, SPAN("v=DMARC1; p=none; adkim=s")));
    assert_true(dns_name_eq(&d.domain, &domain));
    assert_true(d.strict_dkim);
    assert_false(d.strict_spf);
    world_free(&w);
    d = discover(&w, "", "example.com", DMARC_RFC9989);
    assert_null(d.record.p);
    assert_null(d.found_at);
    assert_int_equal(d.domain.n, 0);
    world_free(&w);
}

/* Whether the name exists is open, and np and sp differ: both, and nothing else. */
static void dmarc_discover_open_existence_leaves_sp_and_np(void **state)
{
    struct question q = { .author = world_name("a.example.com"),
                          .rules = DMARC_RFC9989 };
    struct world w;

    (void)state;
    world_init(&w, "_dmarc.example.com. TXT \"v=DMARC1; p=none; sp=quarantine; "
                   "np=reject; t=y\"");
    world_fault(&w, "a.example.com", DNS_T_TXT, DNS_TIMEOUT, false);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(q.out.found, DMARC_TEMPERROR);
    assert_int_equal(q.out.possible, DMARC_CAN_BE_NONE | DMARC_CAN_BE_QUARANTINE);
    assert_non_null(world_finding(&w, "dmarc-lookup-failed"));
    world_free(&w);
}

/* Eight names and the Author Domain itself, all in the first burst: RFC 9989, 4.10. */
static void dmarc_discover_walk_is_eight_names_in_one_round_trip(void **state)
{
    static const struct {
        const char *author;
        size_t questions;
    } t[] = {
        { "com", 2 },
        { "example.com", 3 },
        { "a.b.c.d.e.f.g.h", 9 },
        { "a.b.c.d.e.f.g.example.com", 9 },
        { "a.b.c.d.e.f.g.h.i.j.mail.example.com", 9 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        size_t questions = 0;
        unsigned depth = 0;
        struct world w;

        discover(&w, "_dmarc.com. TXT \"v=DMARC1; p=none; np=reject\"", t[i].author,
                 DMARC_RFC9989);
        dns_view_count(&w.view, &questions, &depth);
        if (world_questions(&w) != t[i].questions || depth != 1 || w.runs > 2)
            fail_msg("%s: %zu questions, expected %zu; depth %u, %zu runs: RFC 9989, "
                     "4.10",
                     t[i].author, world_questions(&w), t[i].questions, depth, w.runs);
        world_free(&w);
    }
}

static void dmarc_discover_deep_author_skips_names_that_are_never_asked(void **state)
{
    struct dmarc_discovery d;
    struct world w;

    (void)state;
    d = discover(&w,
                 "_dmarc.b.c.d.e.f.g.example.com. TXT \"v=DMARC1; p=reject; psd=n\"\n"
                 "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"
                 "mail.a.b.c.d.e.f.g.example.com. A 192.0.2.1",
                 "mail.a.b.c.d.e.f.g.example.com", DMARC_RFC9989);
    assert_int_equal(d.found, DMARC_FOUND);
    assert_string_equal(d.found_at, "_dmarc.example.com");
    world_free(&w);
}

static void dmarc_discover_rfc_7489_asks_two_names(void **state)
{
    struct world w;

    (void)state;
    discover(&w, "", "a.b.c.example.co.uk", DMARC_RFC7489);
    assert_int_equal(world_questions(&w), 2);
    world_free(&w);
}

/* A name so long that _dmarc does not fit in front of it has no record of its own. */
static void dmarc_discover_name_without_room_for_dmarc(void **state)
{
    char author[256] = "";
    struct dmarc_discovery d;
    struct world w;

    (void)state;
    for (int i = 0; i < 4; i++) {
        memset(author + 60 * i, 'a', 59);
        author[60 * i + 59] = '.';
    }
    memcpy(author + 240, "example.com", 12);
    d = discover(&w, "_dmarc.example.com. TXT \"v=DMARC1; p=reject; sp=none\"", author,
                 DMARC_RFC9989);
    assert_int_equal(d.found, DMARC_FOUND);
    assert_string_equal(d.policy_tag, "sp");
    world_free(&w);
}

/* The result does not hang on the order of the answers. */
static void dmarc_discover_same_in_any_order_of_answers(void **state)
{
    (void)state;
    for (uint64_t order = 1; order < 50; order++) {
        struct question q = { .author = world_name("a.b.example.com"),
                              .rules = DMARC_RFC9989 };
        struct world w;

        world_init(&w, "_dmarc.b.example.com. TXT \"v=DMARC1; p=reject\"\n"
                       "_dmarc.example.com. TXT \"v=DMARC1; p=none; np=quarantine\"");
        w.shuffle = order;
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        assert_int_equal(q.out.policy, DMARC_QUARANTINE);
        assert_int_equal(w.findings.n, 2);
        world_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dmarc_discover_finds_what_both_rfcs_find),
        cmocka_unit_test(dmarc_discover_t_lowers_the_policy_in_force),
        cmocka_unit_test(dmarc_discover_pct_is_for_rfc_7489_alone),
        cmocka_unit_test(dmarc_discover_hands_out_the_record),
        cmocka_unit_test(dmarc_discover_open_existence_leaves_sp_and_np),
        cmocka_unit_test(dmarc_discover_walk_is_eight_names_in_one_round_trip),
        cmocka_unit_test(dmarc_discover_deep_author_skips_names_that_are_never_asked),
        cmocka_unit_test(dmarc_discover_rfc_7489_asks_two_names),
        cmocka_unit_test(dmarc_discover_name_without_room_for_dmarc),
        cmocka_unit_test(dmarc_discover_same_in_any_order_of_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
