/* SPDX-License-Identifier: MIT */
/*
 * reputation_blocklist_test.c - every list with every answer of it, errors of the asker
 * included, and lists that do not work. RFC 5782, 2, 5.
 */
#include "reputation/blocklist.h"
#include "reputation/pages.h"

#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    ZONE_BYTES = 4096
};

struct question {
    const struct blocklist *list;
    struct ip ip;
    struct dns_name domain;
    struct blocklist_result out;
};

static enum ac_status ask(struct ac_env *env, void *context)
{
    struct question *q = context;

    return q->list->kind == BLOCKLIST_IP
               ? blocklist_check_ip(env, q->list, &q->ip, &q->out)
               : blocklist_check_domain(env, q->list, &q->domain, &q->out);
}

static const struct blocklist *find(const char *zone)
{
    size_t n;
    const struct blocklist *all = blocklist_list(&n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].zone, zone) == 0)
            return &all[i];
    fail_msg("%s is not in the table", zone);
    return NULL;
}

static void question_init(struct question *q, const struct blocklist *list)
{
    *q = (struct question){ .list = list, .domain = world_name("shop.example") };
    assert_true(ip_parse(SPAN("192.0.2.25"), &q->ip));
}

/* The list as it is when it works, and the subject with these answers ("" for none). */
static void working(const struct blocklist *list, const char *answers, char *zone)
{
    struct span rest = span_of(answers);
    size_t n = 0;
    bool is_ip = list->kind == BLOCKLIST_IP;

    n += (size_t)snprintf(zone, ZONE_BYTES, "%s.%s. A %s\n",
                          is_ip        ? "2.0.0.127"
                          : list->test ? list->test
                                       : "test",
                          list->zone, is_ip ? "127.0.0.2" : "127.0.0.14");
    while (rest.n) {
        struct span one = span_cut(&rest, ' ');

        n += (size_t)snprintf(zone + n, ZONE_BYTES - n, "%s.%s. A %.*s\n",
                              is_ip ? "25.2.0.192" : "shop.example", list->zone,
                              SPAN_ARG(one));
    }
}

/* --- every row ----------------------------------------------------------------------
 */

#define LISTED    BLOCKLIST_LISTED
#define UNCHECKED BLOCKLIST_UNCHECKED
#define CLEAN     BLOCKLIST_CLEAN

