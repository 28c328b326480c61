/* SPDX-License-Identifier: MIT */
/*
 * dns_zone_test.c - master files, the overlay's rules and the view over both.
 */
#include "dns/zone.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A file at fault names the file and the line, and changes nothing. RFC 1035, 5. */
static void dns_zone_fault_names_file_and_line(void **state)
{
    static const struct {
        const char *text, *line, *says;
    } rows[] = {
        { "a.test. A 192.0.2.1\nb.test. A 1.2.3\n", ":2: ", "rdata" },
        { "a.test. A 192.0.2.1\n\n\nwhat is this\n", ":4: ", "" },
        { "a.test. A 192.0.2.1\nb A 192.0.2.2\n", ":2: ", "$ORIGIN" },
        { "a.test. MX 10 mail\n", ":1: ", "$ORIGIN" },
        { "@ TXT \"x\"\n", ":1: ", "$ORIGIN" },
        { "a.test. CNAME b.test.\na.test. TXT \"x\"\n", ":2: ", "CNAME beside TXT" },
        { "a.test. TXT \"x\"\n\na.test. CNAME b.test.\n", ":3: ", "CNAME beside TXT" },
        { "a.test. CNAME b.test.\na.test. CNAME c.test.\n", ":2: ", "second CNAME" },
        { "a.test. SOA b. c. 1 2 3 4 5\na.test. SOA b. c. 9 2 3 4 5\n",
          ":2: ", "second SOA" },
        { "a.test. CH TXT \"x\"\n", ":1: ", "expected IN" },
        { "$INCLUDE other.zone\n", ":1: ", "$INCLUDE" },
        { "a.test. TXT \"x\nb.test. TXT \"y\"\n", ":1: ", "quote" },
        { "b.test. TXT x\na.test. TXT \"x", ":2: ", "quote" },
        { "a.test. TXT \"x\\\"\n", ":1: ", "quote" },
        { "\na.test. TXT ( x\n y\n", ":2: ", "( that does not end" },
        { "a.test. TXT ( x ( y ) )\n", ":1: ", "( within" },
        { "a.test. TXT x )\n", ":1: ", ") without" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dns_overlay *o = dns_overlay_new(1);
        const struct dns_overlay_set *set;
        struct dns_name a = world_name("a.test");
        char error[DNS_ZONE_ERROR_MAX];

        if (dns_zone_read(o, "f.zone", span_of(rows[i].text), error) != AC_EINVAL)
            fail_msg("accepted: %s", rows[i].text);
        if (!strstr(error, rows[i].line) || !strstr(error, rows[i].says) ||
            strncmp(error, "f.zone", 6) != 0)
            fail_msg("%s\nsays: %s\nexpected f.zone%s...%s", rows[i].text, error,
                     rows[i].line, rows[i].says);
        assert_int_equal(dns_overlay_look(o, &a, DNS_T_A, &set), DNS_OVERLAY_NOTHING);
        dns_overlay_free(o);
    }
}

static void dns_zone_missing_file_is_one_line(void **state)
{
    struct dns_overlay *o = dns_overlay_new(1);
    char error[DNS_ZONE_ERROR_MAX];

    (void)state;
    assert_int_equal(dns_zone_load(o, "/nonexistent/x.zone", error), AC_EINVAL);
    assert_non_null(strstr(error, "/nonexistent/x.zone: cannot be read"));
    assert_null(strchr(error, '\n'));
    assert_int_equal(dns_zone_load(o, "/", error), AC_EINVAL);
    assert_non_null(strstr(error, "expected a master file"));
    assert_int_equal(
        dns_zone_read(o, "f", span_make("a.test. A 192.0.2.1\n\0", 21), error),
        AC_EINVAL);
    assert_non_null(strstr(error, "f:2: a NUL byte"));
    assert_int_equal(dns_zone_read(o, "f", span_of("\033[31mevil A A A\n"), error),
                     AC_EINVAL);
    assert_null(strchr(error, '\033'));
    dns_overlay_free(o);
}

struct question {
    const char *name;
    uint16_t type;
    const struct dns_answer *answer;
};

static enum ac_status get(struct ac_env *env, void *context)
{
    struct question *q = context;
    struct dns_name name = world_name(q->name);

    return dns_get(env->dns, env->wants, &name, q->type, &q->answer);
}

/* What a question over live records and a proposed file answers. */
static const char live[] = "www.a.test A 192.0.2.1\n"
                           "a.test TXT \"live\"\n"
                           "a.test A 192.0.2.9\n"
                           "alias.a.test CNAME www.a.test.\n"
                           "far.a.test CNAME target.b.test.\n"
                           "target.b.test TXT \"live target\"\n"
                           "gone.a.test TXT \"live\"\n"
                           "loop1.a.test CNAME loop2.a.test.\n"
                           "loop2.a.test CNAME loop1.a.test.\n";
static const char file[] = "$ORIGIN a.test.\n"
                           "@ TXT \"proposed\"\n"
                           "alias TXT \"proposed\"\n"
                           "www CNAME new\n"
                           "new A 192.0.2.2\n"
                           "*.wild TXT \"synthesized\"\n"
                           "x.deep.empty TXT \"x\"\n"
                           "target.b.test. TXT \"proposed target\"\n"
                           "*.c.test. CNAME new\n";

static void dns_overlay_stands_in_front_of_the_dns(void **state)
{
    static const struct {
        const char *name;
        uint16_t type;
        enum dns_outcome outcome;
        const char *rdata;
        const char *rule;
    } rows[] = {
        { "a.test", DNS_T_TXT, DNS_ANSWER, "\010proposed", "a set replaces that set" },
        { "a.test", DNS_T_A, DNS_ANSWER, "\xc0\0\2\x09", "other sets are asked" },
        { "alias.a.test", DNS_T_TXT, DNS_ANSWER, "\010proposed",
          "set over live CNAME" },
        { "alias.a.test", DNS_T_A, DNS_NODATA, NULL, "a set replaces a live CNAME" },
        { "www.a.test", DNS_T_A, DNS_ANSWER, "\xc0\0\2\2", "CNAME replaces all" },
        { "www.a.test", DNS_T_TXT, DNS_NODATA, NULL, "CNAME replaces all types" },
        { "far.a.test", DNS_T_TXT, DNS_ANSWER, "\017proposed target",
          "a live CNAME leads into the file" },
        { "y.wild.a.test", DNS_T_TXT, DNS_ANSWER, "\013synthesized", "RFC 4592" },
        { "y.z.wild.a.test", DNS_T_TXT, DNS_ANSWER, "\013synthesized", "RFC 4592" },
        { "y.wild.a.test", DNS_T_A, DNS_NODATA, NULL, "wildcard of another type" },
        { "y.c.test", DNS_T_A, DNS_ANSWER, "\xc0\0\2\2", "wildcard CNAME" },
        { "empty.a.test", DNS_T_TXT, DNS_NODATA, NULL, "ancestors exist" },
        { "deep.empty.a.test", DNS_T_A, DNS_NODATA, NULL, "ancestors exist" },
        { "nope.a.test", DNS_T_A, DNS_NXDOMAIN, NULL, "the rest is asked" },
        { "gone.a.test", DNS_T_TXT, DNS_NODATA, NULL, "deleted" },
        { "loop1.a.test", DNS_T_TXT, DNS_MALFORMED, NULL, "CNAME loop" },
    };
    struct dns_overlay *o = dns_overlay_new(1);
    struct dns_name gone = world_name("gone.a.test");
    char error[DNS_ZONE_ERROR_MAX];
    struct world w;

    (void)state;
    assert_int_equal(dns_zone_read(o, "f", span_of(file), error), AC_OK);
    assert_int_equal(dns_overlay_delete(o, &gone, DNS_T_TXT), AC_OK);
    world_init(&w, live);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct question q = { rows[i].name, rows[i].type, NULL };

        world_forget(&w);
        w.view.overlay = o;
        assert_int_equal(world_run(&w, get, &q), AC_OK);
        if (q.answer->outcome != rows[i].outcome ||
            (rows[i].rdata &&
             memcmp(q.answer->rr[0].rdata.p, rows[i].rdata, q.answer->rr[0].rdata.n)))
            fail_msg("%s type %u: %s, expected %s (%s)", rows[i].name, rows[i].type,
                     dns_outcome_print(q.answer->outcome),
                     dns_outcome_print(rows[i].outcome), rows[i].rule);
    }
    world_free(&w);
    dns_overlay_free(o);
}

