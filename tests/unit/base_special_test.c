/* SPDX-License-Identifier: MIT */
/*
 * base_special_test.c - the edges of the registries of special addresses. RFC 6890.
 */
#include "base/special.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *ip;
    enum special_reach reach;
    const char *what; /* NULL: in no registry */
} special[] = {
    { "0.0.0.0", SPECIAL_PRIVATE, "RFC 791" },
    { "10.255.255.255", SPECIAL_PRIVATE, "RFC 1918" },
    { .ip = "11.0.0.0" },
    { .ip = "100.63.255.255" },
    { "100.64.0.0", SPECIAL_PRIVATE, "RFC 6598" },
    { "100.127.255.255", SPECIAL_PRIVATE, "RFC 6598" },
    { "127.0.0.1", SPECIAL_PRIVATE, "RFC 1122" },
    { "169.254.1.1", SPECIAL_PRIVATE, "RFC 3927" },
    { .ip = "172.15.255.255" },
    { "172.16.0.0", SPECIAL_PRIVATE, "RFC 1918" },
    { "172.31.255.255", SPECIAL_PRIVATE, "RFC 1918" },
    { .ip = "172.32.0.0" },
    { "192.0.0.8", SPECIAL_PRIVATE, "RFC 6890" },
    { "192.0.2.255", SPECIAL_EXAMPLE, "RFC 5737" },
    { .ip = "192.0.3.0" },
    { "192.168.0.1", SPECIAL_PRIVATE, "RFC 1918" },
    { "198.18.0.0", SPECIAL_BENCH, "RFC 2544" },
    { "198.19.255.255", SPECIAL_BENCH, "RFC 2544" },
    { .ip = "198.20.0.0" },
    { "198.51.100.1", SPECIAL_EXAMPLE, "RFC 5737" },
    { "203.0.113.1", SPECIAL_EXAMPLE, "RFC 5737" },
    { .ip = "223.255.255.255" },
    { "224.0.0.1", SPECIAL_PRIVATE, "RFC 5771" },
    { "240.0.0.1", SPECIAL_PRIVATE, "RFC 1112" },
    { "255.255.255.255", SPECIAL_PRIVATE, "RFC 1112" },
    { "::", SPECIAL_PRIVATE, "RFC 4291" },
    { "::1", SPECIAL_PRIVATE, "RFC 4291" },
    { .ip = "64:ff9b::1" },
    { "64:ff9b:1::1", SPECIAL_PRIVATE, "RFC 8215" },
    { "100::1", SPECIAL_PRIVATE, "RFC 6666" },
    { "2001:2::1", SPECIAL_BENCH, "RFC 5180" },
    { "2001:10::1", SPECIAL_PRIVATE, "RFC 4843" },
    { "2001:2f::1", SPECIAL_PRIVATE, "RFC 7343" },
    { "2001:db8:1::1", SPECIAL_EXAMPLE, "RFC 3849" },
    { .ip = "2001:db9::1" },
    { .ip = "2600::1" },
    { "3fff:fff::1", SPECIAL_EXAMPLE, "RFC 9637" },
    { .ip = "3fff:1000::1" },
    { "fd00::1", SPECIAL_PRIVATE, "RFC 4193" },
    { "fe80::1", SPECIAL_PRIVATE, "RFC 4291" },
    { "ff02::1", SPECIAL_PRIVATE, "RFC 4291" },
};

static void special_addresses_are_told_apart_by_registry(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        const struct special *s;
        struct ip ip;

        assert_true(ip_parse(span_of(special[i].ip), &ip));
        s = special_find(&ip);
        if (!s != !special[i].what ||
            (s &&
             (s->reach != special[i].reach || !strstr(s->what, special[i].what))) ||
            special_is_private(&ip) != (s && s->reach == SPECIAL_PRIVATE))
            fail_msg("%s is %s, expected %s: RFC 6890", special[i].ip,
                     s ? s->what : "public",
                     special[i].what ? special[i].what : "public");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_addresses_are_told_apart_by_registry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