static const struct {
    const char *zone, *answers;
    enum blocklist_state state;
    const char *meaning; /* a part of it; NULL: none */
    const char *finding; /* NULL: none */
} row[] = {
#define ZEN "zen.spamhaus.org"
    { ZEN, "", CLEAN, NULL, NULL },
    { ZEN, "127.0.0.2", LISTED, "(SBL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.3", LISTED, "(SBL CSS)", "blocklist-address-listed" },
    { ZEN, "127.0.0.4", LISTED, "(XBL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.5", LISTED, "(XBL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.6", LISTED, "(XBL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.7", LISTED, "(XBL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.8", LISTED, "does not explain", "blocklist-address-listed" },
    { ZEN, "127.0.0.9", LISTED, "(DROP)", "blocklist-address-listed" },
    { ZEN, "127.0.0.10", LISTED, "says its network (PBL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.11", LISTED, "says Spamhaus (PBL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.30", LISTED, "(BCL)", "blocklist-address-listed" },
    { ZEN, "127.0.0.4 127.0.0.2", LISTED, "(SBL); infected or misused host (XBL)",
      "blocklist-address-listed" },
    { ZEN, "127.255.255.252", UNCHECKED, "mistyped", NULL },
    { ZEN, "127.255.255.254", UNCHECKED, "public resolver", NULL },
    { ZEN, "127.255.255.255", UNCHECKED, "asked too much", NULL },
    { ZEN, "127.255.255.253", UNCHECKED, "refuses this question", NULL },
    { ZEN, "127.0.0.1", UNCHECKED, "refuses this resolver", NULL },
    { ZEN, "127.0.0.4 127.255.255.254", UNCHECKED, "public resolver", NULL },
    { ZEN, "203.0.113.80", UNCHECKED, "rewrites", NULL },
    { ZEN, "127.0.0.4 203.0.113.80", UNCHECKED, "rewrites", NULL },
#define DBL "dbl.spamhaus.org"
    { DBL, "", CLEAN, NULL, NULL },
    { DBL, "127.0.1.2", LISTED, "spam, or of low", "blocklist-domain-listed" },
    { DBL, "127.0.1.4", LISTED, "phishing", "blocklist-domain-listed" },
    { DBL, "127.0.1.5", LISTED, "malware", "blocklist-domain-listed" },
    { DBL, "127.0.1.6", LISTED, "controls infected", "blocklist-domain-listed" },
    { DBL, "127.0.1.102", LISTED, "honest domain, misused for spam",
      "blocklist-domain-listed" },
    { DBL, "127.0.1.103", LISTED, "honest redirector", "blocklist-domain-listed" },
    { DBL, "127.0.1.104", LISTED, "misused for phishing", "blocklist-domain-listed" },
    { DBL, "127.0.1.105", LISTED, "misused for malware", "blocklist-domain-listed" },
    { DBL, "127.0.1.106", LISTED, "misused to control", "blocklist-domain-listed" },
    { DBL, "127.0.1.255", UNCHECKED, "domains alone", NULL },
    { DBL, "127.255.255.252", UNCHECKED, "mistyped", NULL },
    { DBL, "127.255.255.254", UNCHECKED, "public resolver", NULL },
    { DBL, "127.255.255.255", UNCHECKED, "asked too much", NULL },
#define BRBL "b.barracudacentral.org"
    { BRBL, "", CLEAN, NULL, NULL },
    { BRBL, "127.0.0.2", LISTED, "sends spam", "blocklist-address-listed" },
#define SCBL "bl.spamcop.net"
    { SCBL, "", CLEAN, NULL, NULL },
    { SCBL, "127.0.0.2", LISTED, "reported by users", "blocklist-address-listed" },
#define PSBL "psbl.surriel.com"
    { PSBL, "", CLEAN, NULL, NULL },
    { PSBL, "127.0.0.2", LISTED, "spam trap", "blocklist-listed-minor" },
#define UCE "dnsbl-1.uceprotect.net"
    { UCE, "", CLEAN, NULL, NULL },
    { UCE, "127.0.0.2", LISTED, "seven days", "blocklist-listed-minor" },
#define SPIKE "bl.mailspike.net"
    { SPIKE, "", CLEAN, NULL, NULL },
    { SPIKE, "127.0.0.2", LISTED, "wave of spam", "blocklist-listed-minor" },
    { SPIKE, "127.0.0.10", LISTED, "worst", "blocklist-listed-minor" },
    { SPIKE, "127.0.0.11", LISTED, "very bad", "blocklist-listed-minor" },
    { SPIKE, "127.0.0.12", LISTED, "bad reputation", "blocklist-listed-minor" },
#define SURBL "multi.surbl.org"
    { SURBL, "", CLEAN, NULL, NULL },
    { SURBL, "127.0.0.8", LISTED, "(PH)", "blocklist-listed-minor" },
    { SURBL, "127.0.0.16", LISTED, "(MW)", "blocklist-listed-minor" },
    { SURBL, "127.0.0.64", LISTED, "(ABUSE)", "blocklist-listed-minor" },
    { SURBL, "127.0.0.128", LISTED, "(CR)", "blocklist-listed-minor" },
    { SURBL, "127.0.0.80", LISTED, "malware (MW); spam (ABUSE)",
      "blocklist-listed-minor" },
    { SURBL, "127.0.0.2", LISTED, "does not explain", "blocklist-listed-minor" },
    { SURBL, "127.0.0.1", UNCHECKED, "refuses this resolver", NULL },
#define URIBL "multi.uribl.com"
    { URIBL, "", CLEAN, NULL, NULL },
    { URIBL, "127.0.0.2", LISTED, "(black)", "blocklist-listed-minor" },
    { URIBL, "127.0.0.4", LISTED, "(grey)", "blocklist-listed-minor" },
    { URIBL, "127.0.0.8", LISTED, "(red)", "blocklist-listed-minor" },
    { URIBL, "127.0.0.10", LISTED, "spam (black); seen in", "blocklist-listed-minor" },
    { URIBL, "127.0.0.1", UNCHECKED, "uribl.com/refused.shtml", NULL },
};

