/* SPDX-License-Identifier: MIT */
/*
 * spf_record_test.c - RFC 7208, 4.5, 4.6, 5, 6, 12: what a record is, and what is
 * wrong.
 */
#include "spf/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024 * 1024);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct spf_record parse(const char *text)
{
    struct spf_record r;

    assert_int_equal(spf_record_parse(&arena, span_of(text), &r), AC_OK);
    return r;
}

/* at: where the first problem stands; -1 for a good record. */
static const struct {
    const char *text;
    int at;
    const char *what; /* part of it */
    const char *clause;
} grammar[] = {
    { "v=spf1", -1, NULL, "RFC 7208, 4.5" },
    { "V=SPF1 -ALL", -1, NULL, "RFC 7208, 4.6.1" },
    { "v=spf1  a   -all  ", -1, NULL, "RFC 7208, 4.6.1" },
    { "v=spf1 a mx ptr +a:x.example ~mx:y.example/24 ?ptr:z.example", -1, NULL,
      "RFC 7208, 5" },
    { "v=spf1 a/24//64 mx//128 a:x.example/0//0", -1, NULL, "RFC 7208, 5.3" },
    { "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::1", -1, NULL, "RFC 7208, 5.6" },
    { "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d2} -all", -1, NULL, "RFC 7208, 7" },
    { "v=spf1 include:x.example. redirect=%{d} exp=e.%%%_%-.example", -1, NULL,
      "RFC 7208, 7.1" },
    { "v=spf1 foo=bar x.y-z_1=%{s} v=spf1 ?all", -1, NULL, "RFC 7208, 6" },
    { "v=spf1 foo=%{t}%{c}%{r}", -1, NULL, "RFC 7208, 6" },
    { "v=spf1 a:foo:bar/baz.example.com", -1, NULL, "RFC 7208, 7.1" },
    { "v=spf1 a:x.xn--zckzah -all", -1, NULL, "RFC 7208, 7.1" },
    { "v=spf1 ip4:192.0.2.1 -all moo", 26, "unknown mechanism", "RFC 7208, 4.6" },
    { "v=spf1 -all.", 8, "unknown mechanism", "RFC 7208, 5.1" },
    { "v=spf1 all:x", 10, "nothing may follow", "RFC 7208, 5.1" },
    { "v=spf1 all/8", 10, "nothing may follow", "RFC 7208, 5.1" },
    { "v=spf1 include", 14, "expected \":\"", "RFC 7208, 5.2" },
    { "v=spf1 include:", 15, "missing", "RFC 7208, 5.2" },
    { "v=spf1 include:x.example/24", 15, "must end in a top label", "RFC 7208, 5.2" },
    { "v=spf1 a:", 9, "missing", "RFC 7208, 5.3" },
    { "v=spf1 ax.example", 7, "unknown mechanism", "RFC 7208, 5" },
    { "v=spf1 a=x", -1, NULL, "RFC 7208, 6" },
    { "v=spf1 +a=x", 9, "expected \":\"", "RFC 7208, 5.3" },
    { "v=spf1 a/", 8, "expected \":\"", "RFC 7208, 5.3" },
    { "v=spf1 a/33", 9, "0 to 32", "RFC 7208, 5.3" },
    { "v=spf1 a/24/64", 12, "0 to 32", "RFC 7208, 5.3" },
    { "v=spf1 a/24/32", 8, "expected \":\"", "RFC 7208, 5.3" },
    { "v=spf1 a//129", 10, "0 to 128", "RFC 7208, 5.3" },
    { "v=spf1 a/024", 9, "must not begin with 0", "RFC 7208, 5.6" },
    { "v=spf1 a:museum", 9, "must end in a top label", "RFC 7208, 7.1" },
    { "v=spf1 a:museum.", 9, "must end in a top label", "RFC 7208, 7.1" },
    { "v=spf1 a:x.123", 9, "must end in a top label", "RFC 7208, 7.1" },
    { "v=spf1 a:x.-com", 9, "must end in a top label", "RFC 7208, 7.1" },
    { "v=spf1 a:x.com-", 9, "must end in a top label", "RFC 7208, 7.1" },
    { "v=spf1 a:192.0.2.1", 9, "\"ip4:\"", "RFC 7208, 5.3" },
    { "v=spf1 a:%{d}com", 13, "must end in a top label", "RFC 7208, 7.1" },
    { "v=spf1 a:%{x}.example", 11, "unknown macro letter", "RFC 7208, 7.2" },
    { "v=spf1 a:%{c}.example", 11, "explanation texts only", "RFC 7208, 7.2" },
    { "v=spf1 a:%{d0}.example", 12, "zero", "RFC 7208, 7.1" },
    { "v=spf1 a:%{d", 12, "must end with", "RFC 7208, 7.1" },
    { "v=spf1 a:%d.example", 9, "must be followed by", "RFC 7208, 7.1" },
    { "v=spf1 a:x.example%", 18, "must be followed by", "RFC 7208, 7.1" },
    { "v=spf1 a:x\x96y.example", 10, "printable ASCII", "RFC 7208, 7.1" },
    { "v=spf1 a\tmx", 7, "unknown mechanism", "RFC 7208, 4.6.1" },
    { "v=spf1 ip4", 10, "expected \":\"", "RFC 7208, 5.6" },
    { "v=spf1 ip4:192.0.2", 11, "not an IPv4", "RFC 7208, 5.6" },
    { "v=spf1 ip4:192.0.2.01", 11, "not an IPv4", "RFC 7208, 5.6" },
    { "v=spf1 ip4:192.0.2.1:25", 11, "not an IPv4", "RFC 7208, 5.6" },
    { "v=spf1 ip4:192.0.2.1/", 21, "0 to 32", "RFC 7208, 5.6" },
    { "v=spf1 ip4:192.0.2.1//32", 21, "0 to 32", "RFC 7208, 5.6" },
    { "v=spf1 ip4:192.0.2.1, a", 20, "by spaces", "RFC 7208, 4.6.1" },
    { "v=spf1 ip4:2001:db8::1", 11, "not an IPv4", "RFC 7208, 5.6" },
    { "v=spf1 ip6:192.0.2.1", 11, "not an IPv6", "RFC 7208, 5.6" },
    { "v=spf1 ip6:::1/129", 15, "0 to 128", "RFC 7208, 5.6" },
    { "v=spf1 ipv4:192.0.2.1", 7, "\"ip4:\"", "RFC 7208, 5" },
    { "v=spf1 redirect:x.example", 7, "\"redirect=\"", "RFC 7208, 6.1" },
    { "v=spf1 redirect=", 16, "missing", "RFC 7208, 6.1" },
    { "v=spf1 redirect=-all", 16, "must end in a top label", "RFC 7208, 6.1" },
    { "v=spf1 exp=%{r}.example", 13, "explanation texts only", "RFC 7208, 7.2" },
    { "v=spf1 redirect=a.example redirect=b.example", 26, "only once", "RFC 7208, 6" },
    { "v=spf1 exp=a.example exp=b.example", 21, "only once", "RFC 7208, 6" },
    { "v=spf1 foo=%x", 11, "must be followed by", "RFC 7208, 6" },
    { "v=spf1 1up=foo", 7, "unknown mechanism", "RFC 7208, 12" },
    { "v=spf1 =all", 7, "expected the name", "RFC 7208, 12" },
    { "v=spf1 moo.cow/far=x", 7, "unknown mechanism", "RFC 7208, 12" },
    { "v=spf1 - all", 8, "expected the name", "RFC 7208, 4.6.1" },
    { "v=spf10 all", 0, "begins with", "RFC 7208, 4.5" },
};