/* A later file wins, whichever of the two holds the CNAME. */
static void dns_overlay_later_file_wins(void **state)
{
    struct dns_overlay *o = dns_overlay_new(1);
    const struct dns_overlay_set *set;
    struct dns_name a = world_name("a.test");
    char error[DNS_ZONE_ERROR_MAX];

    (void)state;
    assert_int_equal(dns_zone_read(o, "1", span_of("a.test. TXT \"one\"\n"), error), 0);
    assert_int_equal(dns_zone_read(o, "2", span_of("a.test. CNAME b.test.\n"), error),
                     0);
    assert_int_equal(dns_overlay_look(o, &a, DNS_T_TXT, &set), DNS_OVERLAY_CNAME);
    assert_int_equal(dns_zone_read(o, "3", span_of("a.test. TXT \"two\"\n"), error), 0);
    assert_int_equal(dns_overlay_look(o, &a, DNS_T_TXT, &set), DNS_OVERLAY_SET);
    assert_memory_equal(set->rr[0].rdata.p, "\003two", 4);
    assert_int_equal(dns_overlay_look(o, &a, DNS_T_A, &set), DNS_OVERLAY_NO_CNAME);
    dns_overlay_free(o);
}

/* Two records that are the same are one (RFC 2181, 5). */
static void dns_zone_equal_records_count_once(void **state)
{
    struct world w;
    struct question q = { "a.test", DNS_T_TXT, NULL };

    (void)state;
    world_init(&w, "a.test TXT \"x\"\na.test TXT \"y\"\na.test TXT \"x\"\n");
    assert_int_equal(world_run(&w, get, &q), AC_OK);
    assert_int_equal(q.answer->n, 2);
    world_free(&w);
}