static void check_result(size_t i, const struct blocklist_result *r,
                         const struct world *w)
{
    bool meant =
        row[i].meaning ? r->meaning && strstr(r->meaning, row[i].meaning) : !r->meaning;

    if (r->state != row[i].state || !meant)
        fail_msg("%s answers \"%s\": %s, %s; expected %s, %s: RFC 5782, 2, 5",
                 row[i].zone, row[i].answers, blocklist_state_print(r->state),
                 r->meaning ? r->meaning : "no meaning",
                 blocklist_state_print(row[i].state),
                 row[i].meaning ? row[i].meaning : "no meaning");
    if (w->findings.n != (row[i].finding ? 1 : 0) ||
        (row[i].finding && !world_finding(w, row[i].finding)))
        fail_msg("%s answers \"%s\": expected the finding %s", row[i].zone,
                 row[i].answers, row[i].finding ? row[i].finding : "none");
    if ((r->answer != NULL) != (r->state == LISTED))
        fail_msg("%s answers \"%s\": the result has the answer %s", row[i].zone,
                 row[i].answers, r->answer ? r->answer : "none");
    assert_non_null(r->page);
    assert_non_null(
        strstr(r->page, r->list->kind == BLOCKLIST_IP ? "192.0.2.25" : "shop.example"));
}

static void blocklist_answers_mean_what_their_operators_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char zone[ZONE_BYTES];
        struct question q;
        struct world w;

        question_init(&q, find(row[i].zone));
        working(q.list, row[i].answers, zone);
        world_init(&w, zone);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        check_result(i, &q.out, &w);
        assert_string_equal(q.out.subject, q.list->kind == BLOCKLIST_IP
                                               ? "192.0.2.25"
                                               : "shop.example");
        world_free(&w);
    }
}

static bool is_tried(const struct blocklist *list, const struct blocklist_code *code,
                     const uint8_t last)
{
    char answer[32];

    snprintf(answer, sizeof answer, "%u.%u.%u.%u", code->bits ? 127U : code->from[0],
             code->from[1], code->from[2], last);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (strcmp(row[i].zone, list->zone) == 0 && strcmp(row[i].answers, answer) == 0)
            return true;
    return false;
}

/* The table above is no smaller than the one of the program. */
static void blocklist_tests_leave_out_no_answer(void **state)
{
    size_t n;
    const struct blocklist *all = blocklist_list(&n);

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < all[i].n_codes; k++) {
            const struct blocklist_code *code = &all[i].code[k];
            unsigned last = code->bits ? code->bits : code->from[3];

            for (; last <= (code->bits ? code->bits : code->to[3]); last++)
                if (!is_tried(&all[i], code, (uint8_t)last))
                    fail_msg("%s: the answer that means \"%s\" is not tried",
                             all[i].zone, code->meaning);
        }
}

static void blocklist_rows_are_whole(void **state)
{
    size_t n;
    const struct blocklist *all = blocklist_list(&n), *list;
    const char *why;
    struct blocklist parsed;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        list = &all[i];
        assert_non_null(list->page);
        assert_non_null(list->terms);
        assert_non_null(list->source);
        assert_true(list->n_codes > 0);
        assert_true(blocklist_parse(list->zone, &parsed, &why));
        assert_string_equal(parsed.name, list->name);
        assert_non_null(
            strstr(list->page, list->kind == BLOCKLIST_IP ? "{ip}" : "{domain}"));
    }
}

