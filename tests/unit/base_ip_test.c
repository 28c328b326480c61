/* SPDX-License-Identifier: MIT */
/*
 * base_ip_test.c - addresses, base64 (RFC 4648, 4) and the clock.
 */
#include "base/base64.h"
#include "base/clock.h"
#include "base/ip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ip ip_of(const char *text)
{
    struct ip ip;

    if (!ip_parse(span_of(text), &ip))
        fail_msg("%s is no address", text);
    return ip;
}

static void ip_text_is_read_and_printed_as_rfc_5952_has_it(void **state)
{
    static const char *const row[][2] = {
        { "192.0.2.1", "192.0.2.1" },
        { "0.0.0.0", "0.0.0.0" },
        { "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
        { "::", "::" },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
        { "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
    };
    char text[IP_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct ip ip = ip_of(row[i][0]);

        assert_string_equal(ip_print(&ip, text), row[i][1]);
    }
}

static void ip_other_text_is_refused(void **state)
{
    static const char *const row[] = {
        "",
        " 192.0.2.1",
        "192.0.2.1 ",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.1/24",
        "fe80::1%eth0",
        ":::",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
        "example.com",
    };
    struct ip ip;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (ip_parse(span_of(row[i]), &ip))
            fail_msg("\"%s\" was taken as an address", row[i]);
    assert_false(ip_parse(span_make("192.0.2.1\0", 10), &ip));
    assert_false(ip_parse_v4(SPAN("::1"), &ip));
    assert_false(ip_parse_v6(SPAN("192.0.2.1"), &ip));
}

static void ip_rdata_of_another_length_is_refused(void **state)
{
    struct ip ip;

    (void)state;
    assert_true(ip_from_bytes(span_make("\xc0\0\2\1", 4), &ip));
    assert_int_equal(ip.family, 4);
    assert_true(ip_from_bytes(span_make("0123456789abcdef", 16), &ip));
    assert_int_equal(ip.family, 6);
    assert_false(ip_from_bytes(span_make("12345", 5), &ip));
    assert_false(ip_from_bytes(span_make(NULL, 0), &ip));
}

static void ip_v4_mapped_stands_for_ipv4_and_nothing_else_does(void **state)
{
    struct ip mapped = ip_unmap(ip_of("::ffff:192.0.2.1")), v4 = ip_of("192.0.2.1");
    struct ip v6 = ip_of("::fffe:192.0.2.1"), same = ip_unmap(v6);

    (void)state;
    assert_true(ip_eq(&mapped, &v4)); /* RFC 7208, 5 */
    assert_true(ip_eq(&same, &v6));
    same = ip_unmap(v4);
    assert_true(ip_eq(&same, &v4));
}

static void ip_reverse_name_is_that_of_ptr(void **state)
{
    char text[IP_REVERSE_MAX];
    struct ip v4 = ip_of("192.0.2.1"), v6 = ip_of("2001:db8::cb01");

    (void)state;
    assert_string_equal(ip_print_reverse(&v4, text), "1.2.0.192.in-addr.arpa");
    assert_string_equal(ip_print_reverse(&v6, text),
                        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0."
                        "0.2.ip6.arpa");
}

static void ip_prefix_compares_bits_within_one_family(void **state)
{
    static const struct {
        const char *ip, *net;
        unsigned prefix;
        bool in;
    } row[] = {
        { "192.0.2.129", "192.0.2.128", 25, true },
        { "192.0.2.127", "192.0.2.128", 25, false },
        { "192.0.2.1", "10.0.0.0", 0, true },
        { "192.0.2.1", "192.0.2.1", 32, true },
        { "192.0.2.1", "192.0.2.0", 32, false },
        { "192.0.2.1", "192.0.2.1", 33, false },
        { "2001:db8::1", "2001:db8::", 64, true },
        { "2001:db8:0:1::1", "2001:db8::", 63, true },
        { "2001:db8:0:2::1", "2001:db8::", 63, false },
        { "2001:db8::1", "2001:db8::1", 128, true },
        { "2001:db8::1", "2001:db8::1", 129, false },
        { "::ffff:192.0.2.1", "192.0.2.1", 0, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct ip ip = ip_of(row[i].ip), net = ip_of(row[i].net);

        if (ip_in_prefix(&ip, &net, row[i].prefix) != row[i].in)
            fail_msg("%s in %s/%u", row[i].ip, row[i].net, row[i].prefix);
    }
    assert_int_equal(ip_bits(&(struct ip){ .family = 6 }), 128);
}

static void base64_is_strict_but_for_white_space(void **state)
{
    static const struct {
        const char *text, *bytes;
        long n;
        size_t bad;
    } row[] = {
        { "", "", 0, 0 },
        { "QQ==", "A", 1, 0 },
        { "QUI=", "AB", 2, 0 },
        { "QUJD", "ABC", 3, 0 },
        { " Q U\tJ\r\nD ", "ABC", 3, 0 },
        { "Q Q = =", "A", 1, 0 },
        { "+/+/", "\xfb\xff\xbf", 3, 0 },
        { "QQ=", NULL, -1, 3 }, /* padding is not whole */
        { "QQ", NULL, -1, 2 },  /* padding is missing */
        { "Q", NULL, -1, 1 },   /* no length that can be */
        { "Q===", NULL, -1, 1 },
        { "QUJD=", NULL, -1, 4 },
        { "QQ===", NULL, -1, 4 },
        { "QQ==QQ==", NULL, -1, 4 }, /* padding within */
        { "QU-D", NULL, -1, 2 },     /* the alphabet of RFC 4648, 5 */
        { "QU\vJD", NULL, -1, 2 },
        { "QUJDRUZH", NULL, -1, 7 }, /* more than there is room for */
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        uint8_t out[5];
        size_t bad = 0;
        long n = base64_decode(span_of(row[i].text), out, sizeof out, &bad);

        if (n != row[i].n || bad != row[i].bad ||
            (n > 0 && memcmp(out, row[i].bytes, (size_t)n) != 0))
            fail_msg("\"%s\": %ld bytes, fault at %zu; expected %ld and %zu",
                     row[i].text, n, bad, row[i].n, row[i].bad);
        assert_int_equal(base64_decode(span_of(row[i].text), out, sizeof out, NULL), n);
    }
}

static void clock_never_goes_back_and_chance_does_not_repeat(void **state)
{
    enum {
        MANY = 100 /* more than the pool holds */
    };
    uint64_t seen[MANY];
    int64_t us = clock_us(), ms = clock_ms();

    (void)state;
    assert_true(clock_us() >= us);
    assert_true(clock_ms() >= ms);
    assert_true(clock_unix() > 1700000000);
    for (size_t i = 0; i < MANY; i++) {
        seen[i] = clock_random();
        for (size_t k = 0; k < i; k++)
            assert_true(seen[k] != seen[i]);
    }
}

static void ip_print_writes_every_octet(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 256; n++) {
        const struct ip ip = { .family = 4,
                               .bytes = { (uint8_t)n, 0, (uint8_t)(255 - n), 7 } };
        char want[IP_TEXT_MAX], got[IP_TEXT_MAX];

        snprintf(want, sizeof want, "%u.0.%u.7", n, 255 - n);
        assert_string_equal(ip_print(&ip, got), want);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ip_text_is_read_and_printed_as_rfc_5952_has_it),
        cmocka_unit_test(ip_other_text_is_refused),
        cmocka_unit_test(ip_rdata_of_another_length_is_refused),
        cmocka_unit_test(ip_v4_mapped_stands_for_ipv4_and_nothing_else_does),
        cmocka_unit_test(ip_reverse_name_is_that_of_ptr),
        cmocka_unit_test(ip_prefix_compares_bits_within_one_family),
        cmocka_unit_test(base64_is_strict_but_for_white_space),
        cmocka_unit_test(ip_print_writes_every_octet),
        cmocka_unit_test(clock_never_goes_back_and_chance_does_not_repeat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
