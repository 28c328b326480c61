/* SPDX-License-Identifier: MIT */
/*
 * spf_macro_test.c - RFC 7208, 7: expansion, row by row.
 */
#include "spf/macro.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;
static struct spf_macro_values values;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 16 * 1024 * 1024);
    values = (struct spf_macro_values){
        .sender = SPAN("Ann.Lee-x+tag@Mail.example.com"),
        .local = SPAN("Ann.Lee-x+tag"),
        .sender_domain = SPAN("Mail.example.com"),
        .domain = SPAN("a.b.c.example.org"),
        .helo = SPAN("helo.example.net"),
        .receiver = SPAN("mx.example"),
        .now = 1800000000,
    };
    assert_true(ip_parse(SPAN("192.0.2.3"), &values.client));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void expect(const char *text, const char *expected, bool domain)
{
    struct span out;
    enum ac_status status = domain
                                ? spf_macro_domain(&arena, &values, span_of(text), &out)
                                : spf_macro_text(&arena, &values, span_of(text), &out);

    assert_int_equal(status, AC_OK);
    if (!span_eq(out, span_of(expected)))
        fail_msg("%s\nexpected %s\ngot      %.*s\nRFC 7208, 7.3", text, expected,
                 SPAN_ARG(out));
}

static void spf_macro_expands_every_letter_and_transformer(void **state)
{
    static const struct {
        const char *text, *expected;
    } row[] = {
        { "%{s}", "Ann.Lee-x+tag@Mail.example.com" },
        { "%{l}", "Ann.Lee-x+tag" },
        { "%{o}", "Mail.example.com" },
        { "%{d}", "a.b.c.example.org" },
        { "%{i}", "192.0.2.3" },
        { "%{ir}", "3.2.0.192" },
        { "%{p}", "unknown" },
        { "%{v}", "in-addr" },
        { "%{h}", "helo.example.net" },
        { "%{d5}", "a.b.c.example.org" },
        { "%{d4}", "b.c.example.org" },
        { "%{d1}", "org" },
        { "%{d999999999999999999999}", "a.b.c.example.org" },
        { "%{dr}", "org.example.c.b.a" },
        { "%{dR}", "org.example.c.b.a" },
        { "%{d1r}", "a" },
        { "%{d2r}", "b.a" },
        { "%{l-}", "Ann.Lee.x+tag" },
        { "%{lr-}", "x+tag.Ann.Lee" },
        { "%{l1r-}", "Ann.Lee" },
        { "%{lr.-+}", "tag.x.Lee.Ann" },
        { "%{D2}", "example.org" },
        { "%%.%_.%-", "%. .%20" },
        { "x.%{ir}.%{v}._spf.%{d2}", "x.3.2.0.192.in-addr._spf.example.org" },
        { "%{d2}.example.", "example.org.example" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        expect(row[i].text, row[i].expected, true);
}

static void spf_macro_prints_ipv6_as_nibbles_and_as_text(void **state)
{
    struct spf_macro_values kept = values;

    (void)state;
    assert_true(ip_parse(SPAN("2001:db8::cb01"), &values.client));
    expect("%{i}", "2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.0.1",
           true);
    expect("%{i3r}.%{v}", "0.0.2.ip6", true);
    expect("%{c} %{v}", "2001:db8::cb01 ip6", false);
    values = kept;
}

static void spf_macro_letters_of_explanations(void **state)
{
    (void)state;
    expect("%{c} to %{r} at %{t}.", "192.0.2.3 to mx.example at 1800000000.", false);
    values.receiver = span_make(NULL, 0);
    expect("%{r}", "unknown", false);
    values.validated = SPAN("host.example");
    expect("%{p1}", "example", false);
    values.validated = span_make(NULL, 0);
}

static void spf_macro_upper_case_escapes_for_urls(void **state)
{
    struct spf_macro_values kept = values;

    (void)state;
    values.local = SPAN("~jack&jill=up-a_b3.c\xff");
    expect("%{L}", "~jack%26jill%3Dup-a_b3.c%FF", false);
    expect("%{L2r=}", "up-a_b3.c%FF.~jack%26jill", false);
    expect("%{S}", "Ann.Lee-x%2Btag%40Mail.example.com", false);
    values = kept;
}

static void spf_macro_cuts_names_from_the_left_at_253(void **state)
{
    struct spf_macro_values kept = values;
    char name[SPF_VALUE_MAX + 1];
    struct span out;

    (void)state;
    for (size_t i = 0; i < 300; i++)
        name[i] = i % 10 == 9 ? '.' : 'a';
    name[299] = 'z';
    values.domain = span_make(name, 300);
    assert_int_equal(spf_macro_domain(&arena, &values, SPAN("%{d}"), &out), AC_OK);
    assert_int_equal(out.n, 250); /* a whole label less, and its dot */
    assert_true(span_eq(out, span_make(name + 50, 250)));
    assert_int_equal(spf_macro_domain(&arena, &values, SPAN("%{d}.%{d}.%{d}.x"), &out),
                     AC_OK);
    assert_true(out.n <= SPF_DOMAIN_MAX && out.n > SPF_DOMAIN_MAX - 10);
    assert_true(span_ends_ci(out, SPAN("aaaaaaaaz.x")));
    memset(name, 'a', 300);
    assert_int_equal(spf_macro_domain(&arena, &values, SPAN("%{d}"), &out), AC_OK);
    assert_int_equal(out.n, 0);
    values = kept;
}

static void spf_macro_blow_up_is_bounded(void **state)
{
    struct spf_macro_values kept = values;
    size_t n = 16000, used = arena.used;
    char *text = malloc(4 * n), big[4096];
    struct span out;

    (void)state;
    assert_non_null(text);
    memset(big, 'b', sizeof big);
    values.helo = span_make(big, sizeof big);
    for (size_t i = 0; i < n; i++)
        memcpy(text + 4 * i, "%{h}", 4);
    assert_int_equal(spf_macro_domain(&arena, &values, span_make(text, 4 * n), &out),
                     AC_OK);
    assert_int_equal(spf_macro_text(&arena, &values, span_make(text, 4 * n), &out),
                     AC_OK);
    assert_int_equal(out.n, SPF_EXPLANATION_MAX);
    assert_true(arena.used - used < 64 * 1024);
    memset(big, '.', sizeof big);
    expect("%{h1r.}x", "x", true);
    values = kept;
    free(text);
}

static void spf_macro_check_finds_the_first_fault(void **state)
{
    static const struct {
        const char *text;
        enum spf_macro_place place;
        int at; /* -1: none */
    } row[] = {
        { "", SPF_MACRO_TEXT, -1 },
        { "See %{s} %% and %{t}", SPF_MACRO_TEXT, -1 },
        { "See %{s}", SPF_MACRO_DOMAIN, 3 },
        { "%{t}", SPF_MACRO_DOMAIN, 2 },
        { "100%", SPF_MACRO_TEXT, 3 },
        { "100% sure", SPF_MACRO_TEXT, 3 },
        { "a%{z}", SPF_MACRO_TEXT, 3 },
        { "a%{", SPF_MACRO_TEXT, 3 },
        { "a%{d", SPF_MACRO_TEXT, 4 },
        { "%{d2rr}", SPF_MACRO_TEXT, 5 },
        { "%{d0}", SPF_MACRO_TEXT, 3 },
        { "\xef\xbb\xbfHi", SPF_MACRO_TEXT, 0 },
        { "a\nb", SPF_MACRO_TEXT, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct spf_fault fault = { 0, NULL };
        bool good = spf_macro_check(span_of(row[i].text), row[i].place, &fault);

        if (good != (row[i].at < 0) || (!good && (int)fault.at != row[i].at))
            fail_msg("%s: expected %d, got %d (%s); RFC 7208, 7.1", row[i].text,
                     row[i].at, good ? -1 : (int)fault.at, fault.why);
    }
}

static void spf_macro_letters_are_a_set(void **state)
{
    (void)state;
    assert_int_equal(spf_macro_letters(SPAN("%{D2}.%{lr-}.x")),
                     SPF_LETTER('d') | SPF_LETTER('l'));
    assert_int_equal(spf_macro_letters(SPAN("%%{p}")), 0);
    assert_int_equal(spf_macro_letters(SPAN("%{p}%")), 0);
}

static void spf_macro_that_is_none_is_einval(void **state)
{
    struct span out;

    (void)state;
    assert_int_equal(spf_macro_domain(&arena, &values, SPAN("%{c}"), &out), AC_EINVAL);
    assert_int_equal(spf_macro_text(&arena, &values, SPAN("%"), &out), AC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_macro_expands_every_letter_and_transformer),
        cmocka_unit_test(spf_macro_prints_ipv6_as_nibbles_and_as_text),
        cmocka_unit_test(spf_macro_letters_of_explanations),
        cmocka_unit_test(spf_macro_upper_case_escapes_for_urls),
        cmocka_unit_test(spf_macro_cuts_names_from_the_left_at_253),
        cmocka_unit_test(spf_macro_blow_up_is_bounded),
        cmocka_unit_test(spf_macro_check_finds_the_first_fault),
        cmocka_unit_test(spf_macro_letters_are_a_set),
        cmocka_unit_test(spf_macro_that_is_none_is_einval),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