/* --- lists that do not work ---------------------------------------------------------
 */

#define POINT "2.0.0.127.zen.spamhaus.org. A 127.0.0.2\n"

static const struct {
    const char *why, *zone;
    const char *fault; /* a name whose questions end with: */
    enum dns_outcome outcome;
    enum blocklist_state state;
    const char *meaning;
} broken[] = {
    { "its listed test point is not listed", "", NULL, 0, UNCHECKED, "is dead" },
    { "the same, and the subject is", "25.2.0.192.zen.spamhaus.org. A 127.0.0.4\n",
      NULL, 0, UNCHECKED, "its test entry is not listed" },
    { "it lists everything", "*.zen.spamhaus.org. A 127.0.0.2\n", NULL, 0, UNCHECKED,
      "lists everything" },
    { "its clean test point is listed",
      POINT "1.0.0.127.zen.spamhaus.org. A 127.0.0.2\n", NULL, 0, UNCHECKED,
      "lists everything" },
    { "the zone was bought by somebody", "*.zen.spamhaus.org. A 203.0.113.80\n", NULL,
      0, UNCHECKED, "not a list any more" },
    { "its test points are refused", "2.0.0.127.zen.spamhaus.org. A 127.255.255.254\n",
      NULL, 0, UNCHECKED, "public resolver" },
    { "everything is refused", "*.zen.spamhaus.org. A 127.255.255.255\n", NULL, 0,
      UNCHECKED, "asked too much" },
    { "it is silent", POINT, "zen.spamhaus.org", DNS_TIMEOUT, UNCHECKED,
      "no answer (timeout)" },
    { "it fails", POINT, "zen.spamhaus.org", DNS_SERVFAIL, UNCHECKED, "SERVFAIL" },
    { "it refuses by RCODE", POINT, "zen.spamhaus.org", DNS_REFUSED, UNCHECKED,
      "REFUSED" },
    { "it is silent about the subject", POINT, "25.2.0.192.zen.spamhaus.org",
      DNS_TIMEOUT, UNCHECKED, "no answer (timeout)" },
    { "it is silent about the clean test point", POINT, "1.0.0.127.zen.spamhaus.org",
      DNS_TIMEOUT, UNCHECKED, "no answer (timeout)" },
    { "it is silent about the listed test point", POINT, "2.0.0.127.zen.spamhaus.org",
      DNS_TIMEOUT, UNCHECKED, "no answer (timeout)" },
    { "it works", POINT, NULL, 0, CLEAN, NULL },
};

static void blocklist_that_does_not_work_says_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct question q;
        struct world w;

        question_init(&q, find(ZEN));
        world_init(&w, broken[i].zone);
        if (broken[i].fault)
            world_fault(&w, broken[i].fault, 0, broken[i].outcome, true);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        if (q.out.state != broken[i].state ||
            (broken[i].meaning && !strstr(q.out.meaning, broken[i].meaning)))
            fail_msg("%s: %s, %s; expected %s: RFC 5782, 5", broken[i].why,
                     blocklist_state_print(q.out.state),
                     q.out.meaning ? q.out.meaning : "-", broken[i].meaning);
        assert_int_equal(w.findings.n, 0);
        world_free(&w);
    }
}

/* Of a list of domains, RFC 5782's test point or the list's own must be there. */
static void blocklist_of_domains_has_two_test_points(void **state)
{
    static const char *const zone[] = {
        "test.multi.surbl.org. A 127.0.0.254\nshop.example.multi.surbl.org. A "
        "127.0.0.64\n",
        "test.surbl.org.multi.surbl.org. A 127.0.0.254\nshop.example.multi.surbl.org. "
        "A 127.0.0.64\n",
        "shop.example.multi.surbl.org. A 127.0.0.64\n",
        "test.multi.surbl.org. A 127.0.0.254\ninvalid.multi.surbl.org. A "
        "127.0.0.64\nshop.example.multi.surbl.org. A 127.0.0.64\n",
    };
    static const enum blocklist_state expected[] = { LISTED, LISTED, UNCHECKED,
                                                     UNCHECKED };

    (void)state;
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
        struct question q;
        struct world w;

        question_init(&q, find(SURBL));
        world_init(&w, zone[i]);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        if (q.out.state != expected[i])
            fail_msg("%s, expected %s: RFC 5782, 5\n%s",
                     blocklist_state_print(q.out.state),
                     blocklist_state_print(expected[i]), zone[i]);
        world_free(&w);
    }
}

