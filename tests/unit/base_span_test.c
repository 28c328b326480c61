/* SPDX-License-Identifier: MIT */
/*
 * base_span_test.c - borrowed text: comparing, cutting, numbers. Total on every input.
 */
#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct span none = { NULL, 0 };

static void span_empty_is_a_fine_argument_everywhere(void **state)
{
    uint32_t n = 7;
    struct span rest = none;

    (void)state;
    assert_true(span_eq(none, SPAN("")));
    assert_true(span_eq_ci(none, none));
    assert_int_equal(span_cmp(none, SPAN("")), 0);
    assert_true(span_starts(none, none) && span_starts_ci(none, none));
    assert_true(span_ends_ci(none, none));
    assert_int_equal(span_from(none, 3).n, 0);
    assert_int_equal(span_to(none, 3).n, 0);
    assert_int_equal(span_trim(none, " ").n, 0);
    assert_int_equal(span_find(none, 'a'), 0);
    assert_int_equal(span_find_last(none, 'a'), 0);
    assert_false(span_contains(none, 'a'));
    assert_int_equal(span_cut(&rest, ',').n, 0);
    assert_false(span_u32(none, 9, &n));
    assert_int_equal(n, 7);
    assert_int_equal(span_of(NULL).n, 0);
}

static void span_equality_minds_length_bytes_and_case(void **state)
{
    static const struct {
        struct span a, b;
        bool same, same_ci;
    } row[] = {
        { { "abc", 3 }, { "abc", 3 }, true, true },
        { { "aBc", 3 }, { "Abc", 3 }, false, true },
        { { "abc", 3 }, { "abcd", 4 }, false, false },
        { { "a\0b", 3 }, { "a\0c", 3 }, false, false },
        { { "\xc4", 1 }, { "\xe4", 1 }, false, false }, /* no locale */
        { { "[", 1 }, { "{", 1 }, false, false },       /* 0x20 apart, no letters */
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (span_eq(row[i].a, row[i].b) != row[i].same ||
            span_eq_ci(row[i].a, row[i].b) != row[i].same_ci)
            fail_msg("row %zu: %.*s and %.*s", i, SPAN_ARG(row[i].a),
                     SPAN_ARG(row[i].b));
    }
}

static void span_cmp_orders_by_bytes_then_length(void **state)
{
    (void)state;
    assert_true(span_cmp(SPAN("a"), SPAN("b")) < 0);
    assert_true(span_cmp(SPAN("b"), SPAN("a")) > 0);
    assert_true(span_cmp(SPAN("a"), SPAN("aa")) < 0);
    assert_true(span_cmp(SPAN("aa"), SPAN("a")) > 0);
    assert_true(span_cmp(SPAN("\xff"), SPAN("a")) > 0);
    assert_int_equal(span_cmp(SPAN("ab"), SPAN("ab")), 0);
}

static void span_prefix_and_suffix(void **state)
{
    (void)state;
    assert_true(span_starts(SPAN("v=spf1 x"), SPAN("v=spf1")));
    assert_false(span_starts(SPAN("V=spf1"), SPAN("v=spf1")));
    assert_true(span_starts_ci(SPAN("V=SPF1 x"), SPAN("v=spf1")));
    assert_false(span_starts_ci(SPAN("v="), SPAN("v=spf1")));
    assert_false(span_starts(SPAN("v="), SPAN("v=spf1")));
    assert_true(span_ends_ci(SPAN("a.EXAMPLE"), SPAN(".example")));
    assert_false(span_ends_ci(SPAN("example"), SPAN(".example")));
}

static void span_cutting_at_an_index_stops_at_the_end(void **state)
{
    struct span s = SPAN("abc");

    (void)state;
    assert_true(span_eq(span_from(s, 0), s));
    assert_true(span_eq(span_from(s, 1), SPAN("bc")));
    assert_int_equal(span_from(s, 9).n, 0);
    assert_true(span_eq(span_to(s, 2), SPAN("ab")));
    assert_true(span_eq(span_to(s, 9), s));
}

