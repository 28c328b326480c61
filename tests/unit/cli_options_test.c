/* SPDX-License-Identifier: MIT */
/*
 * cli_options_test.c - what a good command line sets. Bad ones are golden tests, by
 * what they print (tests/golden/usage.table).
 */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    WORDS_MAX = 40
};

/* Parse a line of words with blanks between. */
static enum ac_status parse(struct cli_options *o, char line[static 1])
{
    static char name[] = "authcheck";
    char *argv[WORDS_MAX + 1] = { name };
    int argc = 1;

    for (char *w = strtok(line, " "); w && argc < WORDS_MAX; w = strtok(NULL, " "))
        argv[argc++] = w;
    return cli_options_parse(o, FOR_AUDIT, argc, argv);
}

static void good(struct cli_options *o, char line[static 1])
{
    if (parse(o, line) != AC_OK)
        fail_msg("%s", o->error);
}

static void options_have_the_defaults_of_the_contract(void **state)
{
    char line[] = "Shop.Example", text[DNS_TEXT_MAX];
    struct cli_options o;

    (void)state;
    good(&o, line);
    assert_string_equal(dns_name_print(&o.audit.domain, text), "shop.example");
    assert_int_equal(o.audit.n_ips, 0);
    assert_int_equal(o.audit.n_selectors, 0);
    assert_int_equal(o.audit.discover, 60);
    assert_false(o.audit.is_unsigned);
    assert_null(o.audit.mail_from.p);
    assert_null(o.audit.helo.p);
    assert_int_equal(o.audit.n_receivers, 6);
    assert_string_equal(o.audit.receiver[0]->name, "generic");
    assert_string_equal(o.audit.receiver[5]->name, "icloud");
    assert_false(o.audit.offline);
    assert_true(o.audit.reputation && o.audit.dnsbl);
    assert_int_equal(o.audit.n_blocklists, 0);
    assert_int_equal(o.net.n_servers, 0);
    assert_int_equal(o.net.timeout_ms, 2000);
    assert_int_equal(o.drive.timeout_us, 2000000);
    assert_int_equal(o.drive.tries, 3);
    assert_int_equal(o.drive.deadline_us, 20000000);
    assert_string_equal(o.format->name, "text");
    assert_null(o.output);
    assert_int_equal(o.fail_on, FAIL_ON_REJECT);
    assert_int_equal(o.report.verbose, 0);
    assert_false(o.report.quiet);
    cli_options_free(&o);
}

static void options_long_and_short_set_the_same(void **state)
{
    static const char *const line[] = {
        "-i 192.0.2.1 -i ::ffff:192.0.2.2 -s s1 -s k._domainkey.mailer.test -n 192.0.2.53 "
        "-n [2001:db8::1]:5353 -r generic -f json -o out -v -v shop.example",
        "shop.example --ip=192.0.2.1 --ip ::ffff:192.0.2.2 --selector s1 --selector "
        "k._domainkey.mailer.test --nameserver 192.0.2.53 --nameserver "
        "[2001:db8::1]:5353 --receiver generic --format json --output out --verbose "
        "--verbose",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char copy[400], text[DNS_TEXT_MAX];
        struct cli_options o;

        snprintf(copy, sizeof copy, "%s", line[i]);
        good(&o, copy);
        assert_int_equal(o.audit.n_ips, 2);
        assert_int_equal(o.audit.ip[1].family, 4); /* RFC 7208, 5 */
        assert_int_equal(o.audit.n_selectors, 2);
        assert_string_equal(dns_name_print(&o.audit.selector[1].at.domain, text),
                            "mailer.test");
        assert_int_equal(o.net.n_servers, 2);
        assert_string_equal(o.net.servers[1], "[2001:db8::1]:5353");
        assert_string_equal(o.format->name, "json");
        assert_string_equal(o.output, "out");
        assert_int_equal(o.report.verbose, 2);
        cli_options_free(&o);
    }
}

