/* SPDX-License-Identifier: MIT */
/*
 * dmarc_psl_test.c - registrable domains by the public suffix list. RFC 7489, 3.2.
 */
#include "dmarc/psl.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect(const char *name, const char *org)
{
    struct dns_name n, got;
    char text[DNS_TEXT_MAX] = "none";

    assert_true(dns_name_parse(span_of(name), &n));
    if (dmarc_psl_registrable(&n, &got))
        dns_name_print(&got, text);
    if (strcmp(text, org) != 0)
        fail_msg("%s: registrable domain %s, expected %s (RFC 7489, 3.2)", name, text,
                 org);
}

static void dmarc_psl_one_label_more_than_the_suffix(void **state)
{
    (void)state;
    expect("example.com", "example.com");
    expect("a.b.Example.Com", "example.com");
    expect("a.b.example.co.uk", "example.co.uk");
    expect("com", "none");
    expect("co.uk", "none");
    expect("", "none");
}

static void dmarc_psl_knows_wildcards_and_their_exceptions(void **state)
{
    (void)state;
    expect("b.test.ck", "b.test.ck");
    expect("test.ck", "none");
    expect("a.www.ck", "www.ck");
}

static void dmarc_psl_counts_the_private_part(void **state)
{
    (void)state;
    expect("a.user.github.io", "user.github.io");
    expect("github.io", "none");
}

static void dmarc_psl_unlisted_tld_is_a_suffix(void **state)
{
    (void)state;
    expect("a.b.no-such-tld", "b.no-such-tld");
    expect("no-such-tld", "none");
}

static void dmarc_psl_dot_within_a_label_does_not_cut_it(void **state)
{
    struct dns_name com, name, got;

    (void)state;
    assert_true(dns_name_parse(SPAN("com"), &com));
    assert_true(dns_name_prepend(SPAN("a.b"), &com, &name));
    assert_true(dmarc_psl_registrable(&name, &got));
    assert_true(dns_name_eq(&name, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dmarc_psl_one_label_more_than_the_suffix),
        cmocka_unit_test(dmarc_psl_knows_wildcards_and_their_exceptions),
        cmocka_unit_test(dmarc_psl_counts_the_private_part),
        cmocka_unit_test(dmarc_psl_unlisted_tld_is_a_suffix),
        cmocka_unit_test(dmarc_psl_dot_within_a_label_does_not_cut_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