static void spf_record_is_usable_only_without_any_syntax_error(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++) {
        struct spf_record r = parse(grammar[i].text);
        int at = r.n_problems ? (int)r.problem[0].at : -1;

        if (r.usable == (grammar[i].at < 0) && at == grammar[i].at &&
            (at < 0 || strstr(r.problem[0].what, grammar[i].what)))
            continue;
        print_error("%s\n%s: expected a problem at %d (%s), got %d (%s)\n",
                    grammar[i].text, grammar[i].clause, grammar[i].at,
                    grammar[i].what ? grammar[i].what : "none", at,
                    at < 0 ? "none" : r.problem[0].what);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void spf_record_reads_on_after_an_error(void **state)
{
    struct spf_record r = parse("v=spf1 ip4:1.2.3 ipv4:9 a -all");

    (void)state;
    assert_int_equal(r.n, 4);
    assert_int_equal(r.n_problems, 2);
    assert_int_equal(r.problem[1].at, 17);
    assert_int_equal(r.term[0].kind, SPF_BAD);
    assert_int_equal(r.term[2].kind, SPF_A);
    assert_ptr_equal(r.all, &r.term[3]);
    assert_false(r.usable);
}

static void spf_record_keeps_what_a_term_says(void **state)
{
    struct spf_record r = parse("v=spf1 ~A:x.example/24//64 -ip4:192.0.2.0/25 mx "
                                "ReDirect=y.example exp=z.example foo=1");

    (void)state;
    assert_true(r.usable);
    assert_int_equal(r.term[0].kind, SPF_A);
    assert_int_equal(r.term[0].qualifier, '~');
    assert_true(span_eq(r.term[0].value, SPAN("x.example")));
    assert_true(span_eq(r.term[0].text, SPAN("~A:x.example/24//64")));
    assert_int_equal(r.term[0].bits4, 24);
    assert_int_equal(r.term[0].bits6, 64);
    assert_int_equal(r.term[1].qualifier, '-');
    assert_int_equal(r.term[1].bits4, 25);
    assert_int_equal(r.term[1].net.bytes[0], 192);
    assert_null(r.term[2].value.p);
    assert_int_equal(r.term[2].qualifier, '+');
    assert_int_equal(r.term[2].bits4, 32);
    assert_int_equal(r.term[2].bits6, 128);
    assert_true(span_eq(r.redirect->value, SPAN("y.example")));
    assert_true(span_eq(r.exp->value, SPAN("z.example")));
    assert_int_equal(r.term[5].kind, SPF_UNKNOWN);
}

static void spf_record_counts_the_terms_that_ask_the_dns(void **state)
{
    struct spf_record r = parse("v=spf1 include:x.example a mx ptr exists:x.example "
                                "redirect=x.example ip4:192.0.2.1 ip6:::1 all "
                                "exp=x.example foo=1 bad");

    (void)state;
    for (size_t i = 0; i < r.n; i++)
        assert_int_equal(spf_term_counts(&r.term[i]), i < 6);
}

static void spf_record_of_64_kib_is_bounded(void **state)
{
    size_t size = 64 * 1024;
    char *text = malloc(size);
    struct spf_record r;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text, "v=spf1 ", 7);
    assert_int_equal(spf_record_parse(&arena, span_make(text, size), &r), AC_OK);
    assert_int_equal(r.n, 1);
    for (size_t i = 7; i < size; i++)
        text[i] = i % 2 ? 'a' : ' ';
    assert_int_equal(spf_record_parse(&arena, span_make(text, size), &r), AC_OK);
    assert_int_equal(r.n, SPF_TERMS_MAX);
    assert_false(r.usable);
    assert_int_equal(r.n_problems, 1);
    for (size_t i = 7; i < size; i++)
        text[i] = i % 2 ? 'b' : ' ';
    assert_int_equal(spf_record_parse(&arena, span_make(text, size), &r), AC_OK);
    assert_int_equal(r.n_problems, SPF_PROBLEMS_MAX);
    free(text);
}