static void options_of_block_lists(void **state)
{
    char line[] = "shop.example --no-dnsbl --dnsbl bl.own.test --dnsbl "
                  "domain:dbl.own.test --dnsbl zen.spamhaus.org";
    struct cli_options o;

    (void)state;
    good(&o, line);
    assert_false(o.audit.dnsbl);
    assert_int_equal(o.audit.n_blocklists, 3);
    assert_string_equal(o.audit.blocklist[0].zone, "bl.own.test");
    assert_int_equal(o.audit.blocklist[0].kind, BLOCKLIST_IP);
    assert_string_equal(o.audit.blocklist[1].zone, "dbl.own.test");
    assert_int_equal(o.audit.blocklist[1].kind, BLOCKLIST_DOMAIN);
    assert_string_equal(o.audit.blocklist[2].name, "Spamhaus ZEN");
    cli_options_free(&o);
}

static void options_with_values_are_read(void **state)
{
    char line[] =
        "shop.example --discover 7 --mail-from <> --helo h.test --timeout 0.5 "
        "--tries 5 --deadline 1.25 --fail-on never --color always --unsigned "
        "--offline --bulk --quiet --zone fixtures/zones/demo.zone --delete "
        "shop.example/MX";
    struct cli_options o;

    (void)state;
    good(&o, line);
    assert_int_equal(o.audit.discover, 7);
    assert_true(span_eq(o.audit.mail_from, SPAN("<>")));
    assert_true(span_eq(o.audit.helo, SPAN("h.test")));
    assert_int_equal(o.drive.timeout_us, 500000);
    assert_int_equal(o.net.timeout_ms, 500);
    assert_int_equal(o.drive.tries, 5);
    assert_int_equal(o.drive.deadline_us, 1250000);
    assert_int_equal(o.fail_on, FAIL_ON_NEVER);
    assert_true(o.report.color && o.report.quiet);
    assert_true(o.audit.is_unsigned && o.audit.offline);
    assert_non_null(o.audit.overlay);
    cli_options_free(&o);
}

static void options_discover_all_and_none(void **state)
{
    char all[] = "shop.example --discover all", none[] = "shop.example --discover 0";
    struct cli_options o;

    (void)state;
    good(&o, all);
    assert_int_equal(o.audit.discover, SIZE_MAX);
    cli_options_free(&o);
    good(&o, none);
    assert_int_equal(o.audit.discover, 0);
    cli_options_free(&o);
}

static void options_receiver_all_is_each_once(void **state)
{
    char line[] = "shop.example -r generic -r all -r generic";
    struct cli_options o;
    size_t n;

    (void)state;
    receiver_list(&n);
    good(&o, line);
    assert_int_equal(o.audit.n_receivers, n);
    cli_options_free(&o);
}

static void options_help_and_version_need_no_domain(void **state)
{
    char help[] = "--help", version[] = "-V";
    struct cli_options o;

    (void)state;
    good(&o, help);
    assert_true(o.help);
    cli_options_free(&o);
    good(&o, version);
    assert_true(o.version);
    cli_options_free(&o);
}

static void options_two_dashes_end_the_options(void **state)
{
    char line[] = "-q -- shop.example", bad[] = "-- --help.example";
    struct cli_options o;

    (void)state;
    good(&o, line);
    assert_true(o.report.quiet);
    cli_options_free(&o);
    good(&o, bad); /* a strange domain, but one */
    assert_false(o.help);
    cli_options_free(&o);
}

static void options_every_row_with_an_argument_misses_it(void **state)
{
    const struct option_row *row = options_table();

    (void)state;
    for (int i = 0; i < OPTION_COUNT; i++) {
        char line[100];
        struct cli_options o;

        if (!row[i].argument)
            continue;
        snprintf(line, sizeof line, "shop.example --%s", row[i].name);
        assert_int_equal(parse(&o, line), AC_EINVAL);
        if (!strstr(o.error, row[i].name) || strchr(o.error, '\n'))
            fail_msg("--%s: \"%s\"", row[i].name, o.error);
        cli_options_free(&o);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_have_the_defaults_of_the_contract),
        cmocka_unit_test(options_long_and_short_set_the_same),
        cmocka_unit_test(options_of_block_lists),
        cmocka_unit_test(options_with_values_are_read),
        cmocka_unit_test(options_discover_all_and_none),
        cmocka_unit_test(options_receiver_all_is_each_once),
        cmocka_unit_test(options_help_and_version_need_no_domain),
        cmocka_unit_test(options_two_dashes_end_the_options),
        cmocka_unit_test(options_every_row_with_an_argument_misses_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
