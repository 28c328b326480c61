/* SPDX-License-Identifier: MIT */
/*
 * dns_name_test.c - names: text, wire, IDN; reading records out of answers. RFC 1035,
 * 3.1; RFC 4343; RFC 5891.
 */
#include "dns/answer.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *print(const struct dns_name *name)
{
    static char text[DNS_TEXT_MAX];

    return dns_name_print(name, text);
}

static void dns_name_text_is_lower_case_and_bounded(void **state)
{
    static const struct {
        const char *text, *printed; /* printed NULL: no name */
    } row[] = {
        { "", "." },
        { ".", "." },
        { "Example.COM.", "example.com" },
        { "a b.example", "a\\032b.example" },
        { "a\\b", "a\\092b" },
        { "\xc3\xa4.example", "\\195\\164.example" },
        { "..", NULL },
        { "a..b", NULL },
        { ".a", NULL },
        { L63 ".example", L63 ".example" },
        { L63 "a.example", NULL },
        { L63 "." L63 "." L63
              ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          L63 "." L63 "." L63
              ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
        { L63 "." L63 "." L63
              ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct dns_name name;
        bool ok = dns_name_parse(span_of(row[i].text), &name);

        if (ok != (row[i].printed != NULL))
            fail_msg("\"%s\": name or not (RFC 1035, 3.1)", row[i].text);
        if (ok)
            assert_string_equal(print(&name), row[i].printed);
    }
}

static void dns_name_wire_must_be_one_whole_name(void **state)
{
    static const struct {
        struct span wire;
        const char *printed;
    } row[] = {
        { { "\0", 1 }, "." },
        { { "\1A\1b\0", 5 }, "a.b" },
        { { "\3a.b\0", 5 }, "a\\046b" }, /* a dot within a label */
        { { "\1\0\0", 3 }, "\\000" },
        { { "", 0 }, NULL },
        { { "\1a", 2 }, NULL },      /* no root */
        { { "\5a\0", 3 }, NULL },    /* label past the end */
        { { "\1a\0x", 4 }, NULL },   /* more behind it */
        { { "\xc0\0\0", 3 }, NULL }, /* a pointer */
        { { "\x40"
            "a\0",
            3 },
          NULL }, /* a label over 63 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct dns_name name;
        bool ok = dns_name_from_wire(row[i].wire, &name);

        if (ok != (row[i].printed != NULL))
            fail_msg("row %zu: name or not", i);
        if (ok)
            assert_string_equal(print(&name), row[i].printed);
    }
}

static void dns_name_from_user_turns_u_labels_and_says_why_not(void **state)
{
    static const struct {
        struct span text;
        const char *name, *why;
    } row[] = {
        { { "Example.COM", 11 }, "example.com", NULL },
        { { "_dmarc.a-b.test.", 16 }, "_dmarc.a-b.test", NULL },
        { { "b\xc3\xbc"
            "cher.example",
            15 },
          "xn--bcher-kva.example",
          NULL },
        { { "stra\xc3\x9f"
            "e.example",
            15 },
          "xn--strae-oqa.example",
          NULL },
        { { "", 0 }, NULL, "empty" },
        { { ".", 1 }, NULL, "empty" },
        { { "a b.example", 11 }, NULL, "character" },
        { { "a\0b.example", 11 }, NULL, "character" },
        { { "a@b.example", 11 }, NULL, "character" },
        { { "a..example", 10 }, NULL, "empty label" },
        { { L63 "a.example", 72 }, NULL, "63" },
        { { "\xff\xfe.example", 10 }, NULL, "IDNA" },
        { { "\xc3\xbc\0.example", 11 }, NULL, "NUL" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct dns_name name;
        const char *why = "";
        bool ok = dns_name_from_user(row[i].text, &name, &why);

        if (ok != (row[i].name != NULL))
            fail_msg("%.*s: a name or not (RFC 5891); %s", SPAN_ARG(row[i].text), why);
        if (ok)
            assert_string_equal(print(&name), row[i].name);
        else if (!strstr(why, row[i].why))
            fail_msg("%.*s: why is \"%s\", expected \"...%s...\"",
                     SPAN_ARG(row[i].text), why, row[i].why);
    }
}

static void dns_name_from_user_long_idn_is_refused(void **state)
{
    char text[2 * DNS_TEXT_MAX];
    struct dns_name name;
    const char *why = "";

    (void)state;
    memset(text, 0xc3, sizeof text);
    assert_false(dns_name_from_user(span_make(text, sizeof text), &name, &why));
    assert_non_null(strstr(why, "too long"));
}

static void dns_name_parts(void **state)
{
    struct dns_name name = world_name("a.b.example.com"), com = world_name("com");
    struct dns_name up = dns_name_strip(&name, 2), root = dns_name_strip(&name, 9);
    struct dns_name last = dns_name_last(&name, 3), all = dns_name_last(&name, 7);
    struct dns_name other = world_name("xb.example.com"), below;

    (void)state;
    assert_int_equal(dns_name_labels(&name), 4);
    assert_int_equal(dns_name_labels(&root), 0);
    assert_string_equal(print(&up), "example.com");
    assert_string_equal(print(&root), ".");
    assert_string_equal(print(&last), "b.example.com");
    assert_true(dns_name_eq(&all, &name));
    assert_true(dns_name_is_under(&name, &up) && dns_name_is_under(&name, &name));
    assert_true(dns_name_is_under(&name, &root));
    assert_false(dns_name_is_under(&up, &name));
    assert_false(dns_name_is_under(&other, &last)); /* labels, not letters */
    assert_true(dns_name_cmp(&name, &other) < 0 || dns_name_cmp(&other, &name) < 0);
    assert_int_equal(dns_name_cmp(&name, &name), 0);
    assert_true(dns_name_under(SPAN("s1._domainkey"), &com, &below));
    assert_string_equal(print(&below), "s1._domainkey.com");
    assert_false(dns_name_under(SPAN("a..b"), &com, &below));
}

static void dns_name_joining_never_passes_255_octets(void **state)
{
    struct dns_name parent, name;

    (void)state;
    assert_true(dns_name_parse(SPAN(L63 "." L63 "." L63), &parent)); /* 193 octets */
    assert_false(dns_name_prepend(SPAN(""), &parent, &name));
    assert_false(dns_name_prepend(SPAN(L63 "a"), &parent, &name));
    assert_false(dns_name_prepend(SPAN(L63), &parent, &name));
    assert_true(dns_name_prepend(span_make(L63, 61), &parent, &name));
    assert_int_equal(name.n, 255);
    assert_false(dns_name_under(span_make(L63, 62), &parent, &name));
}

static void dns_type_names_and_numbers(void **state)
{
    char text[DNS_TYPE_TEXT_MAX];
    uint16_t type = 0;

    (void)state;
    assert_string_equal(dns_type_print(DNS_T_TXT, text), "TXT");
    assert_string_equal(dns_type_print(65535, text), "TYPE65535");
    assert_true(dns_type_parse(SPAN("aaaa"), &type) && type == DNS_T_AAAA);
    assert_true(dns_type_parse(SPAN("type16"), &type) && type == 16);
    assert_false(dns_type_parse(SPAN("TYPE0"), &type));
    assert_false(dns_type_parse(SPAN("TYPE65536"), &type));
    assert_false(dns_type_parse(SPAN("TYPE"), &type));
    assert_false(dns_type_parse(SPAN("TXTT"), &type));
}

static void dns_txt_strings_are_joined_with_nothing_between(void **state)
{
    static const struct {
        struct span rdata, text;
    } row[] = {
        { { "\3abc", 4 }, { "abc", 3 } },
        { { "\3abc\2de", 7 }, { "abcde", 5 } }, /* RFC 7208, 3.3 */
        { { "\0", 1 }, { "", 0 } },
        { { "\0\1a\0", 4 }, { "a", 1 } },
        { { "\1\0\1b", 4 }, { "\0b", 2 } },
        { { "\5ab", 3 }, { "ab", 2 } }, /* cut short: what could be read */
        { { "", 0 }, { "", 0 } },
    };
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 16);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct dns_rr rr = { .rdata = row[i].rdata };
        struct span got = dns_txt_join(&a, &rr);

        assert_non_null(got.p);
        if (!span_eq(got, row[i].text))
            fail_msg("row %zu: \"%.*s\"", i, SPAN_ARG(got));
    }
    arena_free(&a);
    arena_init(&a, 1);
    assert_null(dns_txt_join(&a, &(struct dns_rr){ .rdata = row[1].rdata }).p);
}

static void dns_mx_and_targets_need_whole_rdata(void **state)
{
    struct dns_rr mx = { .rdata = { "\1\2\1m\0", 5 } },
                  cut = { .rdata = { "\1\2", 2 } };
    struct dns_rr bad = { .rdata = { "\1\2\1m", 4 } };
    struct dns_name name;
    uint16_t preference = 0;

    (void)state;
    assert_true(dns_mx_read(&mx, &preference, &name));
    assert_int_equal(preference, 258);
    assert_string_equal(print(&name), "m");
    assert_false(dns_mx_read(&cut, &preference, &name));
    assert_false(dns_mx_read(&bad, &preference, &name));
    assert_false(dns_target_read(&bad, &name));
}

static void dns_outcomes_have_words_of_their_own(void **state)
{
    (void)state;
    for (int i = DNS_ANSWER; i <= DNS_DEADLINE; i++) {
        struct dns_answer a = { .outcome = (enum dns_outcome)i };

        assert_int_equal(dns_answered(&a), i <= DNS_NXDOMAIN);
        for (int k = DNS_ANSWER; k < i; k++)
            assert_string_not_equal(dns_outcome_print((enum dns_outcome)i),
                                    dns_outcome_print((enum dns_outcome)k));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_name_text_is_lower_case_and_bounded),
        cmocka_unit_test(dns_name_wire_must_be_one_whole_name),
        cmocka_unit_test(dns_name_from_user_turns_u_labels_and_says_why_not),
        cmocka_unit_test(dns_name_from_user_long_idn_is_refused),
        cmocka_unit_test(dns_name_parts),
        cmocka_unit_test(dns_name_joining_never_passes_255_octets),
        cmocka_unit_test(dns_type_names_and_numbers),
        cmocka_unit_test(dns_txt_strings_are_joined_with_nothing_between),
        cmocka_unit_test(dns_mx_and_targets_need_whole_rdata),
        cmocka_unit_test(dns_outcomes_have_words_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