#define V6_ZEROS "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."

static void blocklist_asks_ipv6_by_nibbles(void **state)
{
    struct question q;
    struct world w;

    (void)state;
    question_init(&q, find(ZEN));
    assert_true(ip_parse(SPAN("2001:db8::25"), &q.ip));
    world_init(&w, "2.0.0.0.0.0.f.7.f.f.f.f." V6_ZEROS "zen.spamhaus.org. A 127.0.0.2\n"
                   "5.2.0.0." V6_ZEROS "8.b.d.0.1.0.0.2.zen.spamhaus.org. A "
                   "127.0.0.3\n");
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(q.out.state, LISTED);
    assert_string_equal(q.out.answer, "127.0.0.3");
    assert_string_equal(q.out.subject, "2001:db8::25");
    assert_string_equal(q.out.page,
                        "https://check.spamhaus.org/results/?query=2001:db8::25");
    world_free(&w);
}

/* RFC 5782, 5 has a test point for IPv6, which a list that holds both may lack; of one
 * that may hold IPv4 alone, the other says nothing. */
static void blocklist_of_both_families_is_trusted_by_either_test_point(void **state)
{
    static const char zone[] = "2.0.0.127.zen.spamhaus.org. A 127.0.0.2\n"
                               "2.0.0.127.bl.example.net. A 127.0.0.2\n";
    struct blocklist own;
    const char *why;
    struct question q;
    struct world w;

    (void)state;
    question_init(&q, find(ZEN));
    assert_true(ip_parse(SPAN("2001:db8::25"), &q.ip));
    world_init(&w, zone);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(q.out.state, CLEAN);
    world_free(&w);
    assert_true(blocklist_parse("bl.example.net", &own, &why));
    q.list = &own;
    world_init(&w, zone);
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(q.out.state, UNCHECKED);
    world_free(&w);
}

static void blocklist_questions_are_one_deep(void **state)
{
    struct question q;
    size_t questions;
    unsigned depth;
    struct world w;

    (void)state;
    question_init(&q, find(DBL));
    world_init(&w, "");
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    dns_view_count(&w.view, &questions, &depth);
    assert_int_equal(questions, 4);
    assert_int_equal(depth, 1);
    world_free(&w);
}

static void blocklist_takes_no_name_that_is_too_long(void **state)
{
    char name[256] = "";
    struct question q;
    struct world w;

    (void)state;
    for (size_t i = 0; i < 24; i++)
        strncat(name, "abcdefghi.", sizeof name - strlen(name) - 1);
    question_init(&q, find(DBL));
    q.domain = world_name(name);
    world_init(&w, "test.dbl.spamhaus.org. A 127.0.1.2\n");
    assert_int_equal(world_run(&w, ask, &q), AC_OK);
    assert_int_equal(q.out.state, UNCHECKED);
    assert_non_null(strstr(q.out.meaning, "too long"));
    world_free(&w);
}

/* --- lists of the user --------------------------------------------------------------
 */