static void span_trim_takes_both_ends_and_no_nul(void **state)
{
    (void)state;
    assert_true(span_eq(span_trim(SPAN(" \ta b\t "), " \t"), SPAN("a b")));
    assert_int_equal(span_trim(SPAN("   "), " ").n, 0);
    assert_int_equal(span_trim(span_make("\0a", 2), " ").n, 2);
}

static void span_find_gives_the_length_when_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(span_find(SPAN("a.b.c"), '.'), 1);
    assert_int_equal(span_find_last(SPAN("a.b.c"), '.'), 3);
    assert_int_equal(span_find(SPAN("abc"), '.'), 3);
    assert_int_equal(span_find_last(SPAN("abc"), '.'), 3);
    assert_int_equal(span_find_last(SPAN(".bc"), '.'), 0);
    assert_true(span_contains(span_make("a\0b", 3), '\0'));
}

static void span_cut_sees_every_item_an_empty_last_one_included(void **state)
{
    static const struct {
        const char *text;
        const char *item[4];
        size_t n;
    } row[] = {
        { "", { "" }, 1 },           { "a", { "a" }, 1 },
        { "a,b", { "a", "b" }, 2 },  { ",a,", { "", "a", "" }, 3 },
        { ",,", { "", "", "" }, 3 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct span rest = span_of(row[i].text);
        size_t n = 0;

        while (rest.p) {
            struct span item = span_cut(&rest, ',');

            if (n == row[i].n || !span_eq(item, span_of(row[i].item[n])))
                fail_msg("\"%s\": item %zu is \"%.*s\"", row[i].text, n,
                         SPAN_ARG(item));
            n++;
        }
        assert_int_equal(n, row[i].n);
    }
}

static void span_u32_reads_digits_up_to_the_most(void **state)
{
    static const struct {
        const char *text;
        uint32_t max;
        bool ok;
        uint32_t value;
    } row[] = {
        { "0", 9, true, 0 },
        { "007", 9, true, 7 },
        { "10", 9, false, 0 },
        { "4294967295", UINT32_MAX, true, UINT32_MAX },
        { "4294967296", UINT32_MAX, false, 0 },
        { "99999999999999999999999999", UINT32_MAX, false, 0 },
        { "+1", 9, false, 0 },
        { "-1", 9, false, 0 },
        { " 1", 9, false, 0 },
        { "1 ", 9, false, 0 },
        { "0x1", 99, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        uint32_t value = 0;
        bool ok = span_u32(span_of(row[i].text), row[i].max, &value);

        if (ok != row[i].ok || (ok && value != row[i].value))
            fail_msg("\"%s\" up to %u: %d, %u", row[i].text, row[i].max, ok, value);
    }
}

static void ascii_knows_no_locale(void **state)
{
    (void)state;
    for (int c = -128; c < 128; c++) {
        bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
        bool digit = c >= '0' && c <= '9';

        assert_int_equal(ascii_is_alpha((char)c), lower || upper);
        assert_int_equal(ascii_is_digit((char)c), digit);
        assert_int_equal(ascii_is_alnum((char)c), lower || upper || digit);
        assert_int_equal(ascii_lower((char)c), upper ? c + 32 : c);
    }
    assert_int_equal(ascii_hex('0'), 0);
    assert_int_equal(ascii_hex('f'), 15);
    assert_int_equal(ascii_hex('A'), 10);
    assert_int_equal(ascii_hex('g'), -1);
    assert_int_equal(ascii_hex('\0'), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(span_empty_is_a_fine_argument_everywhere),
        cmocka_unit_test(span_equality_minds_length_bytes_and_case),
        cmocka_unit_test(span_cmp_orders_by_bytes_then_length),
        cmocka_unit_test(span_prefix_and_suffix),
        cmocka_unit_test(span_cutting_at_an_index_stops_at_the_end),
        cmocka_unit_test(span_trim_takes_both_ends_and_no_nul),
        cmocka_unit_test(span_find_gives_the_length_when_there_is_none),
        cmocka_unit_test(span_cut_sees_every_item_an_empty_last_one_included),
        cmocka_unit_test(span_u32_reads_digits_up_to_the_most),
        cmocka_unit_test(ascii_knows_no_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
