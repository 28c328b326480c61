/* SPDX-License-Identifier: MIT */
/*
 * net_server_test.c - the text form of a nameserver, and what is said of one that is
 * none.
 */
#include "net/ares.h"
#include "net/server.h"

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

static void servers_near_are_told_from_those_of_everybody(void **state)
{
    static const struct {
        const char *server;
        bool near;
    } rows[] = {
        { "127.0.0.53", true },
        { "10.1.2.3", true },
        { "172.31.0.1", true },
        { "172.32.0.1", false },
        { "192.168.1.1", true },
        { "100.127.0.1", true },
        { "100.128.0.1", false },
        { "169.254.1.1", true },
        { "8.8.8.8", false },
        { "[::1]:5353", true },
        { "::2", false },
        { "fd00::1", true },
        { "fe80::1", true },
        { "2620:fe::fe", false },
        { "::ffff:10.0.0.1", true },
        { "::ffff:9.9.9.9", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_server server;

        assert_true(net_server_parse(span_of(rows[i].server), &server));
        if (net_server_is_near(&server) != rows[i].near)
            fail_msg("%s is %snear", rows[i].server, rows[i].near ? "" : "not ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_are_read_in_all_their_forms),
        cmocka_unit_test(bad_servers_are_named_in_one_line),
        cmocka_unit_test(servers_near_are_told_from_those_of_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
