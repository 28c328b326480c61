/* SPDX-License-Identifier: MIT */
/*
 * net_server_test.c - the text form of a nameserver, and what is said of one that is
 * none.
 */
#include "net/ares.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void servers_are_read_in_all_their_forms(void **state)
{
    static const char *const good[] = { "192.0.2.1",         "192.0.2.1:5353",
                                        "2001:db8::1",       "[2001:db8::1]",
                                        "[2001:db8::1]:53",  "::1",
                                        "[::ffff:1.2.3.4]:1" };
    static const char *const bad[] = { "",
                                       "ns.example.com",
                                       "192.0.2",
                                       "192.0.2.1:",
                                       "192.0.2.1:0",
                                       "192.0.2.1:65536",
                                       "192.0.2.1:5x",
                                       "[2001:db8::1",
                                       "[2001:db8::1]5353",
                                       "[2001:db8::1]:",
                                       "[192.0.2.1]:53",
                                       "fe80::1%eth0",
                                       ":53",
                                       "192.0.2.1 " };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!net_server_valid(good[i]))
            fail_msg("\"%s\" is a nameserver", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (net_server_valid(bad[i]))
            fail_msg("\"%s\" is no nameserver", bad[i]);
}

static void bad_servers_are_named_in_one_line(void **state)
{
    const char *servers[] = { "192.0.2.1", "not\none" };
    const char *many[NET_SERVERS_MAX + 1];
    char error[NET_ERROR_MAX] = "";

    (void)state;
    for (size_t i = 0; i < NET_SERVERS_MAX + 1; i++)
        many[i] = "192.0.2.1";
    assert_null(net_source_new(&(struct net_options){ servers, 2, 1, 0 }, error));
    assert_non_null(strstr(error, "\"not?one\""));
    assert_non_null(strstr(error, "expected"));
    assert_null(net_source_new(&(struct net_options){ many, NET_SERVERS_MAX + 1, 1, 0 },
                               error));
    assert_non_null(strstr(error, "9 nameservers"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_are_read_in_all_their_forms),
        cmocka_unit_test(bad_servers_are_named_in_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