/* What only looks like a quote or a parenthesis is none, and a byte-order mark is
 * skipped. RFC 1035, 5.1. */
static void dns_zone_balance_sees_quotes_and_comments(void **state)
{
    static const char *const rows[] = {
        "a.test. TXT \"x;(y\" ; one \" and one (\n",
        "a.test. TXT \"x\\\"(\"\n",
        "a.test. TXT ( \"x\" ; a ) in a comment\n \"y\" )\n",
        "\xef\xbb\xbf"
        "a.test. TXT \"x\"\n",
        "a.test. TXT \"x\"", /* no final line break */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dns_overlay *o = dns_overlay_new(1);
        const struct dns_overlay_set *set;
        struct dns_name a = world_name("a.test");
        char error[DNS_ZONE_ERROR_MAX];

        if (dns_zone_read(o, "z", span_of(rows[i]), error) != AC_OK)
            fail_msg("%s: %s (RFC 1035, 5.1)", rows[i], error);
        if (dns_overlay_look(o, &a, DNS_T_TXT, &set) != DNS_OVERLAY_SET)
            fail_msg("%s: no TXT at a.test", rows[i]);
        dns_overlay_free(o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_zone_fault_names_file_and_line),
        cmocka_unit_test(dns_zone_missing_file_is_one_line),
        cmocka_unit_test(dns_overlay_stands_in_front_of_the_dns),
        cmocka_unit_test(dns_overlay_later_file_wins),
        cmocka_unit_test(dns_zone_equal_records_count_once),
        cmocka_unit_test(dns_zone_balance_sees_quotes_and_comments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