static void blocklist_of_the_user_is_parsed(void **state)
{
    static const struct {
        const char *text, *zone;
        enum blocklist_kind kind;
        const char *why;
    } t[] = {
        { "bl.example.net", "bl.example.net", BLOCKLIST_IP, NULL },
        { "domain:dbl.example.net", "dbl.example.net", BLOCKLIST_DOMAIN, NULL },
        { "zen.spamhaus.org", "zen.spamhaus.org", BLOCKLIST_IP, NULL },
        { "DBL.Spamhaus.org.", "dbl.spamhaus.org", BLOCKLIST_DOMAIN, NULL },
        { "dnsbl.sorbs.net", NULL, BLOCKLIST_IP, "5 June 2024" },
        { "spam.dnsbl.SORBS.net", NULL, BLOCKLIST_IP, "5 June 2024" },
        { "domain:rhsbl.sorbs.net", NULL, BLOCKLIST_IP, "5 June 2024" },
        { "ix.dnsbl.manitu.net", NULL, BLOCKLIST_IP, "January 2025" },
        { "dnsbl.njabl.org", NULL, BLOCKLIST_IP, "2013" },
        { "dnsbl.ahbl.org", NULL, BLOCKLIST_IP, "lists everything" },
        { "localhost", NULL, BLOCKLIST_IP, "single label" },
        { "", NULL, BLOCKLIST_IP, "empty" },
        { "domain:", NULL, BLOCKLIST_IP, "empty" },
        { "a b.example", NULL, BLOCKLIST_IP, "character" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct blocklist list;
        const char *why = "";
        bool parsed = blocklist_parse(t[i].text, &list, &why);

        if (parsed != !t[i].why || (t[i].why && !strstr(why, t[i].why)))
            fail_msg("--dnsbl %s: %s, expected %s", t[i].text, parsed ? "taken" : why,
                     t[i].why ? t[i].why : "taken");
        if (parsed && (strcmp(list.zone, t[i].zone) != 0 || list.kind != t[i].kind))
            fail_msg("--dnsbl %s: zone %s", t[i].text, list.zone);
    }
}

static void blocklist_of_the_user_lists_by_any_answer_but_refusals(void **state)
{
    static const struct {
        const char *answers;
        enum blocklist_state state;
    } t[] = {
        { "127.0.0.2", LISTED },    { "127.1.2.3", LISTED },
        { "127.0.0.1", UNCHECKED }, { "127.255.255.7", UNCHECKED },
        { "10.0.0.1", UNCHECKED },  { "", CLEAN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        char zone[ZONE_BYTES];
        struct blocklist list;
        struct question q;
        const char *why;
        struct world w;

        assert_true(blocklist_parse("bl.example.net", &list, &why));
        question_init(&q, &list);
        working(&list, t[i].answers, zone);
        world_init(&w, zone);
        assert_int_equal(world_run(&w, ask, &q), AC_OK);
        if (q.out.state != t[i].state)
            fail_msg("bl.example.net answers \"%s\": %s, expected %s", t[i].answers,
                     blocklist_state_print(q.out.state),
                     blocklist_state_print(t[i].state));
        assert_null(q.out.page);
        world_free(&w);
    }
}

static void blocklist_knows_its_own_questions(void **state)
{
    struct dns_name own = world_name("25.2.0.192.zen.spamhaus.org");
    struct dns_name other = world_name("www.spamhaus.org");

    (void)state;
    assert_true(blocklist_asks(find(ZEN), &own));
    assert_false(blocklist_asks(find(ZEN), &other));
}

/* --- what could not be checked ------------------------------------------------------
 */

static const char *note(const struct blocklist_result *r, size_t n)
{
    static char text[4096];
    struct findings f;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    findings_init(&f, &arena);
    blocklist_note_unchecked(&f, "shop.example", r, n);
    assert_true(f.n <= 1);
    snprintf(text, sizeof text, "%s", f.n ? f.row[0].message : "");
    arena_free(&arena);
    return text;
}

static void blocklist_unchecked_ones_are_one_line(void **state)
{
    struct blocklist own = { .zone = "bl.example.net", .name = "bl.example.net" };
    const struct blocklist_result r[] = {
        { .list = find(ZEN),
          .subject = "192.0.2.1",
          .state = UNCHECKED,
          .meaning = "it is shut",
          .page = "https://zen/1" },
        { .list = find(ZEN),
          .subject = "192.0.2.2",
          .state = UNCHECKED,
          .meaning = "it is shut",
          .page = "https://zen/2" },
        { .list = find(PSBL), .subject = "192.0.2.1", .state = CLEAN },
        { .list = find(BRBL),
          .subject = "192.0.2.1",
          .state = UNCHECKED,
          .meaning = "it is dead",
          .page = "https://brbl" },
        { .list = find(DBL),
          .subject = "shop.example",
          .state = UNCHECKED,
          .meaning = "it is shut",
          .page = "https://dbl" },
        { .list = find(URIBL),
          .subject = "shop.example",
          .state = LISTED,
          .meaning = "spam" },
        { .list = &own,
          .subject = "192.0.2.1",
          .state = UNCHECKED,
          .meaning = "it is dead" },
    };

    (void)state;
    assert_string_equal(note(r, 0), "");
    assert_string_equal(note(r + 2, 1), "");
    assert_string_equal(note(r, 1),
                        "Could not be checked from here: Spamhaus ZEN (it is "
                        "shut); look by hand at https://zen/1.");
    assert_string_equal(note(r + 6, 1),
                        "Could not be checked from here: bl.example.net "
                        "(it is dead).");
    assert_string_equal(
        note(r, sizeof r / sizeof *r),
        "Could not be checked from here: Spamhaus ZEN, Spamhaus DBL (it "
        "is shut), Barracuda, bl.example.net (it is dead); look by hand at "
        "https://zen/1 and https://brbl, and at the pages of the others.");
}

/* --- pages --------------------------------------------------------------------------
 */

static void page_is_filled_in(void **state)
{
    static const struct {
        const char *url, *subject, *expected;
    } t[] = {
        { "https://x/?ip={ip}", "192.0.2.1", "https://x/?ip=192.0.2.1" },
        { "https://x/{domain}/a/{domain}", "shop.example",
          "https://x/shop.example/a/shop.example" },
        { "https://x/", "shop.example", "https://x/" },
        { "https://x/{other}", "shop.example", "https://x/{other}" },
        { "https://x/?q={ip}", "2001:db8::1", "https://x/?q=2001:db8::1" },
        { "https://x/?q={domain}", "a\\032&b=\"<c>",
          "https://x/?q=a%5C032%26b%3D%22%3Cc%3E" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        assert_string_equal(reputation_page_fill(&arena, t[i].url, t[i].subject),
                            t[i].expected);
    assert_null(reputation_page_fill(&arena, NULL, "x"));
    arena_free(&arena);
}

static void pages_are_whole(void **state)
{
    size_t n;
    const struct reputation_page *page = reputation_pages(&n);

    (void)state;
    assert_true(n >= 5);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(page[i].name);
        assert_non_null(page[i].what);
        assert_true(span_starts(span_of(page[i].url), SPAN("https://")));
        assert_null(strstr(page[i].url, page[i].of_domain ? "{ip}" : "{domain}"));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocklist_answers_mean_what_their_operators_say),
        cmocka_unit_test(blocklist_tests_leave_out_no_answer),
        cmocka_unit_test(blocklist_rows_are_whole),
        cmocka_unit_test(blocklist_that_does_not_work_says_nothing),
        cmocka_unit_test(blocklist_of_domains_has_two_test_points),
        cmocka_unit_test(blocklist_asks_ipv6_by_nibbles),
        cmocka_unit_test(blocklist_of_both_families_is_trusted_by_either_test_point),
        cmocka_unit_test(blocklist_questions_are_one_deep),
        cmocka_unit_test(blocklist_takes_no_name_that_is_too_long),
        cmocka_unit_test(blocklist_of_the_user_is_parsed),
        cmocka_unit_test(blocklist_of_the_user_lists_by_any_answer_but_refusals),
        cmocka_unit_test(blocklist_knows_its_own_questions),
        cmocka_unit_test(blocklist_unchecked_ones_are_one_line),
        cmocka_unit_test(page_is_filled_in),
        cmocka_unit_test(pages_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