static void spf_record_that_does_not_fit_is_enomem(void **state)
{
    struct arena small;
    struct spf_record r;

    (void)state;
    arena_init(&small, 64);
    assert_int_equal(spf_record_parse(&small, SPAN("v=spf1 a"), &r), AC_ENOMEM);
    arena_free(&small);
}

static void spf_record_is_selected_by_version_and_blank(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } row[] = {
        { "v=spf1", true },    { "v=spf1 ", true },    { "V=sPf1 -all", true },
        { "v=spf10", false },  { "v=spf1mx", false },  { " v=spf1 -all", false },
        { "v=spf", false },    { "", false },          { "v=spf1\t-all", false },
        { "v=spf1;a", false }, { "spf1 -all", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (spf_record_is(span_of(row[i].text)) != row[i].is)
            fail_msg("\"%s\" (RFC 7208, 4.5)", row[i].text);
}

static void spf_record_joins_strings_and_counts_records(void **state)
{
    struct dns_rr rr[3] = { { .rdata = SPAN("\5v=spf\5"
                                            "1 -al\1l") },
                            { .rdata = SPAN("\5other") },
                            { .rdata = SPAN("\6v=spf1") } };
    struct dns_answer txt = { .outcome = DNS_ANSWER, .rr = rr, .n = 2 };
    struct span text;

    (void)state;
    assert_int_equal(spf_record_select(&arena, &txt, &text), 1);
    assert_true(span_eq(text, SPAN("v=spf1 -all")));
    txt.n = 3;
    assert_int_equal(spf_record_select(&arena, &txt, &text), 2);
    txt.n = 0;
    assert_int_equal(spf_record_select(&arena, &txt, &text), 0);
    assert_null(text.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_record_is_usable_only_without_any_syntax_error),
        cmocka_unit_test(spf_record_reads_on_after_an_error),
        cmocka_unit_test(spf_record_keeps_what_a_term_says),
        cmocka_unit_test(spf_record_counts_the_terms_that_ask_the_dns),
        cmocka_unit_test(spf_record_of_64_kib_is_bounded),
        cmocka_unit_test(spf_record_that_does_not_fit_is_enomem),
        cmocka_unit_test(spf_record_is_selected_by_version_and_blank),
        cmocka_unit_test(spf_record_joins_strings_and_counts_records),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
